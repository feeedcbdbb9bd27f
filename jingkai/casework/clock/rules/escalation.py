"""When holder, head and supervisor are warned and a card falls due: each moment follows from the due day.

Pure, like the projection. A moment that needs a calendar year which is not loaded has no answer yet; it is
asked for again when the calendar changes.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from jingkai.casework.clock.data import CARDS, FINE, STEPS, LimitValue, Step
from jingkai.casework.clock.rules.hours import wall
from jingkai.casework.clock.rules.projection import count_on, days_between
from jingkai.kernel.calendar.api import Calendar, CalendarYearMissing, DaySpan

Next = tuple[int, datetime | None]
"""The number of the next step (5: none is left), and its moment if it can be computed."""


def moment_of(
    step: Step,
    limit: LimitValue,
    *,
    started_on: date,
    due_on: date,
    due_at: datetime,
    excluded: tuple[DaySpan, ...],
    calendar: Calendar,
    zone: ZoneInfo,
) -> datetime | None:
    """Give the moment of a step, or None where the limit has no such step.

    Warnings fall on the opening hour of the day that ends with so many days left, or on the end of the limit;
    cards on the closing hour of the day so many days past it.
    """
    days = getattr(limit.escalation, step.value)
    if days is None:
        return None
    if step in CARDS:
        return (
            due_at if days == 0 else wall(count_on(limit, due_on, days, (), calendar), limit.closes_at, zone)
        )
    if days == 0:
        return due_at
    total = days_between(limit, started_on, due_on, calendar, excluded)
    if limit.unit in FINE or days >= total:
        return None
    day = min(count_on(limit, started_on, total - days, excluded, calendar), due_on)
    return wall(day, limit.hours.opens, zone)


def next_step(
    after: int,
    limit: LimitValue,
    *,
    started_on: date,
    due_on: date,
    due_at: datetime,
    excluded: tuple[DaySpan, ...],
    calendar: Calendar,
    zone: ZoneInfo,
) -> Next:
    """Give the next step from a number on that this limit knows, with its moment."""
    for number in range(after, len(STEPS)):
        try:
            moment = moment_of(
                STEPS[number],
                limit,
                started_on=started_on,
                due_on=due_on,
                due_at=due_at,
                excluded=excluded,
                calendar=calendar,
                zone=zone,
            )
        except CalendarYearMissing:
            return number, None
        if moment is not None:
            return number, moment
    return len(STEPS), None
