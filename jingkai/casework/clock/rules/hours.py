"""Limits shorter than a day: half working days and office hours, counted from the moment of the event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jingkai.casework.clock.data import LimitValue, Unit
from jingkai.kernel.calendar.api import Calendar, DaySpan, merge_spans

Piece = tuple[datetime, datetime]
"""A stretch of office time: a morning or an afternoon."""


def wall(day: date, text: str, zone: ZoneInfo) -> datetime:
    """Give a moment of a day; 24:00 is its midnight."""
    hour, _colon, minute = text.partition(":")
    if hour == "24":
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return datetime.combine(day, time(int(hour), int(minute)), tzinfo=zone)


def pieces(
    limit: LimitValue, first: date, calendar: Calendar, excluded: Iterable[DaySpan], zone: ZoneInfo
) -> Iterator[Piece]:
    """Give mornings and afternoons of working days from a day on, without the days left out.

    Raises `CalendarYearMissing` at the first day beyond the loaded years.
    """
    spans, day, hours = merge_spans(excluded), first - timedelta(days=1), limit.hours
    while True:
        day = calendar.next_working_day(day)
        if any(day in span for span in spans):
            continue
        for begin, end in ((hours.opens, hours.noon_from), (hours.noon_to, limit.closes_at)):
            piece = wall(day, begin, zone), wall(day, end, zone)
            if piece[0] < piece[1]:
                yield piece


def fine_due(
    limit: LimitValue,
    start: datetime,
    amount: int,
    calendar: Calendar,
    excluded: Sequence[DaySpan],
    zone: ZoneInfo,
) -> datetime:
    """Give the moment at which a limit of half days or office hours ends.

    Hours run from the moment itself; the half day in which the event falls does not count, as day zero does
    not (行政许可法 82).
    """
    local = start.astimezone(zone)
    left = timedelta(hours=amount) if limit.unit is Unit.HOURS else timedelta()
    halves = amount
    for begin, end in pieces(limit, local.date(), calendar, excluded, zone):
        if limit.unit is Unit.HALF_DAYS:
            if begin < local:
                continue
            halves -= 1
            if halves <= 0:
                return end
        elif end > local:
            here = end - max(begin, local)
            if here >= left:
                return max(begin, local) + left
            left -= here
    raise AssertionError("office time does not end")


def fine_between(
    limit: LimitValue,
    start: datetime,
    end: datetime,
    calendar: Calendar,
    excluded: Sequence[DaySpan],
    zone: ZoneInfo,
) -> int:
    """Count the half days or office hours between two moments, a begun one as a whole; negative backwards."""
    if end < start:
        return -fine_between(limit, end, start, calendar, excluded, zone)
    spent, halves = timedelta(), 0
    local = start.astimezone(zone)
    for begin, until in pieces(limit, local.date(), calendar, excluded, zone):
        if begin >= end:
            break
        halves += begin >= local
        if until > local:
            spent += min(until, end) - max(begin, local)
    return halves if limit.unit is Unit.HALF_DAYS else -(-spent // timedelta(hours=1))
