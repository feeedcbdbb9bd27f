"""The checkpoints on the shelf that machines share: each line is also an object `checkpoints/<number>.json`.

The lines of a machine's own folder are then a copy. An object that was altered, replaced or taken out is told
from its copy here, or, on a machine that has none, from the chain of hashes and the database's notes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO

from jingkai.kernel.audit.data import Fault, FaultKind
from jingkai.kernel.audit.queries.journal import Record, UnreadableLine, parse
from jingkai.kernel.hooks.data import Shelf, ShelfThing

FOLDER = "checkpoints"
_NAME = re.compile(rf"{FOLDER}/(\d{{12}})\.json")

Numbered = tuple[int, ShelfThing]


def name_of(number: int) -> str:
    """Give the name under which a checkpoint lies on the shelf."""
    return f"{FOLDER}/{number:012d}.json"


def beyond(shared: Shelf, number: int) -> Iterator[Numbered]:
    """Walk over the checkpoints on the shelf of greater numbers, in order; strange names are passed by."""
    for thing in shared.things(FOLDER, name_of(number)):
        if found := _NAME.fullmatch(thing.name):
            yield int(found[1]), thing


def read_raw(shared: Shelf, thing: ShelfThing) -> bytes:
    """Read the bytes of a thing; empty where it went away."""
    file = BytesIO()
    with suppress(FileNotFoundError):
        shared.bring(thing.name, file, thing.size)
        return file.getvalue()
    return b""


def read_ours(shared: Shelf, number: int, thing: ShelfThing) -> Record | None:
    """Read the checkpoint of this number, or None where what lies there is no checkpoint that we signed."""
    try:
        record = parse(read_raw(shared, thing))
    except UnreadableLine:
        return None
    return record if record.number == number and record.is_whole() and record.is_signed() else None


def is_same(shared: Shelf, thing: ShelfThing, line: bytes) -> bool:
    """Tell whether a thing holds exactly this line; it is read where the service's mark does not tell."""
    if thing.size != len(line):
        return False
    marked = thing.mark == hashlib.md5(line, usedforsecurity=False).hexdigest()
    return marked or read_raw(shared, thing) == line


class ShelfCheck:
    """Holds every line of this machine, given in order, against its object on the shelf."""

    def __init__(self, shared: Shelf, tell: Callable[[Fault], None]) -> None:
        self.shared, self.tell = shared, tell
        self._things = beyond(shared, 0)
        self._next = next(self._things, None)
        self._lost: list[int] = []
        self.last = 0

    def see(self, number: int, line: bytes) -> None:
        """Compare one line with its object."""
        self._foreign(before=number)
        if number <= self.last:
            return
        self.last = number
        if self._next is None or self._next[0] != number:
            self._lost.append(number)
            return
        self._tell_lost()
        if not is_same(self.shared, self._next[1], line):
            self._fault("checkpoint_altered", number, "its object in the bucket is another one than here")
        self._next = next(self._things, None)

    def end(self) -> None:
        """Look at what lies beyond the last line: it came meanwhile, or is not ours."""
        self._tell_lost()
        self._foreign(before=None)

    def _foreign(self, before: int | None) -> None:
        while self._next is not None and (before is None or self._next[0] < before):
            number, thing = self._next
            came_meanwhile = number > self.last and before is None
            if not (came_meanwhile and read_ours(self.shared, number, thing)):
                self._fault("checkpoint_altered", number, "its object in the bucket is no checkpoint of ours")
            self._next = next(self._things, None)

    def _tell_lost(self) -> None:
        if self._lost:
            first, last = self._lost[0], self._lost[-1]
            which = "is not in the bucket" if first == last else f"and all up to {last} are not in the bucket"
            self._fault("checkpoint_missing", first, f"{which}, though here")
        self._lost = []

    def _fault(self, kind: FaultKind, number: int, detail: str) -> None:
        self.tell(Fault(kind=kind, detail=detail, checkpoint=number))
