"""Deliveries for the system administrator, newest first, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from jingkai.kernel.notices.models import Delivery


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries to list; what is empty does not narrow."""

    state: str = ""
    channel: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


def page_of_deliveries(
    wanted: DeliveryFilter, *, before: tuple[datetime, int] | None = None, size: int = 50
) -> tuple[list[Delivery], bool]:
    """Give one page of deliveries older than a place, and whether more follow."""
    rows = Delivery.objects.select_related("notice", "check_of")
    conditions = {
        "state": wanted.state,
        "channel": wanted.channel,
        "notice__kind": wanted.kind,
        "created_at__gte": wanted.since,
        "created_at__lt": wanted.until,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value not in (None, "")})
    if before is not None:
        at, number = before
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=number), created_at__lte=at)
    found = list(rows.order_by("-created_at", "-id")[: size + 1])
    return found[:size], len(found) > size


def count_failed() -> dict[str, int]:
    """Count the deliveries that did not arrive, by state."""
    states = (Delivery.State.FAILED, Delivery.State.PERMANENT, Delivery.State.OFF)
    rows = Delivery.objects.filter(state__in=states).values("state").annotate(number=Count("id")).order_by()
    return {row["state"]: row["number"] for row in rows}
