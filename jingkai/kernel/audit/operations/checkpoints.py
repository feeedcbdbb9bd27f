"""Signing the heads of all chains that grew, outside the database.

On one machine a line is on the disk before the database learns of it. Where machines share a shelf, it lies
there before (exactly one writer of a number wins), and this machine's file is a copy: a crash in between
leaves a line too many on the shelf, which whichever worker comes next takes as done.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.data import Head, Stream
from jingkai.kernel.audit.models import Checkpoint, TrailNews
from jingkai.kernel.audit.operations.entries import record as record_entry
from jingkai.kernel.audit.operations.journal import append, seal, update_copy
from jingkai.kernel.audit.operations.shelving import (
    AT_ONCE,
    bring_over,
    newest_shared,
    put,
    take_from_folder,
    take_from_shelf,
)
from jingkai.kernel.audit.queries.journal import Record, folder, last_record
from jingkai.kernel.audit.rules.chain import FIRST
from jingkai.kernel.audit.rules.signer import public_key
from jingkai.kernel.hooks.api import shelf
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor

logger = logging.getLogger(__name__)

HEADS_PER_CHECKPOINT = 5000
_LOCK = 0x7472_6169_6C00

_TAKE = """
DELETE FROM audit_trailnews WHERE id IN (SELECT id FROM audit_trailnews ORDER BY id LIMIT %s)
RETURNING stream_kind, stream_id, first, last
"""
_HEADS = """
SELECT s.kind, s.number, s.last, e.hash, e.id, e.action, e.at
FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS s(kind, number, last)
LEFT JOIN audit_trailentry e
    ON e.stream_kind = s.kind COLLATE "C" AND e.stream_id = s.number AND e.sequence = s.last
"""


class CheckpointsWait(PersonFacingError):
    """Nothing may be signed now: what the next checkpoint would continue is in doubt. The trail goes on."""


class KeyIsElsewhere(CheckpointsWait):
    """The last checkpoint was signed at another machine with a key that is not here."""

    sentence = _("The key that signs the trail is not on this machine, so it signs nothing.")
    advice = _("Copy JINGKAI_HOME/keys and secrets from the first machine, then restart web and worker.")


class OtherInBucket(CheckpointsWait):
    """Under a number that this machine would continue, the bucket holds something else."""

    sentence = _("Checkpoint %(number)s in the bucket is not the one that was signed, so nothing is signed.")
    advice = _("Run “jingkai audit verify” on every machine. After a restore: docs/how-to/back-up.md.")


class DatabaseIsOlder(CheckpointsWait):
    """The newest checkpoint signs entries that this database does not hold."""

    sentence = _("Checkpoint %(number)s signs entries that this database does not hold: nothing is signed.")
    advice = _("Was it restored to an earlier moment? Then run “jingkai audit set-aside”; else verify it.")


def write_checkpoints(*, at: datetime) -> list[Checkpoint]:
    """Sign every entry that no checkpoint has signed yet; gives the checkpoints written.

    Errors: ShelfAway, CheckpointsWait; then entries wait for their checkpoint.
    """
    bring_over(most=AT_ONCE)  # far behind, it catches up bit by bit: all others wait for this job
    written = []
    while TrailNews.objects.exists() and (checkpoint := _write_one(at=at)) is not None:
        written.append(checkpoint)
    try:
        update_copy()
    except OSError:
        logger.exception("The copies of the trail's checkpoints could not be brought up to date")
    return written


@transaction.atomic
def _write_one(*, at: datetime) -> Checkpoint | None:
    """Take some news, write the line, then let the database commit: a crash between leaves a line too many,
    never a line too few, and the next run takes that line as done."""
    _wait_for_others()
    previous, spans = _catch_up(), _take_news()
    spans = _unsigned(spans, previous)
    if not spans:
        return None
    heads = _heads(spans)
    record = seal(
        number=previous.number + 1 if previous else 1,
        at=at.astimezone(UTC).isoformat(timespec="microseconds"),
        entries=(previous.entries if previous else 0) + sum(head.last - head.first + 1 for head in heads),
        heads=heads,
        previous=previous.hash if previous else FIRST,
    )
    if (shared := shelf()) is not None and not put(shared, record):
        raise OtherInBucket(number=record.number)
    _keep(record)
    return _note(record)


def _keep(record: Record) -> None:
    """Write the line here, too, unless earlier ones must be brought before it."""
    last = last_record() if shelf() is not None else None
    if shelf() is None or (last.number if last else 0) == record.number - 1:
        append(record)


def _wait_for_others() -> None:
    """Let one at a time sign, on whichever machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _catch_up() -> Record | None:
    """Give the newest checkpoint of file or database; one that only the file knows is noted first."""
    noted, filed = newest()
    if filed and (noted is None or filed.number > noted.number):
        _note(filed)
        return filed
    if noted is None or (filed and filed.number == noted.number):
        return filed
    at = noted.at.astimezone(UTC).isoformat(timespec="microseconds")
    return Record(noted.number, at, noted.entries, (), "", noted.key, noted.hash)


def newest() -> tuple[Checkpoint | None, Record | None]:
    """Give the newest checkpoint that the database noted, and that the shelf holds, or else this machine.

    Errors: ShelfAway, CheckpointsWait where it may not be continued.
    """
    noted = Checkpoint.objects.order_by("-number").first()
    if (shared := shelf()) is None:
        return noted, last_record()
    if noted is not None and public_key(noted.key) is None:
        raise KeyIsElsewhere
    filed, refused = newest_shared(shared, after=noted.number - 1 if noted else 0)
    for number in refused:
        raise OtherInBucket(number=number)
    if filed and noted and filed.number == noted.number and filed.hash != noted.hash:
        raise OtherInBucket(number=filed.number)
    if filed and (noted is None or filed.number > noted.number) and not _is_known(filed):
        raise DatabaseIsOlder(number=filed.number)
    return noted, filed


def _is_known(record: Record) -> bool:
    """Tell whether the database holds every head that a checkpoint signs."""
    spans = {head.stream: (head.first, head.last) for head in record.heads if head.hash}
    signed = {head.stream: head.hash for head in record.heads if head.hash}
    return {head.stream: head.hash for head in _heads(spans)} == signed


@transaction.atomic
def set_aside(*, by: Actor, at: datetime) -> tuple[int, int]:
    """Lay aside, here and on the shelf, what signs more than the database knows: it was restored.

    They are kept as evidence; gives how many there were on the shelf and here. What they signed and the
    database holds is signed anew.
    """
    _wait_for_others()
    last = Checkpoint.objects.order_by("-number").first()
    known = last.number if last else 0
    found = take_from_shelf(known=known, at=at), take_from_folder(folder(), known=known)
    facts = {"after": known, "shelf": found[0], "here": found[1]}
    record_entry(("audit.trail", 1), action="trail.set_aside", by=by, at=at, facts=facts)
    return found


def _note(record: Record) -> Checkpoint:
    return Checkpoint.objects.create(
        number=record.number,
        at=datetime.fromisoformat(record.at),
        entries=record.entries,
        streams=len(record.heads),
        hash=record.hash,
        key=record.key,
    )


def _take_news() -> dict[Stream, tuple[int, int]]:
    spans: dict[Stream, tuple[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [HEADS_PER_CHECKPOINT])
        for kind, number, first, last in cursor.fetchall():
            low, high = spans.get((kind, number), (first, last))
            spans[kind, number] = (min(low, first), max(high, last))
    return spans


def _unsigned(spans: dict[Stream, tuple[int, int]], previous: Record | None) -> dict[Stream, tuple[int, int]]:
    """Leave out what the last line has signed already: it may be the line of a run that crashed."""
    signed = {head.stream: head.last for head in previous.heads} if previous else {}
    cut = {stream: (max(low, signed.get(stream, 0) + 1), high) for stream, (low, high) in spans.items()}
    return {stream: span for stream, span in cut.items() if span[0] <= span[1]}


def _heads(spans: dict[Stream, tuple[int, int]]) -> Sequence[Head]:
    streams = sorted(spans)
    with connection.cursor() as cursor:
        cursor.execute(
            _HEADS,
            [[kind for kind, _ in streams], [id_ for _, id_ in streams], [spans[s][1] for s in streams]],
        )
        found = {(row[0], row[1]): row for row in cursor.fetchall()}
    return [_head(found[stream], spans[stream][0]) for stream in streams]


def _head(row: tuple[str, int, int, str | None, int | None, str | None, datetime | None], first: int) -> Head:
    kind, number, last, hash_, entry_id, action, at = row
    when = at.astimezone(UTC).isoformat(timespec="microseconds") if at else ""
    return Head(kind, number, first, last, hash_ or "", entry_id, action or "", when)
