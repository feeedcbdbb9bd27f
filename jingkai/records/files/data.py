"""Words of files: what an upload is, what is taken in, who owns it. Standard library only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from uuid import UUID

KIB = 1024
MIB = 1024 * KIB
DEFAULT_LIMIT = 200 * MIB

OFFICE_KINDS = ("pdf", "ofd", "docx", "xlsx", "pptx", "doc", "xls", "ppt", "odt", "ods")
PICTURE_KINDS = ("jpeg", "png", "tiff", "bmp", "gif", "webp")
ALL_KINDS = (*OFFICE_KINDS, *PICTURE_KINDS, "zip", "dwg", "txt", "csv", "xml", "mp4", "mp3")


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file by its content: code, media type, usual ending, whether a browser may show it."""

    code: str
    media_type: str
    ending: str
    inline: bool = False
    other_endings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """A stream that has arrived completely: a temporary file, its size and digests; not yet looked into."""

    path: Path
    size: int
    sha256: str
    sm3: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A received file that was looked into and is worth keeping, under its cleaned name and true kind."""

    received: Received
    name: str
    kind: FileKind
    remark: str = ""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object of the store: its key, size in bytes and when it was written."""

    key: str
    size: int
    written_at: datetime


class ObjectStore(Protocol):
    """Where bytes are kept by key; the folder of an installation or a bucket of an S3 service.

    A key is written once and never changed: putting it again is a no-op.
    """

    def stage(self, key: str, path: Path) -> None:
        """Do beforehand, without a transaction, what of `put` takes long; the file stays where it is."""

    def put(self, key: str, path: Path) -> None:
        """Take the file at `path` into the store under `key`, durably, and remove it from where it was."""

    def open(self, key: str, start: int = 0) -> BinaryIO:
        """Open an object for reading from a position; FileNotFoundError where there is none."""

    def size(self, key: str) -> int | None:
        """Tell an object's size, or None where there is none."""

    def delete(self, key: str) -> None:
        """Remove an object; nothing happens where there is none."""

    def objects(self) -> Iterator[StoredObject]:
        """Walk over all objects."""


class RemoteStore(ObjectStore, Protocol):
    """A store on another machine, which lies at times and is away at times."""

    def holds(self, key: str, size: int | None = None) -> bool:
        """Whether the store itself has an object, of this size where one is given."""

    def read_back(self, key: str) -> str:
        """Read an object from the store itself; gives the digest of what came."""

    def write_into(self, file: BinaryIO, key: str) -> str:
        """Write an object as it comes; gives the digest of what came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerKind:
    """What the app of an owner says about its files: who may read and add them, how large, of which kinds.

    `resolve(uuid)` finds the owner's number, or None. `may_write` is asked at the start of an upload and
    again when the file is kept. Uploading is refused while `resolve` or `may_write` is missing.
    """

    code: str
    may_read: Callable[[Any, int], bool]
    may_write: Callable[[Any, int, str], bool] | None = None
    resolve: Callable[[UUID], int | None] | None = None
    limit: int = DEFAULT_LIMIT
    kinds: tuple[str, ...] = ALL_KINDS
    files_per_slot: int = 50


@dataclass(frozen=True, slots=True)
class AttachmentLine:
    """One attachment as a page shows it."""

    id: int
    uuid: str
    name: str
    size: int
    media_type: str
    kind: str
    slot: str
    url: str
    uploaded_at: datetime
    uploaded_by_name: str
    remark: str
    void_reason: str
    sha256: str
