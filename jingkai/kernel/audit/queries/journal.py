"""The checkpoint files: signed, chained lines outside the database, and their copies.

A file is named after the number of its first checkpoint and holds one JSON object a line. Lines are only ever
added and reach the disk before the database learns of them, so a line torn by a crash is always the last of
its file and was never counted; the next checkpoint begins a new file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from jingkai.kernel.audit.data import Head
from jingkai.kernel.audit.rules.chain import canonical, digest
from jingkai.kernel.audit.rules.signer import is_signed
from jingkai.kernel.audit.rules.sm2 import is_sm2_signed

FORMAT = 1


class UnreadableLine(Exception):
    """A line of a checkpoint file is no checkpoint."""


@dataclass(frozen=True, slots=True)
class Record:
    """One checkpoint as it stands in its file: the heads that were new, and a signature over all of it.

    `entries` counts every entry signed up to and with this one; `hash` covers everything above it, and which
    key signs beside by SM2.
    """

    number: int
    at: str
    entries: int
    heads: tuple[Head, ...]
    previous: str
    key: str = ""
    hash: str = ""
    signature: str = ""
    sm2: str = ""
    sm2_signature: str = ""

    def body(self) -> dict[str, Any]:
        """Give what the fingerprint and the signature cover."""
        beside = {"sm2": self.sm2} if self.sm2 else {}
        return {
            **beside,
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
        """Say whether the installation's key signed this content, and beside it the SM2 key that it names."""
        message = canonical(self.body())
        if self.sm2 and not is_sm2_signed(message, key=self.sm2, signature=self.sm2_signature):
            return False
        return is_signed(message, key=self.key, signature=self.signature)

    def line(self) -> bytes:
        """Write it as one line."""
        full = {**self.body(), "key": self.key, "hash": self.hash, "signature": self.signature}
        full |= {"sm2_signature": self.sm2_signature} if self.sm2 else {}
        return canonical(full) + b"\n"


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
        beside = (str(given.get("sm2", "")), str(given.get("sm2_signature", "")))
        return Record(
            int(number), str(at), int(entries), heads, str(previous), key, hash_, signature, *beside
        )
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableLine(str(error)) from error
