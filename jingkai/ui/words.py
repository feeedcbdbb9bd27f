"""How the interface says dates, numbers and remaining days, the same on every page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from jingkai.ui.data import Light, Tone


def day(value: date | datetime | None) -> str:
    """Write a date as 2026-11-21; a moment is first taken to the zone's time zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = _local(value)
    return value.isoformat()[:10]


def zone_day(value: datetime) -> date:
    """Give the date of a moment in the zone's time zone."""
    return _local(value).date()


def moment(value: datetime | None) -> str:
    """Write a moment as 2026-11-21 14:03 in the zone's time zone."""
    return _local(value).isoformat(" ")[:16] if value else ""


def working_days(left: int) -> str:
    """Say how many working days are left, or by how many a matter is late."""
    if left == 0:
        return gettext("due today")
    if left < 0:
        return ngettext("%(n)d working day late", "%(n)d working days late", -left) % {"n": -left}
    return ngettext("%(n)d working day left", "%(n)d working days left", left) % {"n": left}


def working_days_light(left: int, *, warn_at: int = 1) -> Light:
    """Turn remaining working days into a light: late below zero, a warning at or below `warn_at`."""
    tone: Tone = "late" if left < 0 else "warn" if left <= warn_at else "ok"
    return Light(tone, working_days(left))


def grouped(value: int | float | Decimal | None) -> str:
    """Write a number with thousands separators, keeping the decimals it has."""
    return "" if value is None else f"{value:,}"


def money(value: int | float | Decimal | None) -> str:
    """Write an amount of yuan with thousands separators and its fen, the same in every language."""
    return "" if value is None else f"{value:,.2f}"


def file_size(size: int | None) -> str:
    """Write a size in bytes as people say it: 812 KB, 3.4 MB."""
    if size is None:
        return ""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def _local(value: datetime) -> datetime:
    """Take a moment to the zone's time zone: readers elsewhere read the zone's time, too."""
    return value if value.tzinfo is None else value.astimezone(timezone.get_default_timezone())


def rating_levels() -> list[tuple[int, str]]:
    """Name the five levels of a rating, best first."""
    return [
        (5, gettext("Very satisfied")),
        (4, gettext("Satisfied")),
        (3, gettext("Fairly satisfied")),
        (2, gettext("Dissatisfied")),
        (1, gettext("Very dissatisfied")),
    ]


def listed(parts: Iterable[object]) -> str:
    """Name several things in a row, as the reader's language does: 甲、乙 or A, B."""
    return gettext(", ").join(str(part) for part in parts)
