"""Signing the heads of all chains that grew, outside the database."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import connection, transaction

from jingkai.kernel.audit.data import Head, Stream
from jingkai.kernel.audit.models import Checkpoint, TrailNews
from jingkai.kernel.audit.operations.journal import append, seal, update_copy
from jingkai.kernel.audit.queries.journal import Record, last_record
from jingkai.kernel.audit.rules.chain import FIRST

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


def write_checkpoints(*, at: datetime) -> list[Checkpoint]:
    """Sign every entry that no checkpoint has signed yet; gives the checkpoints written."""
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
    """Take some news, write the file, then let the database commit: a crash between leaves a line too many,
    never a line too few, and the next run takes that line as done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
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
    append(record)
    return _note(record)


def _catch_up() -> Record | None:
    """Give the newest checkpoint of file or database; one that only the file knows is noted first."""
    noted = Checkpoint.objects.order_by("-number").first()
    filed = last_record()
    if filed and (noted is None or filed.number > noted.number):
        _note(filed)
        return filed
    if noted is None or (filed and filed.number == noted.number):
        return filed
    at = noted.at.astimezone(UTC).isoformat(timespec="microseconds")
    return Record(noted.number, at, noted.entries, (), noted.hash)


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
