"""The bucket of an S3 service that keeps the bytes, and what of it lies at hand here.

Several machines share one bucket; each has a cache of what it sent and read last.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.records.files.connectors.s3 import Place, Service
from jingkai.records.files.data import StoredObject
from jingkai.records.files.models.folder import FolderStore, is_key, refuse_no_key

logger = logging.getLogger(__name__)


class ObjectAltered(PersonFacingError):
    """The store gave other bytes than were kept: they are shown to nobody."""

    status = 503
    sentence = _("This file did not come back from the store as it was kept, so it is not shown.")
    advice = _("The operator has to restore it from a backup. Please tell the zone's system administrator.")


class BucketStore:
    """Objects of a bucket under their digests; what arrives is first written to this machine.

    A body's digest is signed with the call, so the service refuses what arrived otherwise. What comes back is
    hashed before anybody sees it. A key holds always the same bytes: every call may be repeated.
    """

    def __init__(self, place: Place, folder: FolderStore, cache_bytes: int) -> None:
        self.service, self.folder, self.cache_bytes = Service(place), folder, cache_bytes
        self.cache = folder.folder / "cache"

    def stage(self, key: str, path: Path) -> None:
        """Bring bytes into the bucket before a transaction begins; without a row they go after 30 days."""
        if self._remote_size(key) != path.stat().st_size:
            self.service.send(key, path, key)

    def put(self, key: str, path: Path) -> None:
        """Take a file into the bucket unless it is there; it is in when the service says so."""
        self.stage(key, path)
        self._remember(key, path)

    def open(self, key: str, start: int = 0) -> BinaryIO:
        """Open an object from a position: from this machine, or whole and proved from the bucket."""
        stream_ = self._at_hand(key) or self._fetched(key)
        stream_.seek(start)
        return stream_

    def size(self, key: str) -> int | None:
        """Tell an object's size as the bucket knows it; or as the folder does that is not moved yet."""
        found = self._remote_size(key)
        return self.folder.size(key) if found is None else found

    def delete(self, key: str) -> None:
        """Remove an object from the bucket, this machine's cache and folder."""
        refuse_no_key(key)
        self.service.remove(key)
        (self.cache / key).unlink(missing_ok=True)
        self.folder.delete(key)

    def objects(self) -> Iterator[StoredObject]:
        """Walk over all objects of the bucket, a thousand a call."""
        for one in self.service.listed():
            if is_key(one.key):
                yield StoredObject(one.key, one.size, one.written_at)

    def holds(self, key: str, size: int | None = None) -> bool:
        """Whether the bucket itself has an object, of this size where one is given."""
        found = self._remote_size(key)
        return found is not None and size in (None, found)

    def read_back(self, key: str) -> str:
        """Read an object from the bucket itself, not from the cache; gives the digest of what came."""
        refuse_no_key(key)
        with suppress(FileNotFoundError):
            return self.service.write_into(None, key)
        return ""

    def write_into(self, file: BinaryIO, key: str) -> str:
        """Write an object as the bucket gives it; gives the digest of what came."""
        refuse_no_key(key)
        return self.service.write_into(file, key)

    def _remote_size(self, key: str) -> int | None:
        refuse_no_key(key)
        return self.service.size(key)

    def _fetched(self, key: str) -> BinaryIO:
        """Bring an object here and prove it before a byte of it is given away."""
        if not self.holds(key):
            raise FileNotFoundError(key)
        handle, temporary = tempfile.mkstemp(dir=self.folder.incoming_folder(), prefix="fetch-")
        path = Path(temporary)
        try:
            with os.fdopen(handle, "wb") as file:
                came = self.write_into(file, key)
            if came != key:
                logger.error("the object %s came back from the bucket with the digest %s", key, came)
                raise ObjectAltered
            found = path.open("rb")
            self._remember(key, path)
            return found
        finally:
            path.unlink(missing_ok=True)

    def _at_hand(self, key: str) -> BinaryIO | None:
        refuse_no_key(key)
        with suppress(FileNotFoundError):
            found = (self.cache / key).open("rb")
            with suppress(OSError):
                os.utime(self.cache / key)
            return found
        with suppress(FileNotFoundError):
            return self.folder.open(key)
        return None

    def _remember(self, key: str, path: Path) -> None:
        """Keep a proved file at hand; the ones that nobody asked for longest make room."""
        if not self.cache_bytes:
            path.unlink(missing_ok=True)
            return
        try:
            self.cache.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.chmod(0o400)
            path.replace(self.cache / key)
            self._make_room()
        except OSError as error:
            logger.warning("the cache of files cannot be written: %s", error)
            path.unlink(missing_ok=True)

    def _make_room(self) -> None:
        known = []
        for path in self.cache.iterdir():
            with suppress(FileNotFoundError):
                state = path.stat()
                known.append((state.st_mtime, state.st_size, path))
        held = sum(size for _when, size, _path in known)
        for _when, size, path in sorted(known)[:-1]:
            if held <= self.cache_bytes:
                return
            path.unlink(missing_ok=True)
            held -= size


def open_bucket(folder: FolderStore, url: str, name: str, secret: str, cache_bytes: int) -> BucketStore:
    """Give the store of a bucket; nothing is asked yet."""
    return BucketStore(Place.of(url, name, secret), folder, cache_bytes)
