"""One chain followed from its first entry to its last, beside the heads that checkpoints signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC

from jingkai.kernel.audit.data import Fault, FaultKind, Stream
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.audit.queries.signed import SignedHead
from jingkai.kernel.audit.rules.chain import FIRST, fingerprint

Tell = Callable[[Fault], None]

WINDOW = 64
"""How far from its place an entry is looked for that carries another's number."""
MOST_MOVES = 1000


class ChainCheck:
    """Takes the entries of one stream in order (`see`), then says what is wrong (`end`).

    An entry is sound when its own fingerprint holds at its place, it continues the entry before it, and the
    checkpoints that signed its place signed this fingerprint.
    """

    def __init__(self, stream: Stream, heads: Iterator[SignedHead], tell: Tell) -> None:
        self.stream, self.heads, self.tell = stream, heads, tell
        self.head = next(heads, None)
        self.expected = 1
        self.hash = FIRST
        self.before: TrailEntry | None = None
        self.before_is_sound = True
        self.moves: list[tuple[TrailEntry, int]] = []
        self.strangers: dict[int, TrailEntry] = {}
        self.displaced: dict[int, SignedHead] = {}
        self.closed_up = 0
        self.is_rewritten = False
        self.signed = 0

    @property
    def unsigned(self) -> int:
        """How many entries stand after the last signed one."""
        return max(0, self.expected - 1 - self.signed)

    def see(self, row: TrailEntry) -> None:
        """Take the next entry."""
        if row.sequence > self.expected:
            self._missing(self.expected, row.sequence - 1)
        gap = row.sequence != self.expected
        sound = self._check(row, gap)
        self._compare_heads(row, sound)
        self.expected = row.sequence + 1
        self.hash, self.before, self.before_is_sound = row.hash, row, sound

    def end(self) -> None:
        """Report what only the whole chain shows: moved entries, and entries cut off at its end."""
        self._explain_moves()
        while self.head is not None:
            self.signed = max(self.signed, self.head[0].last)
            last, self.head = self.head, next(self.heads, None)
            if self.head is None and last[0].last >= self.expected + self.closed_up:
                self._cut_off(last)

    def _check(self, row: TrailEntry, gap: bool) -> bool:
        if fingerprint(row) != row.hash:
            self._altered(row)
            return False
        if row.sequence < self.expected:
            self._report("inserted", row, "a second entry stands at this place")
            return False
        if not gap and row.previous_hash != self.hash:
            self._broken_link(row)
        return True

    def _altered(self, row: TrailEntry) -> None:
        """Tell an entry that stands at another's place from one whose content was changed."""
        written_as = _written_as(row)
        if written_as is None:
            self._report("edited", row, "the content does not match its fingerprint")
        elif len(self.moves) < MOST_MOVES:
            self.moves.append((row, written_as))
            if self.before is not None and written_as == self.before.sequence:
                self.strangers[written_as] = self.before

    def _broken_link(self, row: TrailEntry) -> None:
        """The entry is whole but continues another one than stands before it: that one was exchanged."""
        if self.before is None:
            self._report("rewritten", row, "it claims an entry before it, and there is none")
        elif self.before_is_sound:
            detail = "exchanged or inserted: the next entry continues another one"
            self._report("rewritten", self.before, detail)

    def _compare_heads(self, row: TrailEntry, sound: bool) -> None:
        while self.head is not None and self.head[0].last <= row.sequence:
            head, checkpoint = self.head
            self.signed = max(self.signed, head.last)
            if not sound and head.last == row.sequence and len(self.displaced) < MOST_MOVES:
                self.displaced[head.last] = self.head
            if head.last == row.sequence and head.hash != row.hash and sound and not self.is_rewritten:
                self.is_rewritten = True
                where = f"one of {head.first} to {head.last}" if head.first < head.last else "the entry"
                self._report(
                    "rewritten", row, f"checkpoint {checkpoint} signed another chain: {where} was changed"
                )
            self.head = next(self.heads, None)

    def _missing(self, first: int, last: int) -> None:
        """Report entries that are gone from the middle, by name where a checkpoint knows them."""
        named: set[int] = set()
        while self.head is not None and self.head[0].last <= last:
            head, checkpoint = self.head
            if head.last >= first:
                named.add(head.last)
                self._report_head("deleted", self.head, f"checkpoint {checkpoint} signed it and it is gone")
            self.signed = max(self.signed, head.last)
            self.head = next(self.heads, None)
        nameless = [
            number for number in range(first, min(last, first + MOST_MOVES) + 1) if number not in named
        ]
        for number in nameless:
            self.tell(Fault("deleted", self._neighbour(), stream=self.stream, sequence=number))

    def _neighbour(self) -> str:
        if self.before is None:
            return "it is gone from the beginning of the chain"
        return f"it is gone; it followed id {self.before.pk} ({self.before.action})"

    def _explain_moves(self) -> None:
        """Say why entries stand at other places than they were written for.

        A place whose own entry is nowhere was freed by a deletion and closed up; an entry that stands where
        another one, moved away, was written for was put in; otherwise entries changed places.
        """
        places = {row.sequence for row, _ in self.moves}
        own = {written_as for _, written_as in self.moves}
        freed = [number for number in sorted(places - own) if number < max(own)]
        taken = [number for number in sorted(own - places) if number < self.expected]
        self.closed_up = len(freed)
        for number in freed:
            self._closed_up(number)
        for number in taken:
            self._put_in(number)
        for row, written_as in [] if freed or taken else self.moves:
            self._report("reordered", row, f"it was written as number {written_as}")

    def _closed_up(self, number: int) -> None:
        detail = "it is gone and the following ones were renumbered"
        if number in self.displaced:
            self._report_head("deleted", self.displaced[number], detail)
        else:
            self.tell(Fault("deleted", detail, stream=self.stream, sequence=number))

    def _put_in(self, number: int) -> None:
        detail = "it was put in here and the following ones were renumbered"
        if number in self.strangers:
            self._report("inserted", self.strangers[number], detail)
        else:
            self.tell(Fault("inserted", detail, stream=self.stream, sequence=number))

    def _cut_off(self, last: SignedHead) -> None:
        head, checkpoint = last
        span = f"entries {self.expected} to {head.last} are" if self.expected < head.last else "the entry is"
        self._report_head("cut_off", last, f"{span} gone from the end; checkpoint {checkpoint} signed them")

    def _report(self, kind: FaultKind, row: TrailEntry, detail: str) -> None:
        at = row.at.astimezone(UTC).isoformat(timespec="seconds")
        self.tell(Fault(kind, detail, self.stream, row.sequence, row.pk, row.action, at))

    def _report_head(self, kind: FaultKind, signed: SignedHead, detail: str) -> None:
        head, checkpoint = signed
        fault = Fault(kind, detail, self.stream, head.last, head.entry_id, head.action, head.at, checkpoint)
        self.tell(fault)


def _written_as(row: TrailEntry) -> int | None:
    """Find the number near its place under which an entry's fingerprint holds; None: its content changed."""
    near = range(max(1, row.sequence - WINDOW), row.sequence + WINDOW + 1)
    return next((n for n in near if n != row.sequence and fingerprint(row, sequence=n) == row.hash), None)
