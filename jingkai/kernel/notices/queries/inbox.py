"""A person's notices, unread first, newest first, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from jingkai.kernel.notices.models import Notice

MOST_COUNTED = 100
UNREAD_SQL = (
    "SELECT count(*) FROM (SELECT FROM notices_notice"  # noqa: S608 - put together from a constant
    f" WHERE to_id = %(unread_of)s AND NOT is_read LIMIT {MOST_COUNTED}) unread"
)
"""What one person has not read, counted up to a hundred, for the frame of every page."""


@dataclass(frozen=True, slots=True)
class NoticePlace:
    """A place in the list: the notice that stands there."""

    is_read: bool
    at: datetime
    id: int


def count_unread(person_id: int | None) -> int:
    """Count what a person has not read, up to a hundred."""
    if person_id is None:
        return 0
    return Notice.objects.filter(to_id=person_id, is_read=False)[:MOST_COUNTED].count()


def page_of_notices(
    person_id: int,
    *,
    kind: str = "",
    unread: bool = False,
    after: NoticePlace | None = None,
    size: int = 30,
) -> tuple[list[Notice], bool]:
    """Give one page of the list after a place, and whether more follow."""
    rows = Notice.objects.filter(to_id=person_id)
    if kind:
        rows = rows.filter(kind=kind)
    if unread:
        rows = rows.filter(is_read=False)
    if after is not None:
        older = Q(at__lt=after.at) | Q(at=after.at, id__lt=after.id)
        rows = rows.filter(Q(is_read__gt=after.is_read) | (Q(is_read=after.is_read) & older))
    found = list(rows.order_by("is_read", "-at", "-id")[: size + 1])
    return found[:size], len(found) > size


def kinds_of(person_id: int) -> list[str]:
    """Give the kinds of which a person has notices."""
    found = Notice.objects.filter(to_id=person_id).order_by("kind").values_list("kind", flat=True)
    return list(found.distinct()[:50])
