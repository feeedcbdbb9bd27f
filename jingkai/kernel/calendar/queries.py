"""Reading the installation's calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from jingkai.kernel.calendar.models import CalendarDay, CalendarYear
from jingkai.kernel.calendar.rules import Calendar, fingerprint_of_all

INSTALLED = "installation"

_loaded: dict[str, Calendar] = {}


def get_calendar() -> Calendar:
    """Give the installation's calendar; one small query as long as nothing changed since the last call.

    The built calendar is kept per process under its fingerprint, so a change made by another process is
    seen at the next call, and within the transaction that makes it.
    """
    prints = dict(CalendarYear.objects.values_list("year", "fingerprint"))
    fingerprint = fingerprint_of_all(prints)
    calendar = _loaded.get(fingerprint)
    if calendar is None:
        calendar = _build(prints)
        _loaded.clear()
        _loaded[calendar.fingerprint] = calendar
    return calendar


def _build(prints: Mapping[int, str]) -> Calendar:
    days: dict[int, dict[date, bool]] = {year: {} for year in prints}
    for on, working in CalendarDay.objects.filter(year__year__in=days).values_list("on", "working"):
        days[on.year][on] = working
    return Calendar.of(days, source=INSTALLED)


def list_years() -> list[CalendarYear]:
    """List the loaded years, newest first."""
    return list(CalendarYear.objects.order_by("-year"))


def get_year(*, year: int) -> CalendarYear | None:
    """Give a loaded year, or None."""
    return CalendarYear.objects.filter(year=year).first()


def list_days(*, year: int) -> list[CalendarDay]:
    """List the days that the year's notice speaks about."""
    return list(CalendarDay.objects.filter(year__year=year))
