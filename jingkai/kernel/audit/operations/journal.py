"""Adding to the checkpoint files and to their copies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from jingkai.kernel.audit.data import Head
from jingkai.kernel.audit.queries.journal import Record, copy_folder, files, folder, last_record
from jingkai.kernel.audit.rules.chain import canonical, digest
from jingkai.kernel.audit.rules.signer import sign
from jingkai.kernel.audit.rules.sm2 import sm2_key, sm2_signature

LINES_PER_FILE = 2000
BYTES_PER_FILE = 32 * 1024 * 1024


def seal(*, number: int, at: str, entries: int, heads: Sequence[Head], previous: str) -> Record:
    """Fingerprint and sign a checkpoint."""
    bare = Record(number, at, entries, tuple(heads), previous, sm2=sm2_key())
    message = canonical(bare.body())
    key, signature = sign(message)
    beside = sm2_signature(message) if bare.sm2 else ""
    return replace(bare, key=key, hash=digest(bare.body()), signature=signature, sm2_signature=beside)


def append(record: Record) -> None:
    """Add a checkpoint and see it on the disk before returning."""
    append_all([record])


def append_all(records: Sequence[Record]) -> None:
    """Add checkpoints, in order, and see them on the disk before returning; what is there already is left."""
    if not records:
        return
    with alone(folder()):
        last = last_record()
        missing = [record for record in records if last is None or record.number > last.number]
        while missing:
            missing = missing[_fill(_file_for(missing[0]), missing) :]


def _fill(path: Path, records: Sequence[Record]) -> int:
    """Write as many records as a file takes; gives how many."""
    is_new = not path.exists()
    room = (int(path.stem) + LINES_PER_FILE) - records[0].number
    bytes_left = BYTES_PER_FILE - (0 if is_new else path.stat().st_size)
    taken = 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as file:
        for record in records:
            if taken and (bytes_left <= 0 or record.number - records[0].number >= room):
                break
            bytes_left -= file.write(record.line())
            taken += 1
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        _sync_folder(path.parent)
    return taken


@contextmanager
def alone(where: Path) -> Iterator[None]:
    """Let no other process of this machine write into the checkpoint files for the length of a block."""
    with (where / ".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


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
