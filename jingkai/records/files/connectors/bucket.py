"""The bucket of an S3 service that keeps the bytes, and what of it lies at hand here.

Several machines share one bucket; each has a cache of what it sent and read last. Every call leaves by the
one way out of the house.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from urllib.parse import parse_qsl, urlsplit

from defusedxml import ElementTree
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.exchange.api import host_header, stream
from jingkai.kernel.exchange.data import CallFailed, CallRefused, Limits, NoAnswer, Streamed
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.records.files.connectors.signature import EMPTY, Key, query_of, signed
from jingkai.records.files.data import MIB, StoredObject
from jingkai.records.files.models.folder import FolderStore, is_key, refuse_no_key

PURPOSE = "files"
BLOCK = MIB // 4
TRIES = 3
LONGEST_WORD = 4 * MIB
"""The longest list or error that the service may answer with."""
logger = logging.getLogger(__name__)
T = TypeVar("T")


class StoreAway(PersonFacingError):
    """The store of files gave no answer that can be relied on."""

    status = 503
    retry_after = 60
    sentence = _("The store of files gives no answer at this moment.")
    advice = _("Nothing was lost, and nothing was kept by half. Please try again in a minute.")


class ObjectAltered(PersonFacingError):
    """The store gave other bytes than were kept: they are shown to nobody."""

    status = 503
    sentence = _("This file did not come back from the store as it was kept, so it is not shown.")
    advice = _("The operator has to restore it from a backup. Please tell the zone's system administrator.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bucket lies: `base` is the address of the bucket itself, `prefix` goes before every key."""

    base: str
    prefix: str
    key: Key

    @classmethod
    def of(cls, url: str, name: str, secret: str) -> Place:
        """Read `https://host/bucket[/prefix][?region=…]`, or `https://bucket.host[/prefix]?bucket=host`."""
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        first, *rest = [word for word in parts.path.split("/") if word] or [""]
        in_host = options.get("bucket") == "host"
        base = f"{parts.scheme}://{parts.netloc}/" + ("" if in_host else first)
        words = [word for word in ((first, *rest) if in_host else rest) if word]
        key = Key(name, secret, options.get("region", "us-east-1"))
        return cls(base.rstrip("/"), "".join(f"{word}/" for word in words), key)

    def address(self, key: str) -> str:
        """Give the address of an object."""
        return f"{self.base}/{self.prefix}{key}"


class BucketStore:
    """Objects of a bucket under their digests; what arrives is first written to this machine.

    A body's digest is signed with the call, so the service refuses what arrived otherwise. What comes back is
    hashed before anybody sees it. A key holds always the same bytes: every call may be repeated.
    """

    def __init__(self, place: Place, folder: FolderStore, cache_bytes: int) -> None:
        self.place, self.folder, self.cache_bytes = place, folder, cache_bytes
        self.cache = folder.folder / "cache"

    def stage(self, key: str, path: Path) -> None:
        """Bring bytes into the bucket before a transaction begins; without a row they go after 30 days."""
        if self._remote_size(key) != path.stat().st_size:
            self._send(key, path)

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
        self._asked("DELETE", self.place.address(key), _nothing, missing=lambda: None)
        (self.cache / key).unlink(missing_ok=True)
        self.folder.delete(key)

    def objects(self) -> Iterator[StoredObject]:
        """Walk over all objects of the bucket, a thousand a call."""
        more: dict[str, str] = {}
        while True:
            query = query_of({"list-type": "2", "prefix": self.place.prefix, **more})
            page = self._asked("GET", f"{self.place.base}/?{query}", _listing)
            yield from self._listed(page)
            token = page.findtext("{*}NextContinuationToken")
            if page.findtext("{*}IsTruncated") != "true" or not token:
                return
            more = {"continuation-token": token}

    def holds(self, key: str, size: int | None = None) -> bool:
        """Whether the bucket itself has an object, of this size where one is given."""
        found = self._remote_size(key)
        return found is not None and size in (None, found)

    def read_back(self, key: str) -> str:
        """Read an object from the bucket itself, not from the cache; gives the digest of what came."""
        refuse_no_key(key)

        def hashed(answer: Streamed) -> str:
            seen = hashlib.sha256()
            for part in answer.parts:
                seen.update(part)
            return seen.hexdigest()

        return self._asked("GET", self.place.address(key), hashed, size=self._remote_size(key) or 0)

    def write_into(self, file: BinaryIO, key: str) -> str:
        """Write an object as the bucket gives it; gives the digest of what came."""
        size = self._remote_size(key) or 0
        return self._asked("GET", self.place.address(key), lambda answer: _written(answer, file), size=size)

    def _listed(self, page: Any) -> Iterator[StoredObject]:
        for one in page.iterfind("{*}Contents"):
            key = (one.findtext("{*}Key") or "").removeprefix(self.place.prefix)
            written = datetime.fromisoformat(one.findtext("{*}LastModified") or "")
            if is_key(key):
                yield StoredObject(key, int(one.findtext("{*}Size") or 0), written.astimezone(UTC))

    def _remote_size(self, key: str) -> int | None:
        refuse_no_key(key)
        return self._asked(
            "HEAD", self.place.address(key), lambda answer: int(answer.headers["content-length"]), _none
        )

    def _send(self, key: str, path: Path) -> None:
        checksum = base64.b64encode(bytes.fromhex(key)).decode()
        headers = {"content-type": "application/octet-stream", "x-amz-checksum-sha256": checksum}
        self._asked("PUT", self.place.address(key), _nothing, body=path, digest=key, headers=headers)
        if self._remote_size(key) != path.stat().st_size:
            raise StoreAway

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

    def _asked(
        self,
        method: str,
        url: str,
        read: Callable[[Streamed], T],
        missing: Callable[[], T] | None = None,
        *,
        body: Path | None = None,
        digest: str = EMPTY,
        headers: Mapping[str, str] | None = None,
        size: int = 0,
    ) -> T:
        """Call the service and read its answer; asks again when it was busy or gone. Error: StoreAway."""
        length = body.stat().st_size if body else 0
        limits = Limits(seconds=20 + (length + size) / MIB, most_bytes=0)
        for attempt in range(TRIES):
            try:
                with self._one(method, url, body, length, digest, headers or {}, limits) as answer:
                    if answer.ok:
                        return read(answer)
                    if answer.status == 404 and missing is not None:
                        return missing()
                    reason = f"status {answer.status}"
                    if answer.status < 500 and answer.status not in (408, 429):
                        reason += f" {_word(answer)[:300]!r}" if method != "HEAD" else ""
                        break
            except CallRefused as error:
                reason = str(error)
                break
            except (CallFailed, KeyError, ValueError, SyntaxError) as error:
                reason = str(error) or type(error).__name__
            if attempt + 1 < TRIES:
                time.sleep(0.1 * 4**attempt)
        logger.error("the store of files gives no answer: %s %s: %s", method, urlsplit(url).path, reason)
        raise StoreAway

    @contextmanager
    def _one(
        self,
        method: str,
        url: str,
        body: Path | None,
        length: int,
        digest: str,
        headers: Mapping[str, str],
        limits: Limits,
    ) -> Iterator[Streamed]:
        told = signed(
            key=self.place.key,
            method=method,
            url=url,
            host=host_header(url),
            headers=headers,
            digest=digest,
            at=timezone.now(),
        )
        content = _blocks(body) if body else ()
        with stream(
            url, purpose=PURPOSE, method=method, content=content, length=length, headers=told, limits=limits
        ) as answer:
            yield answer


def _nothing(_answer: Streamed) -> None:
    """Read nothing of an answer."""


def _none() -> int | None:
    return None


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _written(answer: Streamed, file: BinaryIO) -> str:
    """Write what comes, from the beginning; gives its digest."""
    file.seek(0)
    file.truncate()
    seen = hashlib.sha256()
    for part in answer.parts:
        seen.update(part)
        file.write(part)
    return seen.hexdigest()


def _listing(answer: Streamed) -> Any:
    page = ElementTree.fromstring(_word(answer))
    if not page.tag.endswith("ListBucketResult"):
        raise ValueError(f"<{page.tag}> is no list of objects")
    return page


def _word(answer: Streamed) -> bytes:
    told = bytearray()
    for part in answer.parts:
        told += part
        if len(told) > LONGEST_WORD:
            raise NoAnswer("too-large")
    return bytes(told)


def open_bucket(folder: FolderStore, url: str, name: str, secret: str, cache_bytes: int) -> BucketStore:
    """Give the store of a bucket; nothing is asked yet."""
    return BucketStore(Place.of(url, name, secret), folder, cache_bytes)
