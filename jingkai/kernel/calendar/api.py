"""The door of the calendar: working days, the loaded years, and what happens when one is missing."""

from jingkai.kernel.calendar.data import DaySpan, NamedDay, merge_spans
from jingkai.kernel.calendar.operations import load_year, seed_calendar, set_day
from jingkai.kernel.calendar.queries import get_calendar, list_years
from jingkai.kernel.calendar.queries import get_calendar as load
from jingkai.kernel.calendar.rules import (
    MANAGE,
    Calendar,
    CalendarYearMissing,
    get_packaged_calendar,
    natural_days_within,
)

__all__ = [
    "MANAGE",
    "Calendar",
    "CalendarYearMissing",
    "DaySpan",
    "NamedDay",
    "get_calendar",
    "get_packaged_calendar",
    "list_years",
    "load",
    "load_year",
    "merge_spans",
    "natural_days_within",
    "seed_calendar",
    "set_day",
]
