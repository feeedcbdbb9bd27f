"""Reading one's notices."""

from __future__ import annotations

from datetime import datetime

from jingkai.kernel.notices.models import Notice
from jingkai.kernel.permissions.data import Actor


def mark_read(notice: Notice, *, at: datetime) -> None:
    """Note that a notice was seen; the first time counts."""
    if not notice.is_read:
        Notice.objects.filter(pk=notice.pk, is_read=False).update(is_read=True, read_at=at)


def mark_all_read(*, by: Actor, at: datetime) -> int:
    """Note that a person has seen all their notices; gives how many were new."""
    return Notice.objects.filter(to_id=by.party_id, is_read=False).update(is_read=True, read_at=at)
