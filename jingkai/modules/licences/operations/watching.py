"""Watching last days: announced before, noted once when they have passed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from jingkai.kernel.events import api as events
from jingkai.modules.licences import queries
from jingkai.modules.licences.events import LicenceExpired
from jingkai.modules.licences.models import Entry
from jingkai.modules.licences.operations.telling import tell_holder

FARTHEST = timedelta(days=365)
"""No rule announces a last day earlier than this."""


def watch_expiry(*, at: datetime) -> tuple[int, int]:
    """Tell the holders of licences that end soon or have ended, each once; give how many of each.

    Every entry is a transaction of its own: one that fails keeps none of the others.
    """
    today = timezone.localdate(at)
    rows = Entry.objects.filter(state=Entry.State.VALID, valid_to__lte=today + FARTHEST)
    open_rows = rows.filter(expired_on__isnull=True).order_by("valid_to", "pk").values_list("pk", flat=True)
    told = [_watch(number, at=at) for number in list(open_rows)]
    return told.count("warned"), told.count("expired")


@transaction.atomic
def _watch(number: int, *, at: datetime) -> str:
    today = timezone.localdate(at)
    entry = Entry.objects.select_for_update(of=("self",)).select_related("type").get(pk=number)
    if entry.state != Entry.State.VALID or entry.valid_to is None or entry.expired_on is not None:
        return ""
    if entry.valid_to < today:
        entry.expired_on = today
        entry.save(update_fields=("expired_on",))
        tell_holder(entry, kind="licence_expired", at=at)
        events.publish(LicenceExpired(entry_id=entry.pk))
        return "expired"
    days = queries.expiry_rule(entry.type.code, on=today).notice_days
    if entry.warned_on is None and entry.valid_to - timedelta(days=days) <= today:
        entry.warned_on = today
        entry.save(update_fields=("warned_on",))
        tell_holder(entry, kind="licence_ends_soon", at=at)
        return "warned"
    return ""
