"""Writing to the trail: at most two questions to the database, however many entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.utils import timezone

from jingkai.kernel.audit.data import DONE, Draft, Origin, Stream, origin
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.audit.queries.entries import stream_of
from jingkai.kernel.audit.rules.chain import fingerprint, plain
from jingkai.kernel.audit.rules.marks import mark

if TYPE_CHECKING:
    from jingkai.kernel.permissions.data import Actor


def record(
    stream: Stream | models.Model,
    *,
    action: str,
    by: Actor,
    at: datetime,
    for_: int | None = None,
    facts: Mapping[str, Any] | None = None,
    result: str = DONE,
) -> TrailEntry:
    """Add one entry to the chain of a stream, in the caller's transaction.

    Facts are ids and facts; a name, a phone or an address goes in only as `mark(value)`.
    """
    draft = Draft(stream_of(stream), action, by, at, for_, facts or {}, result)
    return record_many([draft])[0]


def record_many(drafts: Sequence[Draft]) -> list[TrailEntry]:
    """Add several entries, to one stream or to many, with one lock question and one insert.

    Streams are locked in one fixed order, so two such calls never wait for each other in a circle.
    """
    if not drafts:
        return []
    with transaction.atomic(savepoint=False):
        heads = _lock_heads(sorted({draft.stream for draft in drafts}))
        entries = []
        for draft in drafts:
            entry = _entry(draft, origin.get(), *heads[draft.stream])
            heads[draft.stream] = (entry.sequence, entry.hash)
            entries.append(entry)
        return TrailEntry.objects.bulk_create(entries)


def _lock_heads(streams: Sequence[Stream]) -> dict[Stream, tuple[int, str]]:
    """Lock these streams until the transaction ends and read their last entries.

    One volatile function does both: a plain `SELECT lock(), head` would read with the snapshot from before
    the wait and hand two writers the same place.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream_kind, stream_id, sequence, hash FROM audit_lock_heads(%s, %s)",
            [[kind for kind, _ in streams], [number for _, number in streams]],
        )
        return {(kind, number): (sequence, hash_) for kind, number, sequence, hash_ in cursor.fetchall()}


def _entry(draft: Draft, source: Origin, head: int, head_hash: str) -> TrailEntry:
    if timezone.is_naive(draft.at):
        raise ValueError("The trail needs a time with its zone.")
    by = draft.by
    entry = TrailEntry(
        stream_kind=draft.stream[0],
        stream_id=draft.stream[1],
        sequence=head + 1,
        at=draft.at,
        actor_id=by.party_id,
        actor_kind=by.kind,
        actor_mark=mark(by.name),
        user_id=by.user_id,
        for_id=draft.for_,
        action=draft.action,
        facts=plain(draft.facts),
        result=draft.result,
        ip=source.ip,
        request_id=source.request_id,
        agent=source.agent,
        previous_hash=head_hash,
    )
    entry.hash = fingerprint(entry)
    return entry
