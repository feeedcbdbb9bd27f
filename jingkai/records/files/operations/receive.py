"""Taking a stream in: hashed while it is written, bounded while it arrives, looked into before it is kept.

Nothing here touches the database: a slow sender holds a thread, never a connection.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any, BinaryIO, cast
from urllib.parse import unquote

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from jingkai.kernel.hooks.api import give_back_connection
from jingkai.records.files.connectors.clamd import Scanner, ScannerAway, address_of
from jingkai.records.files.data import ALL_KINDS, DEFAULT_LIMIT, KIB, MIB, Received, Upload
from jingkai.records.files.models import folder_store, store
from jingkai.records.files.operations.noting import noted
from jingkai.records.files.rules.catalogue import KINDS, fits_ending
from jingkai.records.files.rules.kinds import recognise
from jingkai.records.files.rules.names import clean_name, split_name, with_ending
from jingkai.records.files.rules.refusals import FileRefused

CHUNK = 256 * KIB
FREE_SPACE = 1024 * MIB
TYPE_CORRECTED = "type_corrected"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)
AT_ONCE = 24
"""How many streams a worker receives at once: three quarters of its (at least) 32 threads."""
logger = logging.getLogger(__name__)
_places = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def receiving(name: str) -> Iterator[None]:
    """Hold a place for a person's stream: slow ones never take all threads from the pages."""
    if not _places.acquire(blocking=False):
        raise FileRefused("busy", name=clean_name(name))
    give_back_connection()
    try:
        yield
    finally:
        _places.release()


def refuse_by_length(*, name: str, length: int | None, limit: int) -> None:
    """Refuse by the length told beforehand, before a byte is read."""
    name = clean_name(name)
    if length is None:
        raise FileRefused("length_missing", name=name)
    if length > limit:
        raise FileRefused("too_large", name=name, limit=size_words(limit))
    if shutil.disk_usage(folder_store().incoming_folder()).free < length + FREE_SPACE:
        raise FileRefused("disk_full", name=name)


def size_words(size: int) -> str:
    """Write a limit as people say it."""
    return f"{size // MIB} MB" if size >= MIB else f"{size // KIB} KB"


@noted
def receive_request(
    request: HttpRequest,
    *,
    limit: int = DEFAULT_LIMIT,
    kinds: tuple[str, ...] = ALL_KINDS,
    to_keep: bool = True,
) -> Upload:
    """Take in the one file that is a request's body; its name stands in `X-File-Name`, percent-encoded."""
    name = clean_name(unquote(request.headers.get("X-File-Name", "")))
    told = str(request.META.get("CONTENT_LENGTH") or "")
    length = int(told) if told.isdecimal() else None
    refuse_by_length(name=name, length=length, limit=limit)
    with receiving(name):
        return receive_stream(
            cast(Any, request), name=name, limit=limit, length=length, kinds=kinds, to_keep=to_keep
        )


@noted
def receive_stream(
    stream: IO[bytes],
    *,
    name: str,
    limit: int = DEFAULT_LIMIT,
    length: int | None = None,
    kinds: tuple[str, ...] = ALL_KINDS,
    to_keep: bool = True,
) -> Upload:
    """Read a stream to its end into a temporary file and look into it; nothing is left behind when refused.

    With `length` given, a stream that ends early is refused as incomplete. What is only compared and not kept
    (`to_keep` false) does not leave this machine.
    """
    clean = clean_name(name)
    received = _write(_blocks(stream), name=clean, limit=limit)
    try:
        if length is not None and received.size < length:
            raise FileRefused("incomplete", name=clean)
        return _looked_into(received, clean, kinds, to_keep)
    except BaseException:
        received.path.unlink(missing_ok=True)
        raise


@noted
def receive_uploaded(
    file: UploadedFile[bytes],
    *,
    limit: int = DEFAULT_LIMIT,
    kinds: tuple[str, ...] = ALL_KINDS,
    to_keep: bool = True,
) -> Upload:
    """Take in a file of a multipart form, for pages without scripts."""
    name = file.name or ""
    if file.size is not None:
        refuse_by_length(name=name, length=file.size, limit=limit)
    clean = clean_name(name)
    received = _write(file.chunks(CHUNK), name=clean, limit=limit)
    try:
        return _looked_into(received, clean, kinds, to_keep)
    except BaseException:
        received.path.unlink(missing_ok=True)
        raise


def receive_bytes(content: bytes, *, name: str, kinds: tuple[str, ...] = ALL_KINDS) -> Upload:
    """Take in bytes that the product made or fetched itself; they are looked into like any other."""
    return receive_stream(BytesIO(content), name=name, limit=max(len(content), 1), kinds=kinds)


def _looked_into(received: Received, name: str, kinds: tuple[str, ...], to_keep: bool) -> Upload:
    upload = inspect(received, name=name, kinds=kinds)
    if to_keep:
        store().stage(received.sha256, received.path)
    return upload


def inspect(received: Received, *, name: str, kinds: tuple[str, ...] = ALL_KINDS) -> Upload:
    """Find a received file's true kind and the name that fits it."""
    if received.size == 0:
        raise FileRefused("empty", name=name)
    kind = recognise(received.path, name=name, size=received.size)
    if kind.code not in kinds:
        accepted = ", ".join(KINDS[code].ending.upper() for code in kinds)
        raise FileRefused("not_here", name=name, found=kind.ending.upper(), accepted=accepted)
    refuse_infected(received.path, name=name)
    if fits_ending(kind, split_name(name)[1][1:]):
        return Upload(received, name, kind)
    had_ending = bool(split_name(name)[1])
    return Upload(received, with_ending(name, kind.ending), kind, TYPE_CORRECTED if had_ending else "")


def refuse_infected(path: Path, *, name: str) -> None:
    """Let the installation's virus scanner look into a file; without one nothing is asked.

    A scanner that does not answer refuses everything: what nobody looked into is not taken in.
    """
    if not settings.FILE_SCANNER_URL:
        return
    try:
        found = Scanner(address_of(settings.FILE_SCANNER_URL)).scan(path)
    except ScannerAway as error:
        logger.error("the virus scanner gives no answer: %s", error)
        raise FileRefused("not_scanned", name=name) from error
    if found:
        logger.warning("the virus scanner found %s in a file that was sent", found)
        raise FileRefused("infected", name=name, found=found[:80])


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(CHUNK):
        yield block


def _write(blocks: Iterable[bytes], *, name: str, limit: int) -> Received:
    """Write blocks to a temporary file on the store's disk, hashing on the way; stop at the limit."""
    with full_disk_in_words(name):
        handle, temporary = tempfile.mkstemp(dir=folder_store().incoming_folder(), prefix="upload-")
    path = Path(temporary)
    try:
        with full_disk_in_words(name), os.fdopen(handle, "wb") as file:
            return _hashed(blocks, file, path, name=name, limit=limit)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _hashed(blocks: Iterable[bytes], file: BinaryIO, path: Path, *, name: str, limit: int) -> Received:
    sha256, sm3, size = hashlib.sha256(), hashlib.new("sm3"), 0
    for block in blocks:
        size += len(block)
        if size > limit:
            raise FileRefused("too_large", name=name, limit=size_words(limit))
        sha256.update(block)
        sm3.update(block)
        file.write(block)
    file.flush()
    os.fsync(file.fileno())
    return Received(path, size, sha256.hexdigest(), sm3.hexdigest())


@contextmanager
def full_disk_in_words(name: str) -> Iterator[None]:
    """Tell a disk that is full, or takes nothing in, to the sender; other errors are not ours to name."""
    try:
        yield
    except OSError as error:
        code = {**dict.fromkeys(FULL, "disk_full"), **dict.fromkeys(CLOSED, "disk_closed")}.get(
            error.errno or 0
        )
        if code is None:
            raise
        logger.error("files cannot be written: %s", error)
        raise FileRefused(code, name=name) from error
