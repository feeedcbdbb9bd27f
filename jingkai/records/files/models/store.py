"""Which store this installation keeps its bytes in: its own folder, or a bucket."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from jingkai.records.files.data import ObjectStore
from jingkai.records.files.models.bucket import BucketStore, Place
from jingkai.records.files.models.folder import FolderStore


@cache
def _folder_store(folder: Path) -> FolderStore:
    return FolderStore(folder)


@cache
def _bucket_store(folder: Path, url: str, key: str, secret: str, cache_bytes: int) -> BucketStore:
    return BucketStore(Place.of(url, key, secret), _folder_store(folder), cache_bytes)


def folder_store() -> FolderStore:
    """Give the folder of this machine, where everything that arrives is first written."""
    return _folder_store(Path(settings.FILES_FOLDER))


def bucket_store() -> BucketStore | None:
    """Give the bucket of this installation, or None where it keeps its files in the folder."""
    if not settings.FILES_URL:
        return None
    told = (settings.FILES_URL, settings.FILES_KEY, settings.FILES_SECRET, settings.FILES_CACHE_BYTES)
    return _bucket_store(Path(settings.FILES_FOLDER), *told)


def store() -> ObjectStore:
    """Give the store of this installation."""
    return bucket_store() or folder_store()
