"""Checkpoints between this machine and the shelf that machines share: put there, brought here, set aside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from jingkai.kernel.audit.operations.journal import alone, append_all
from jingkai.kernel.audit.queries import journal
from jingkai.kernel.audit.queries.shelved import beyond, is_same, name_of, read_ours, read_raw
from jingkai.kernel.hooks.api import shelf
from jingkai.kernel.hooks.data import Shelf

AT_ONCE = 200
"""So many lines are brought before they are seen on the disk."""
ASIDE = "set-aside"


def put(shared: Shelf, record: journal.Record) -> bool:
    """Put a checkpoint where all machines find it; whether it, and no other of its number, lies there."""
    return shared.put_once(name_of(record.number), record.line())


def newest_shared(shared: Shelf, *, after: int) -> tuple[journal.Record | None, tuple[int, ...]]:
    """Read what lies on the shelf beyond a number; gives the newest, and the numbers of what is not ours."""
    newest, refused = None, []
    for number, thing in beyond(shared, after):
        if (record := read_ours(shared, number, thing)) is None:
            refused.append(number)
        else:
            newest = record
    return newest, tuple(refused)


def bring_over(*, most: int = 0) -> tuple[int, ...]:
    """Add to this machine's copy what others signed since, at most so many lines where a number is given.

    Nothing where no shelf is shared. Gives the numbers under which something else lies on the shelf than a
    checkpoint that we signed, or than the last one here. Error: ShelfAway.
    """
    shared = shelf()
    if shared is None:
        return ()
    last = journal.last_record()
    refused: list[int] = []
    brought: list[journal.Record] = []
    for number, thing in beyond(shared, last.number - 1 if last else 0):
        if last is not None and number == last.number:
            if not is_same(shared, thing, last.line()):
                refused.append(number)
        elif (record := read_ours(shared, number, thing)) is None:
            refused.append(number)
        else:
            brought.append(record)
        if len(brought) >= AT_ONCE:
            append_all(brought)
            brought = []
            if most and number - (last.number if last else 0) >= most:
                break
    append_all(brought)
    return tuple(refused)


def send_all() -> tuple[int, tuple[int, ...]]:
    """Put what was signed before there was a shelf there; never over anything.

    Gives how many were sent, and the numbers under which another one lies there.
    """
    shared = shelf()
    if shared is None:
        return 0, ()
    there = {number for number, _thing in beyond(shared, 0)}
    sent, refused = 0, []
    for path in journal.files(journal.folder()):
        for record in map(journal.parse, journal.lines(path)):
            if record.number in there:
                continue
            if put(shared, record):
                sent += 1
            else:
                refused.append(record.number)
    return sent, tuple(refused)


def take_from_shelf(*, known: int, at: datetime) -> int:
    """Lay the checkpoints on the shelf that are beyond a number aside, under names of their own."""
    shared = shelf()
    if shared is None:
        return 0
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = 0
    for number, thing in list(beyond(shared, known)):
        if shared.put_once(f"{ASIDE}/{stamp}-{number:012d}.json", read_raw(shared, thing)):
            shared.remove(thing.name)
            aside += 1
    return aside


def take_from_folder(folder: Path, *, known: int) -> int:
    """Move the lines of a folder that are beyond a number into its folder `set-aside`; gives how many."""
    aside = 0
    if not folder.is_dir():
        return 0
    with alone(folder):
        for path in sorted(folder.glob("*.jsonl")):
            lines = path.read_bytes().splitlines(keepends=True)
            stay, go = [line for line in lines if _number(line) <= known], list(_later(lines, known))
            if not go:
                continue
            (folder / ASIDE).mkdir(mode=0o700, exist_ok=True)
            with (folder / ASIDE / path.name).open("ab") as file:
                file.write(b"".join(go))
            path.write_bytes(b"".join(stay)) if stay else path.unlink()
            aside += len(go)
    return aside


def _later(lines: list[bytes], known: int) -> Iterator[bytes]:
    return (line for line in lines if _number(line) > known)


def _number(line: bytes) -> int:
    """The number of a checkpoint; a line torn by a crash stays where it is."""
    try:
        return int(json.loads(line)["number"])
    except (ValueError, TypeError, KeyError):
        return 0
