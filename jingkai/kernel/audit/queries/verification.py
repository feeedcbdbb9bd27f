"""The proof that the trail was not altered: every entry recomputed, every chain and checkpoint followed.

The checkpoints are read first, into a scratch file of this process (not into the database that is in doubt);
then the entries stream by in the order of their chains, beside the heads that were signed. Memory stays the
same for any number of streams. Each fault names the entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from django.db import transaction

from jingkai.kernel.audit.data import Fault, Stream, Verification
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.audit.queries.chains import ChainCheck
from jingkai.kernel.audit.queries.signed import SignedHeads, read_checkpoints

MOST_FAULTS = 200
PROGRESS_EVERY = 5000

Progress = Callable[[int], None]


class Findings:
    """Collects faults: keeps the first ones, counts all."""

    def __init__(self) -> None:
        self.count = 0
        self.kept: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Note one fault."""
        self.count += 1
        if len(self.kept) < MOST_FAULTS:
            self.kept.append(fault)


def verify(*, stream: Stream | None = None, key: str = "", progress: Progress | None = None) -> Verification:
    """Verify the whole trail, or one stream of it, against its chains and the signed checkpoints.

    `key` pins the fingerprint that must have signed every checkpoint; `progress` is told the entries done.
    """
    found = Findings()
    with SignedHeads() as heads:
        checkpoints = read_checkpoints(heads, tell=found.add, only=stream, key=key)
        counts = _walk(heads, found, stream=stream, progress=progress or (lambda _done: None))
    return Verification(
        entries=counts[0],
        streams=counts[1],
        checkpoints=checkpoints,
        after_checkpoint=counts[2],
        fault_count=found.count,
        faults=tuple(found.kept),
    )


def is_sound(entries: Iterable[TrailEntry]) -> bool:
    """Tell whether entries of one stream, given from its first one on, are whole and continue each other.

    Recomputes every fingerprint but reads no checkpoint, so it is cheap enough for a page about one thing; it
    cannot see what was cut off at the end or rewritten throughout, which `verify` does.
    """
    found = Findings()
    check: ChainCheck | None = None
    for row in entries:
        check = check or ChainCheck((row.stream_kind, row.stream_id), iter(()), found.add)
        check.see(row)
    if check is not None:
        check.end()
    return found.count == 0


@transaction.atomic
def _walk(
    heads: SignedHeads, found: Findings, *, stream: Stream | None, progress: Progress
) -> tuple[int, int, int]:
    """Follow every chain beside its signed heads; counts entries, streams and unsigned entries."""
    entries = streams = unsigned = 0
    for name, rows in groupby(_rows(stream), key=lambda row: (row.stream_kind, row.stream_id)):
        _report_removed(heads, found, before=name)
        check = ChainCheck(name, heads.of(name), found.add)
        for row in rows:
            check.see(row)
            entries += 1
            if entries % PROGRESS_EVERY == 0:
                progress(entries)
        check.end()
        streams += 1
        unsigned += check.unsigned
    _report_removed(heads, found, before=None)
    return entries, streams, unsigned


def _rows(stream: Stream | None) -> Iterator[TrailEntry]:
    """Stream the entries by a server-side cursor, chain by chain."""
    rows = TrailEntry.objects.order_by("stream_kind", "stream_id", "sequence", "id")
    if stream is not None:
        rows = rows.filter(stream_kind=stream[0], stream_id=stream[1])
    return rows.iterator(chunk_size=2000)


def _report_removed(heads: SignedHeads, found: Findings, *, before: Stream | None) -> None:
    """Report the streams that were signed and of which no entry is left."""
    for head, checkpoint in heads.skip_to(before):
        found.add(
            Fault(
                kind="stream_removed",
                detail=f"all {head.last} entries are gone; checkpoint {checkpoint} signed them",
                stream=head.stream,
                sequence=head.last,
                entry_id=head.entry_id,
                action=head.action,
                at=head.at,
                checkpoint=checkpoint,
            )
        )
