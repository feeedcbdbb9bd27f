"""The holiday notices that come with the product; they need no database and no running Django."""

from __future__ import annotations

from functools import cache

from jingkai.kernel.calendar.data import NamedDay
from jingkai.kernel.calendar.rules.arithmetic import Calendar

PACKAGED = "packaged"


@cache
def get_packaged_calendar() -> Calendar:
    """Give the calendar that comes with the product: the years whose notice was known at packaging."""
    years = {
        year: {day.on: day.working for day in list_packaged_days(year=year)} for year in list_packaged_years()
    }
    return Calendar.of(years, source=PACKAGED)


def list_packaged_years() -> list[int]:
    """List the years whose holiday notice the packaged data holds, and no other."""
    from chinese_calendar import constants

    return sorted({day.year for day in constants.holidays})


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
