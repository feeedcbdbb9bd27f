"""What several pages of the calendar show alike: the week's head, and what others hang in."""

from __future__ import annotations

from typing import Any

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import get_language

from jingkai.kernel.calendar.rules import consequences
from jingkai.kernel.permissions.api import Request


def weekdays() -> list[tuple[str, str]]:
    """The days of the week in Django's own words, short (in Chinese one character) and long."""
    start = -1 if (get_language() or "").startswith("zh") else 0
    return [(str(WEEKDAYS_ABBR[n])[start:], str(WEEKDAYS[n])) for n in range(7)]


def shown_sections(request: Request, subject: Any) -> list[dict[str, Any]]:
    """What follows from a draft or from the newest change of a year, as those tell who depend on it."""
    found = ((section, section.context(request, subject)) for section in consequences.all())
    return [{"section": section, "data": data} for section, data in found if data is not None]
