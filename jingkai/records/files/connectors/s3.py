"""Calls to an S3 service: where a bucket lies, how it is asked and listed, how often it is asked again.

Every call leaves by the one way out of the house.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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
from jingkai.kernel.hooks.data import ShelfAway
from jingkai.records.files.connectors.signature import EMPTY, Key, query_of, signed
from jingkai.records.files.data import MIB

PURPOSE = "files"
BLOCK = MIB // 4
TRIES = 3
LONGEST_WORD = 4 * MIB
"""The longest list or error that the service may answer with."""
logger = logging.getLogger(__name__)
T = TypeVar("T")
Body = Path | bytes
Instead = Mapping[int, Callable[[], T]]
"""What certain refusals mean: 404 that there is nothing, 412 that there is something."""


class StoreAway(ShelfAway):
    """The store of files gave no answer that can be relied on."""

    sentence = _("The store of files gives no answer at this moment.")
    advice = _("Nothing was lost, and nothing was kept by half. Please try again in a minute.")


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


@dataclass(frozen=True, slots=True)
class Listed:
    """One object of a listing: its key without the place's prefix, size, moment, the service's mark."""

    key: str
    size: int
    written_at: datetime
    mark: str


class Service:
    """The service that keeps a bucket: asked again when it was busy or gone, then it is away.

    A body's digest is signed with the call, so the service refuses what arrived otherwise.
    """

    def __init__(self, place: Place) -> None:
        self.place = place

    def size(self, key: str) -> int | None:
        """Tell an object's size as the bucket knows it, or None where there is none."""
        return self.asked("HEAD", key, lambda answer: int(answer.headers["content-length"]), {404: _none})

    def send(self, key: str, body: Body, digest: str) -> None:
        """Put an object; it is in when the service says so and tells the same size."""
        self.asked("PUT", key, nothing, body=body, digest=digest, headers=_headers(digest))
        if self.size(key) != _length(body):
            raise StoreAway

    def send_new(self, key: str, body: bytes, digest: str) -> bool:
        """Put an object where there is none; whether there was none.

        It is looked for first: a service that knows no conditions would write over it.
        """
        if self.size(key) is not None:
            return False
        headers = _headers(digest)
        taken: Instead[bool | None] = {409: _false, 412: _false, 400: _none, 501: _none}
        made = self.asked(
            "PUT", key, _true, taken, body=body, digest=digest, headers={**headers, "if-none-match": "*"}
        )
        if made is None:
            return bool(self.asked("PUT", key, _true, body=body, digest=digest, headers=headers))
        return made

    def write_into(self, file: BinaryIO | None, key: str, size: int | None = None) -> str:
        """Write an object as it comes, or only read it; gives the digest. Error: FileNotFoundError."""
        known = (self.size(key) if size is None else size) or 0
        found = self.asked("GET", key, lambda answer: _written(answer, file), {404: lambda: ""}, size=known)
        if not found:
            raise FileNotFoundError(key)
        return found

    def remove(self, key: str) -> None:
        """Remove an object; nothing happens where there is none."""
        self.asked("DELETE", key, nothing, {404: lambda: None})

    def listed(self, folder: str = "", after: str = "") -> Iterator[Listed]:
        """Walk over the objects right in a folder, in the order of their keys, a thousand a call."""
        inside = self.place.prefix + folder
        asked = {"list-type": "2", "prefix": inside, "delimiter": "/"}
        more = {"start-after": self.place.prefix + after} if after else {}
        while True:
            page = self.asked("GET", "", _listing, query=query_of({**asked, **more}))
            yield from (self._one_listed(one) for one in page.iterfind("{*}Contents"))
            token = page.findtext("{*}NextContinuationToken")
            if page.findtext("{*}IsTruncated") != "true" or not token:
                return
            more = {"continuation-token": token}

    def _one_listed(self, one: Any) -> Listed:
        key = (one.findtext("{*}Key") or "").removeprefix(self.place.prefix)
        written = datetime.fromisoformat(one.findtext("{*}LastModified") or "").astimezone(UTC)
        mark = (one.findtext("{*}ETag") or "").strip('"').lower()
        return Listed(key, int(one.findtext("{*}Size") or 0), written, mark)

    def asked(
        self,
        method: str,
        key: str,
        read: Callable[[Streamed], T],
        instead: Instead[T] | None = None,
        *,
        body: Body = b"",
        digest: str = EMPTY,
        headers: Mapping[str, str] | None = None,
        query: str = "",
        size: int = 0,
    ) -> T:
        """Call the service and read its answer; asks again when it was busy or gone. Error: StoreAway."""
        url = self.place.address(key) if key else f"{self.place.base}/?{query}"
        length = _length(body)
        limits = Limits(seconds=20 + (length + size) / MIB, most_bytes=0)
        for attempt in range(TRIES):
            try:
                with self._one(method, url, body, length, digest, headers or {}, limits) as answer:
                    if answer.ok:
                        return read(answer)
                    if instead and answer.status in instead:
                        return instead[answer.status]()
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
        body: Body,
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
        content = _blocks(body) if length else ()
        with stream(
            url, purpose=PURPOSE, method=method, content=content, length=length, headers=told, limits=limits
        ) as answer:
            yield answer


def nothing(_answer: Streamed) -> None:
    """Read nothing of an answer."""


def _none() -> None:
    return None


def _true(_answer: Streamed) -> bool:
    return True


def _false() -> bool:
    return False


def _headers(digest: str) -> dict[str, str]:
    checksum = base64.b64encode(bytes.fromhex(digest)).decode()
    return {"content-type": "application/octet-stream", "x-amz-checksum-sha256": checksum}


def _length(body: Body) -> int:
    return len(body) if isinstance(body, bytes) else body.stat().st_size


def _blocks(body: Body) -> Iterator[bytes]:
    if isinstance(body, bytes):
        yield body
        return
    with body.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _written(answer: Streamed, file: BinaryIO | None) -> str:
    """Write what comes, from the beginning, where there is a file; gives its digest."""
    if file is not None:
        file.seek(0)
        file.truncate()
    seen = hashlib.sha256()
    for part in answer.parts:
        seen.update(part)
        if file is not None:
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
