"""Reading entries: of one stream, or filtered and page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import models
from django.db.models import Q

from jingkai.kernel.audit.data import Filter, Place, Stream, TrailLine
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.audit.rules import names


def stream_of(subject: Stream | models.Model) -> Stream:
    """Give the stream of a thing: `(app.model, number)`."""
    if isinstance(subject, models.Model):
        if subject.pk is None:
            raise ValueError("A thing has no trail before it is saved.")
        return subject._meta.label_lower, int(subject.pk)
    kind, number = subject
    return kind, int(number)


def entries_of(stream: Stream | models.Model) -> models.QuerySet[TrailEntry]:
    """Give the entries of one stream, oldest first."""
    kind, number = stream_of(stream)
    return TrailEntry.objects.filter(stream_kind=kind, stream_id=number).order_by("sequence")


def entries_of_many(kind: str, numbers: Collection[int]) -> models.QuerySet[TrailEntry]:
    """Give the entries of many streams of one kind, stream by stream, oldest first."""
    found = TrailEntry.objects.filter(stream_kind=kind, stream_id__in=numbers)
    return found.order_by("stream_id", "sequence")


def trail_of(stream: Stream | models.Model, *, limit: int = 100) -> list[TrailLine]:
    """Give the newest entries of one stream in words, newest first, for the panel of its page."""
    return in_words(entries_of(stream).reverse()[:limit])


def list_entries(wanted: Filter) -> models.QuerySet[TrailEntry]:
    """Give the entries that a filter lets through, newest first."""
    conditions = {
        "stream_kind": wanted.stream[0] if wanted.stream else wanted.kind,
        "stream_id": wanted.stream[1] if wanted.stream else None,
        "action": wanted.action,
        "result": wanted.result,
        "actor_id": wanted.actor_id,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    given = {name: value for name, value in conditions.items() if value not in (None, "")}
    return TrailEntry.objects.filter(**given).order_by("-at", "-id")


def page_of_entries(
    wanted: Filter, *, before: Place | None = None, after: Place | None = None, size: int = 50
) -> tuple[list[TrailEntry], bool]:
    """Give one page before (older than) or after (newer than) a place, and whether more lie that way.

    Both columns are compared: many entries share a moment, and none may be lost between pages.
    """
    rows = list_entries(wanted)
    if after is not None:
        rows = rows.filter(Q(at=after.at, id__gt=after.id) | Q(at__gt=after.at), at__gte=after.at)
        found = list(rows.order_by("at", "id")[: size + 1])
        return found[:size][::-1], len(found) > size
    if before is not None:
        rows = rows.filter(Q(at=before.at, id__lt=before.id) | Q(at__lt=before.at), at__lte=before.at)
    found = list(rows[: size + 1])
    return found[:size], len(found) > size


def in_words(entries: Iterable[TrailEntry], *, known: Mapping[int, str] | None = None) -> list[TrailLine]:
    """Give entries as people read them, with one query for all names, or none where they are `known`."""
    rows = list(entries)
    numbers = (number for row in rows for number in (row.actor_id, row.for_id) if number)
    parties = names.party_names(numbers, known)
    return [_line(row, parties) for row in rows]


def _line(row: TrailEntry, parties: dict[int, str]) -> TrailLine:
    return TrailLine(
        id=row.pk,
        at=row.at,
        who=parties[row.actor_id] if row.actor_id else names.kind_words(row.actor_kind),
        for_whom=parties[row.for_id] if row.for_id else "",
        what=names.action_words(row.action),
        subject=names.stream_words(row.stream_kind, row.stream_id),
        result=names.result_words(row.result),
        entry=row,
    )


def entry_position(entry: TrailEntry) -> Sequence[TrailEntry]:
    """Give the entries just before and after this one in its chain."""
    near = (entry.sequence - 1, entry.sequence + 1)
    return list(entries_of((entry.stream_kind, entry.stream_id)).filter(sequence__in=near))
