"""The door of the calendar: working days, the loaded years, and what happens when one is missing."""

from jingkai.kernel.calendar.data import DaySpan, NamedDay, merge_spans
from jingkai.kernel.calendar.operations import draft_year, load_year, put_in_force, seed_calendar, set_day
from jingkai.kernel.calendar.queries import (
    get_calendar,
    get_draft_by_id,
    get_drafted_calendar,
    list_changes,
    list_years,
    name_days,
    year_prints,
)
from jingkai.kernel.calendar.queries import get_calendar as load
from jingkai.kernel.calendar.rules import (
    MANAGE,
    Calendar,
    CalendarYearMissing,
    consequences,
    get_packaged_calendar,
    natural_days_within,
)

__all__ = [
    "MANAGE",
    "Calendar",
    "CalendarYearMissing",
    "DaySpan",
    "NamedDay",
    "consequences",
    "draft_year",
    "get_calendar",
    "get_draft_by_id",
    "get_drafted_calendar",
    "get_packaged_calendar",
    "list_changes",
    "list_years",
    "load",
    "load_year",
    "merge_spans",
    "name_days",
    "natural_days_within",
    "put_in_force",
    "seed_calendar",
    "set_day",
    "year_prints",
]
