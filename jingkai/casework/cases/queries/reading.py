"""Reads: what somebody has to read, who has read a case, and how often a task was urged."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from jingkai.casework.cases.data import MANY, Count, Cursor
from jingkai.casework.cases.models import Reading, Urge
from jingkai.casework.cases.queries.pages import MOST_ROWS, PAGE


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """One page of cases to read, newest first; `next` is where the following one begins."""

    rows: list[Reading]
    next: Cursor | None


def to_read(*, persons: Collection[int], after: Cursor | None = None, limit: int = PAGE) -> ReadingPage:
    """Give what these persons were given to read and have not read yet, newest first."""
    rows = Reading.objects.filter(reader__in=persons, read_at__isnull=True)
    rows = rows.select_related("case__applicant", "case__starter", "sent_by").defer("case__words")
    if after:
        rows = rows.filter(Q(sent_at__lt=after.at) | Q(sent_at=after.at, pk__lt=after.id))
    limit = max(1, min(limit, MOST_ROWS))
    found = list(rows.order_by("-sent_at", "-pk")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return ReadingPage(found[:limit], Cursor(last.sent_at, last.pk) if last else None)


def count_to_read(*, persons: Collection[int]) -> Count:
    """Count what these persons have not read yet, up to `MANY`."""
    rows = Reading.objects.filter(reader__in=persons, read_at__isnull=True)
    number = rows.values("pk")[: MANY + 1].count()
    return Count(min(number, MANY), more=number > MANY)


def list_readings(case_id: int) -> list[Reading]:
    """Give to whom a case was given to read, with their receipts, in the order of sending."""
    rows = Reading.objects.filter(case_id=case_id).select_related("reader", "sent_by")
    return list(rows.order_by("sent_at", "pk"))


def list_urges(case_id: int) -> list[Urge]:
    """Give how often the tasks of a case were urged, newest first."""
    rows = Urge.objects.filter(task__case_id=case_id).select_related("task", "by")
    return list(rows.order_by("-at", "-pk"))
