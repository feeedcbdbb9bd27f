"""Writing to the trail: at most two questions to the database, however many entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.utils import timezone

from jingkai.kernel.audit.data import DONE, Draft, Origin, Stream, origin
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.audit.queries.entries import stream_of
from jingkai.kernel.audit.rules.chain import fingerprint, plain
from jingkai.kernel.audit.rules.marks import mark
from jingkai.kernel.hooks.api import insert_rows

if TYPE_CHECKING:
    from jingkai.kernel.permissions.data import Actor


"""From so many entries on they are inserted as one document."""


def record(
    stream: Stream | models.Model,
    *,
    action: str,
    by: Actor,
    at: datetime,
    for_: int | None = None,
    facts: Mapping[str, Any] | None = None,
    result: str = DONE,
) -> None:
    """Add one entry to the chain of a stream, in the caller's transaction.

    Facts are ids and facts; a name, a phone or an address goes in only as `mark(value)`.
    """
    record_many([Draft(stream_of(stream), action, by, at, for_, facts or {}, result)])


@contextmanager
def together() -> Iterator[None]:
    """Write the entries of an operation at its end, in their order: one lock question and one insert for all.

    Nothing in the block may read the trail, nor undo a part of itself: with a fault nothing is written.
    """
    if _gathered.get() is not None:
        yield
        return
    drafts: list[Draft] = []
    token = _gathered.set(drafts)
    try:
        yield
    finally:
        _gathered.reset(token)
    record_many(drafts)


_gathered: ContextVar[list[Draft] | None] = ContextVar("gathered", default=None)


def record_many(drafts: Sequence[Draft]) -> list[TrailEntry]:
    """Add several entries, to one stream or to many, with one lock question and one insert.

    Streams are locked in one fixed order, so two such calls never wait for each other in a circle. Within
    `together` they are added at its end, and none is given.
    """
    if (gathered := _gathered.get()) is not None:
        gathered.extend(drafts)
        return []
    if not drafts:
        return []
    with transaction.atomic(savepoint=False):
        heads = _lock_heads(sorted({draft.stream for draft in drafts}))
        marks = {name: mark(name) for name in {draft.by.name for draft in drafts}}
        entries = []
        for draft in drafts:
            entry = _entry(draft, origin.get(), marks[draft.by.name], *heads[draft.stream])
            heads[draft.stream] = (entry.sequence, entry.hash)
            entries.append(entry)
        return insert_rows(entries)


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


def _entry(draft: Draft, source: Origin, actor_mark: str, head: int, head_hash: str) -> TrailEntry:
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
        actor_mark=actor_mark,
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
