"""What the checkpoints say: their files read, proved and sorted by stream in a scratch file."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

from jingkai.kernel.audit.data import Fault, FaultKind, Head, Stream
from jingkai.kernel.audit.models import Checkpoint
from jingkai.kernel.audit.queries import journal
from jingkai.kernel.audit.queries.shelved import ShelfCheck
from jingkai.kernel.audit.rules.chain import FIRST
from jingkai.kernel.hooks.api import shelf

Tell = Callable[[Fault], None]
SignedHead = tuple[Head, int]
"""A head and the number of the checkpoint that signed it."""

_TABLE = """
CREATE TABLE heads (kind TEXT, id INTEGER, last INTEGER, hash TEXT, first INTEGER, entry_id INTEGER,
    action TEXT, at TEXT, checkpoint INTEGER, PRIMARY KEY (kind, id, last, hash, checkpoint)) WITHOUT ROWID
"""


class SignedHeads:
    """The signed heads in the order of the chains, in a file that goes away with this object."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="jingkai-verify-")
        self._store = sqlite3.connect(Path(self._folder.name) / "heads", isolation_level=None)
        self._store.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16000;"
        )
        self._store.execute(_TABLE)
        self._store.execute("BEGIN")
        self._cursor: Iterator[SignedHead] | None = None
        self._next: SignedHead | None = None

    def __enter__(self) -> SignedHeads:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()
        self._folder.cleanup()

    def add(self, record: journal.Record, only: Stream | None) -> None:
        """Take the heads of one checkpoint."""
        rows = (
            (h.kind, h.id, h.last, h.hash, h.first, h.entry_id, h.action, h.at, record.number)
            for h in record.heads
            if only is None or h.stream == only
        )
        self._store.executemany("INSERT OR IGNORE INTO heads VALUES (?,?,?,?,?,?,?,?,?)", rows)

    def of(self, stream: Stream) -> Iterator[SignedHead]:
        """Give the heads of this stream in order; streams are asked for in the order of the chains."""
        while (head := self._peek()) is not None and head[0].stream == stream:
            self._next = None
            yield head

    def skip_to(self, stream: Stream | None) -> Iterator[SignedHead]:
        """Give the last head of every stream before this one (or of all that are left)."""
        last: SignedHead | None = None
        while (head := self._peek()) is not None and (
            stream is None or _order(head[0].stream) < _order(stream)
        ):
            if last is not None and last[0].stream != head[0].stream:
                yield last
            last, self._next = head, None
        if last is not None:
            yield last

    def _peek(self) -> SignedHead | None:
        if self._cursor is None:
            self._cursor = self._sorted()
        if self._next is None:
            self._next = next(self._cursor, None)
        return self._next

    def _sorted(self) -> Iterator[SignedHead]:
        query = "SELECT kind, id, first, last, hash, entry_id, action, at, checkpoint FROM heads"
        for row in self._store.execute(f"{query} ORDER BY kind, id, last, checkpoint"):
            yield Head(*row[:8]), row[8]


def _order(stream: Stream) -> tuple[bytes, int]:
    """Order as both databases do: by bytes, then by number."""
    return stream[0].encode(), stream[1]


def read_checkpoints(heads: SignedHeads, *, tell: Tell, only: Stream | None, key: str) -> int:
    """Read and prove every checkpoint; gives their number and tells each fault."""
    reader = _Reader(heads, tell, only, key)
    shared = shelf()
    beside = ShelfCheck(shared, tell) if shared else None
    for path in journal.files(journal.folder()):
        _compare_copy(path, tell)
        for line in journal.lines(path):
            number = reader.take(path, line)
            if beside and number:
                beside.see(number, line + b"\n")
    if beside:
        beside.end()
    _find_lost_files(tell)
    reader.finish()
    return reader.count


class _Reader:
    """Follows the chain of checkpoints, beside the database's own notes of them."""

    def __init__(self, heads: SignedHeads, tell: Tell, only: Stream | None, key: str) -> None:
        self.heads, self.tell, self.only, self.key = heads, tell, only, key
        self.count = self.number = self.entries = 0
        self.hash = FIRST
        notes = Checkpoint.objects.order_by("number").values_list("number", "hash")
        self.notes = iter(notes.iterator(chunk_size=2000))
        self.note = next(self.notes, None)

    def take(self, path: Path, line: bytes) -> int:
        """Prove one line and keep its heads, unless it is not ours; gives the number that it bears, or 0."""
        try:
            record = journal.parse(line)
        except journal.UnreadableLine:
            self._fault("checkpoint_altered", self.number + 1, f"a line of {path.name} is no checkpoint")
            return 0
        if not self._is_genuine(record, path):
            return record.number
        if record.number <= self.number:
            self._fault("checkpoint_altered", record.number, f"stands a second time in {path.name}")
            return 0
        if record.number != self.number + 1:
            self._missing(self.number + 1, record.number - 1)
        else:
            self._compare_with_previous(record, path)
        self.count += 1
        self.number, self.hash, self.entries = record.number, record.hash, record.entries
        self._compare_note(record)
        self.heads.add(record, self.only)
        return record.number

    def finish(self) -> None:
        """Report the checkpoints that the database knows and no file holds."""
        first = last = 0
        while self.note is not None:
            first, last = first or self.note[0], self.note[0]
            self.note = next(self.notes, None)
        if last > self.number:
            self._missing(max(first, self.number + 1), last)

    def _is_genuine(self, record: journal.Record, path: Path) -> bool:
        if not record.is_whole():
            self._fault(
                "checkpoint_altered", record.number, f"{path.name}: the content does not match its hash"
            )
            return False
        if not record.is_signed() or (self.key and record.key != self.key):
            detail = f"{path.name}: not signed by a known key (it names {record.key})"
            self._fault("signature_invalid", record.number, detail)
            return False
        return True

    def _compare_with_previous(self, record: journal.Record, path: Path) -> None:
        if record.previous != self.hash:
            detail = f"{path.name}: does not continue checkpoint {self.number}"
            self._fault("checkpoint_altered", record.number, detail)
        grown = sum(head.last - head.first + 1 for head in record.heads)
        if record.entries != self.entries + grown:
            self._fault("checkpoint_altered", record.number, f"{path.name}: its count of entries is wrong")

    def _compare_note(self, record: journal.Record) -> None:
        """Hold the checkpoint against the database's note of it."""
        while self.note is not None and self.note[0] < record.number:
            self.note = next(self.notes, None)
        if self.note is not None and self.note[0] == record.number and self.note[1] != record.hash:
            detail = "the file's checkpoint is another one than the database noted"
            self._fault("checkpoint_altered", record.number, detail)

    def _missing(self, first: int, last: int) -> None:
        which = "is in no file" if first == last else f"and all up to {last} are in no file"
        self._fault("checkpoint_missing", first, which)

    def _fault(self, kind: FaultKind, number: int, detail: str) -> None:
        self.tell(Fault(kind=kind, detail=detail, checkpoint=number))


def _compare_copy(path: Path, tell: Tell) -> None:
    """Hold a file against its copy: the copy may lag behind, it may not differ."""
    where = journal.copy_folder()
    copy = where / path.name if where else None
    if copy is None or not copy.exists():
        return
    with path.open("rb") as original, copy.open("rb") as second:
        while block := second.read(1 << 20):
            if original.read(len(block)) != block:
                tell(
                    Fault(
                        "checkpoint_altered", f"{path.name} differs from its copy", checkpoint=int(path.stem)
                    )
                )
                return


def _find_lost_files(tell: Tell) -> None:
    where = journal.copy_folder()
    if where is None or not where.exists():
        return
    have = {path.name for path in journal.files(journal.folder())}
    for copy in journal.files(where):
        if copy.name not in have:
            detail = f"{copy.name} is gone from the checkpoints; its copy is still there"
            tell(Fault("checkpoint_missing", detail, checkpoint=int(copy.stem)))
