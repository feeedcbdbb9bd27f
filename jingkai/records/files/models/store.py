"""Which store this installation keeps its bytes in: its own folder, or a bucket."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings

from jingkai.records.files.data import ObjectStore, RemoteStore
from jingkai.records.files.models.folder import FolderStore

Opener = Callable[[FolderStore, str, str, str, int], RemoteStore]
_openers: list[Opener] = []


def open_buckets_with(opener: Opener) -> None:
    """Name who speaks to buckets: a connector, which stands above this file."""
    _openers[:] = [opener]


@cache
def _folder_store(folder: Path) -> FolderStore:
    return FolderStore(folder)


@cache
def _bucket_store(folder: Path, url: str, key: str, secret: str, cache_bytes: int) -> RemoteStore:
    return _openers[0](_folder_store(folder), url, key, secret, cache_bytes)


def folder_store() -> FolderStore:
    """Give the folder of this machine, where everything that arrives is first written."""
    return _folder_store(Path(settings.FILES_FOLDER))


def bucket_store() -> RemoteStore | None:
    """Give the bucket of this installation, or None where it keeps its files in the folder."""
    if not settings.FILES_URL:
        return None
    told = (settings.FILES_URL, settings.FILES_KEY, settings.FILES_SECRET, settings.FILES_CACHE_BYTES)
    return _bucket_store(Path(settings.FILES_FOLDER), *told)


def store() -> ObjectStore:
    """Give the store of this installation."""
    return bucket_store() or folder_store()
