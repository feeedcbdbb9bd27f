"""Reading the calendar: the installation's own, and the one that is packaged with the product."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from jingkai.kernel.calendar.data import NamedDay
from jingkai.kernel.calendar.models import CalendarDay, CalendarYear
from jingkai.kernel.calendar.rules import Calendar, fingerprint_of_all

PACKAGED_SOURCE = "chinese-calendar"

_loaded: dict[str, Calendar] = {}


def get_calendar() -> Calendar:
    """Give the installation's calendar; one small query as long as nothing changed since the last call.

    The built calendar is kept per process under its fingerprint, so a change made by another process is
    seen at the next call, and within the transaction that makes it.
    """
    prints = dict(CalendarYear.objects.values_list("year", "fingerprint"))
    fingerprint = fingerprint_of_all(prints)
    if fingerprint not in _loaded:
        calendar = _build(prints)
        _loaded.clear()
        _loaded[calendar.fingerprint] = calendar
        return calendar
    return _loaded[fingerprint]


def _build(prints: Mapping[int, str]) -> Calendar:
    days: dict[int, dict[date, bool]] = {year: {} for year in prints}
    for on, working in CalendarDay.objects.filter(year__year__in=days).values_list("on", "working"):
        days[on.year][on] = working
    return Calendar.of(days, source="installation")


def list_years() -> list[CalendarYear]:
    """List the loaded years, newest first."""
    return list(CalendarYear.objects.order_by("-year"))


def get_year(*, year: int) -> CalendarYear | None:
    """Give a loaded year, or None."""
    return CalendarYear.objects.filter(year=year).first()


def list_days(*, year: int) -> list[CalendarDay]:
    """List the days that the year's notice speaks about."""
    return list(CalendarDay.objects.filter(year__year=year))


@cache
def get_packaged_calendar() -> Calendar:
    """Give the calendar that comes with the product: the years whose notice was known at packaging."""
    years = {
        year: {day.on: day.working for day in list_packaged_days(year=year)} for year in list_packaged_years()
    }
    return Calendar.of(years, source="packaged")


def list_packaged_years() -> list[int]:
    """List the years whose holiday notice the packaged data holds, and no other."""
    from chinese_calendar import constants

    known = {day.year for day in constants.holidays}
    return sorted(known)


def list_packaged_days(*, year: int) -> list[NamedDay]:
    """List a packaged year's days off and make-up working days with their names."""
    from chinese_calendar import constants

    names = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    off = [NamedDay(on, False, names[en], en) for on, en in constants.holidays.items() if on.year == year]
    made_up = [
        NamedDay(on, True, f"{names[en]}调休上班", f"{en} (make-up day)")
        for on, en in constants.workdays.items()
        if on.year == year
    ]
    return sorted([*off, *made_up], key=lambda day: day.on)
