"""How a due date follows from a limit, its start, the ledger and the calendar (行政许可法 42, 45, 82).

Pure: the same facts and the same calendar always give the same dates, which is what makes a new projection
after a changed holiday notice safe to repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jingkai.casework.clock.data import FINE, EntryKind, Fact, LimitValue, Unit
from jingkai.casework.clock.rules.hours import fine_due, wall
from jingkai.kernel.calendar.api import Calendar, DaySpan, merge_spans, natural_days_within

ONE_DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Shanghai")
"""Where the zone lies, unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class Projection:
    """The dates of a clock as they follow from its facts.

    `held_since` is the first day of a hold that still lasts; `held_until` the day on which its cap lets the
    clock run again. During a hold the due date is the one that stood when it began.
    """

    due_on: date
    promised_due_on: date | None
    yellow_on: date
    excluded: tuple[DaySpan, ...]
    total: int
    held_since: date | None = None
    held_until: date | None = None
    held_reason: str = ""
    due_at: datetime | None = None
    yellow_at: datetime | None = None


def project(
    limit: LimitValue,
    *,
    started_on: date,
    facts: Sequence[Fact],
    calendar: Calendar,
    shared: Iterable[DaySpan] = (),
    started_at: datetime | None = None,
    zone: ZoneInfo = ZONE,
) -> Projection:
    """Compute a clock's dates anew from its ledger; raises `CalendarYearMissing` rather than guess.

    `shared` are the days on which a part of this clock stands still: over several departments the union of
    their suspended days is left out.
    """
    holds = _holds(limit, facts, calendar)
    excluded = merge_spans([*holds.closed, *shared])
    total = limit.amount + sum(fact.days for fact in facts if fact.kind is EntryKind.EXTEND)
    if limit.unit in FINE:
        begin = started_at or wall(started_on, limit.closes_at, zone)
        return _project_fine(limit, begin, total, excluded, holds, calendar, zone)
    due_on = count_on(limit, started_on, total, excluded, calendar, roll=limit.roll)
    promised = (
        None
        if limit.promised is None
        else count_on(limit, started_on, limit.promised, excluded, calendar, roll=limit.roll)
    )
    return Projection(
        due_on=due_on,
        promised_due_on=promised,
        yellow_on=_yellow_on(limit, started_on, total, due_on, excluded, calendar),
        excluded=excluded,
        total=total,
        held_since=holds.since,
        held_until=holds.until,
        held_reason=holds.reason,
    )


def _project_fine(
    limit: LimitValue,
    begin: datetime,
    total: int,
    excluded: tuple[DaySpan, ...],
    holds: _Holds,
    calendar: Calendar,
    zone: ZoneInfo,
) -> Projection:
    def after(amount: int) -> datetime:
        return fine_due(limit, begin, amount, calendar, excluded, zone)

    due, left = after(total), max(total * limit.light.percent // 100, 1)
    promised = None if limit.promised is None else after(limit.promised)
    yellow = begin if left >= total else after(total - left)
    return Projection(
        due_on=due.date(),
        promised_due_on=promised.date() if promised else None,
        yellow_on=yellow.date(),
        excluded=excluded,
        total=total,
        held_since=holds.since,
        held_until=holds.until,
        held_reason=holds.reason,
        due_at=due,
        yellow_at=min(yellow, promised or yellow),
    )


def count_on(
    limit: LimitValue,
    start: date,
    days: int,
    excluded: Iterable[DaySpan],
    calendar: Calendar,
    *,
    roll: bool = False,
) -> date:
    """Give the day that lies so many days of the limit's own unit after `start`; day zero does not count.

    Limits shorter than a day count whole days as working days.
    """
    if limit.unit is Unit.NATURAL:
        return calendar.add_natural_days(start, days, excluded, roll=roll)
    return calendar.add_working_days(start, days, excluded)


def days_between(
    limit: LimitValue, start: date, end: date, calendar: Calendar, excluded: Iterable[DaySpan] = ()
) -> int:
    """Count the days of the limit's own unit after `start` up to and including `end`."""
    if limit.unit is not Unit.NATURAL:
        return calendar.working_days_between(start, end, excluded)
    if end < start:
        return -days_between(limit, end, start, calendar, excluded)
    return (end - start).days - sum(natural_days_within(span, start, end) for span in merge_spans(excluded))


def days_within(limit: LimitValue, span: DaySpan, calendar: Calendar) -> int:
    """Count the days of a span in the limit's own unit."""
    return len(span) if limit.unit is Unit.NATURAL else calendar.count_working_days(span)


def due_moment(limit: LimitValue, day: date, zone: ZoneInfo) -> datetime:
    """Give the end of a working day, the zone's closing hour (民法典 203); 24:00 means midnight."""
    return wall(day, limit.closes_at, zone)


def yellow_moment(limit: LimitValue, projection: Projection, zone: ZoneInfo) -> datetime:
    """Give the moment at which the light turns yellow: the warning day's first hour, or a broken promise."""
    warning = datetime.combine(projection.yellow_on, time(), tzinfo=zone)
    if projection.promised_due_on is None:
        return warning
    return min(warning, due_moment(limit, projection.promised_due_on, zone))


def capped_span(limit: LimitValue, span: DaySpan, cap: int, calendar: Calendar) -> DaySpan | None:
    """Give the first days of a span up to its cap, or None when the cap is used up."""
    if cap <= 0:
        return None
    last = count_on(limit, span.first - ONE_DAY, cap, (), calendar)
    return DaySpan(span.first, min(span.last, last))


def lasting_hold(facts: Iterable[Fact]) -> str | None:
    """Give the reason of the hold inside which the ledger ends, or None."""
    reason = None
    for fact in facts:
        if fact.kind is EntryKind.SUSPEND:
            reason = fact.reason
        elif fact.kind in (EntryKind.RESUME, EntryKind.STOP):
            reason = None
    return reason


@dataclass(slots=True)
class _Holds:
    """The holds of a ledger: closed spans, and the one that still lasts."""

    closed: list[DaySpan]
    since: date | None = None
    until: date | None = None
    reason: str = ""


def _holds(limit: LimitValue, facts: Sequence[Fact], calendar: Calendar) -> _Holds:
    """Read the holds from the ledger: a hold leaves out its first day and every day before it ends."""
    holds = _Holds([])
    used: dict[str, int] = {}
    since, reason = None, ""
    for fact in facts:
        if fact.kind is EntryKind.SUSPEND:
            since, reason = fact.on, fact.reason
        elif fact.kind in (EntryKind.RESUME, EntryKind.STOP) and since is not None:
            span = _held(limit, reason, since, fact.on, used, calendar)
            if span is not None:
                holds.closed.append(span)
                used[reason] = used.get(reason, 0) + days_within(limit, span, calendar)
            since = None
    if since is not None:
        holds.since, holds.reason = since, reason
        holds.until = _cap_ends(limit, reason, since, used, calendar)
    return holds


def _held(
    limit: LimitValue, reason: str, since: date, ends: date, used: dict[str, int], calendar: Calendar
) -> DaySpan | None:
    if ends <= since:
        return None
    span = DaySpan(since, ends - ONE_DAY)
    cap = _cap_left(limit, reason, used)
    return span if cap is None else capped_span(limit, span, cap, calendar)


def _cap_left(limit: LimitValue, reason: str, used: dict[str, int]) -> int | None:
    exclusion = limit.exclusion(reason)
    if exclusion is None or exclusion.cap is None:
        return None
    return exclusion.cap - used.get(reason, 0)


def _cap_ends(
    limit: LimitValue, reason: str, since: date, used: dict[str, int], calendar: Calendar
) -> date | None:
    """Give the first day on which a lasting hold no longer counts as one, because its cap is used up."""
    cap = _cap_left(limit, reason, used)
    if cap is None:
        return None
    return since if cap <= 0 else count_on(limit, since - ONE_DAY, cap, (), calendar) + ONE_DAY


def _yellow_on(
    limit: LimitValue,
    start: date,
    total: int,
    due_on: date,
    excluded: Sequence[DaySpan],
    calendar: Calendar,
) -> date:
    """Give the first day at whose end no more is left than the light's share or its number of days."""
    left = max(total * limit.light.percent // 100, limit.light.days)
    if left >= total:
        return start
    return min(count_on(limit, start, total - left, excluded, calendar), due_on)
