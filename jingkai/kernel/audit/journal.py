"""The checkpoint files: signed, chained lines outside the database, and their copies.

A file is named after the number of its first checkpoint and holds one JSON object a line. Lines are only ever
added and reach the disk before the database learns of them, so a line torn by a crash is always the last of
its file and was never counted; the next checkpoint begins a new file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from jingkai.kernel.audit.chain import canonical, digest
from jingkai.kernel.audit.data import Head
from jingkai.kernel.audit.signer import is_signed, sign

FORMAT = 1
LINES_PER_FILE = 2000
BYTES_PER_FILE = 32 * 1024 * 1024


class UnreadableLine(Exception):
    """A line of a checkpoint file is no checkpoint."""


@dataclass(frozen=True, slots=True)
class Record:
    """One checkpoint as it stands in its file: the heads that were new, and a signature over all of it.

    `entries` counts every entry signed up to and with this one; `hash` covers everything above it.
    """

    number: int
    at: str
    entries: int
    heads: tuple[Head, ...]
    previous: str
    key: str = ""
    hash: str = ""
    signature: str = ""

    def body(self) -> dict[str, Any]:
        """Give what the fingerprint and the signature cover."""
        return {
            "format": FORMAT,
            "number": self.number,
            "at": self.at,
            "entries": self.entries,
            "heads": [list(astuple(head)) for head in self.heads],
            "previous": self.previous,
        }

    def is_whole(self) -> bool:
        """Say whether the content still has the fingerprint that it was written with."""
        return digest(self.body()) == self.hash

    def is_signed(self) -> bool:
        """Say whether the installation's key signed this content."""
        return is_signed(canonical(self.body()), key=self.key, signature=self.signature)

    def line(self) -> bytes:
        """Write it as one line."""
        full = {**self.body(), "key": self.key, "hash": self.hash, "signature": self.signature}
        return canonical(full) + b"\n"


def seal(*, number: int, at: str, entries: int, heads: Sequence[Head], previous: str) -> Record:
    """Fingerprint and sign a checkpoint."""
    bare = Record(number, at, entries, tuple(heads), previous)
    key, signature = sign(canonical(bare.body()))
    return Record(number, at, entries, bare.heads, previous, key, digest(bare.body()), signature)


def folder() -> Path:
    """Give the folder of the checkpoint files, made if it is not there."""
    path = Path(settings.CHECKPOINTS_FOLDER)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def copy_folder() -> Path | None:
    """Give the folder that gets a copy of every line (setting CHECKPOINTS_COPY_FOLDER), if one is set."""
    given = getattr(settings, "CHECKPOINTS_COPY_FOLDER", None)
    return Path(given) if given else None


def files(where: Path) -> list[Path]:
    """List the checkpoint files of a folder, oldest first."""
    return sorted(path for path in where.glob("*.jsonl") if path.stem.isdigit())


def append(record: Record) -> None:
    """Add a checkpoint and see it on the disk before returning; then bring the copies up to date."""
    path = _file_for(record)
    is_new = not path.exists()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as file:
        file.write(record.line())
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        _sync_folder(path.parent)


def _file_for(record: Record) -> Path:
    newest = files(folder())[-1:]
    if newest and _has_room(newest[0], record.number):
        return newest[0]
    return folder() / f"{record.number:012d}.jsonl"


def _has_room(path: Path, number: int) -> bool:
    if path.stat().st_size >= BYTES_PER_FILE or number - int(path.stem) >= LINES_PER_FILE:
        return False
    return _ends_whole(path)


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def update_copy() -> int:
    """Add to the copies what they lack; never shortens or overwrites one. Gives the number of bytes added."""
    target = copy_folder()
    if target is None:
        return 0
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    added = 0
    for path in reversed(files(folder())):
        more = _extend(path, target / path.name)
        added += more
        if not more:
            break
    return added


def _extend(source: Path, copy: Path) -> int:
    have = copy.stat().st_size if copy.exists() else 0
    added = 0
    with source.open("rb") as original, copy.open("ab") as file:
        original.seek(have)
        while block := original.read(1 << 20):
            file.write(block)
            added += len(block)
        file.flush()
        os.fsync(file.fileno())
    return added


def last_record() -> Record | None:
    """Read the newest whole checkpoint of the files, without reading the files from their start."""
    for path in reversed(files(folder())):
        for line in _lines_from_end(path):
            try:
                return parse(line)
            except UnreadableLine:
                continue
    return None


def _lines_from_end(path: Path) -> Iterator[bytes]:
    """Give the terminated lines of a file, last first, reading back only as far as is asked for."""
    with path.open("rb") as file:
        at = file.seek(0, os.SEEK_END)
        rest, torn = b"", True
        while at > 0:
            step = min(at, 1 << 20)
            at -= step
            file.seek(at)
            rest, *complete = (file.read(step) + rest).split(b"\n")
            for line in reversed(complete):
                if not torn:
                    yield line
                torn = False
        if not torn:
            yield rest


def lines(path: Path) -> Iterator[bytes]:
    """Give the lines of a file one by one; an unterminated one at the end (torn by a crash) is left out."""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield line[:-1]


def parse(line: bytes) -> Record:
    """Read one line; raises UnreadableLine when it is no checkpoint."""
    try:
        given = json.loads(line)
        heads = tuple(Head(*head) for head in given["heads"])
        names = ("number", "at", "entries", "previous", "key", "hash", "signature")
        number, at, entries, previous, key, hash_, signature = (given[name] for name in names)
        return Record(int(number), str(at), int(entries), heads, str(previous), key, hash_, signature)
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableLine(str(error)) from error
