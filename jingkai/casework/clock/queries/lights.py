"""Lights, used days, the union of holds: what pages and lists show of a clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from jingkai.casework.clock.data import FINE, LimitValue, State, Unit, Usage
from jingkai.casework.clock.models import Clock, LedgerEntry
from jingkai.casework.clock.rules.hours import fine_between
from jingkai.casework.clock.rules.kinds import REASON_NAMES
from jingkai.casework.clock.rules.projection import days_between, days_within
from jingkai.kernel.calendar.api import Calendar, CalendarYearMissing, get_calendar
from jingkai.kernel.calendar.data import ONE_DAY, DaySpan, merge_spans
from jingkai.kernel.hooks.api import local
from jingkai.ui import words
from jingkai.ui.data import Light


def list_ledger(*, clock: Clock) -> list[LedgerEntry]:
    """List a clock's ledger in order, with who wrote each line."""
    return list(LedgerEntry.objects.filter(clock=clock).select_related("by").order_by("sequence"))


def light_of(clock: Clock, at: datetime, calendar: Calendar | None = None) -> Light:
    """Give a clock's light at a moment: colour, and the words that say the same.

    A list loads the calendar once and hands it in. When today lies beyond the loaded calendar the light is
    still right; only the number of days late cannot be told.
    """
    if clock.state == State.STOPPED:
        return _ended(clock)
    if clock.state == State.SUSPENDED:
        return Light("hold", gettext("On hold · %(reason)s") % {"reason": reason_name(clock)})
    today = timezone.localdate(at, timezone.get_default_timezone())
    if at >= clock.due_at:
        return Light("late", _late_words(clock, today, calendar, at))
    left = _left(clock, today, calendar, at)
    text = gettext("Not yet due") if left is None else left_words(left, clock.limit["unit"])
    if clock.promised_due_on and today > clock.promised_due_on:
        text = gettext("%(left)s, past the promised day") % {"left": text}
    return Light("warn" if at >= clock.yellow_at else "ok", text)


def light_lasts_until(clock: Clock, at: datetime) -> datetime:
    """Give the moment until which a clock's light reads the same if nobody touches clock and calendar.

    It changes when the clock turns yellow or red and with a new day; where hours are counted, at any moment.
    """
    if clock.state == State.RUNNING and clock.limit["unit"] in FINE:
        return at
    zone = timezone.get_default_timezone()
    turns = [datetime.combine(timezone.localdate(at, zone) + ONE_DAY, time.min, zone)]
    if clock.state == State.RUNNING:
        turns += (clock.yellow_at, clock.due_at)
    return min(turn for turn in turns if turn > at)


def lights_of(clocks: Iterable[Clock], at: datetime) -> dict[int, Light]:
    """Give the lights of many clocks with the calendar loaded once."""
    calendar = get_calendar()
    return {clock.pk: light_of(clock, at, calendar) for clock in clocks}


def left_words(left: int, unit: str) -> str:
    """Say how many days are left or how many are over, in the limit's own unit."""
    if unit in FINE:
        return _fine_words(left, unit)
    if unit == Unit.WORKING or left == 0:
        return words.working_days(left)
    if left < 0:
        return ngettext("%(n)d day late", "%(n)d days late", -left) % {"n": -left}
    return ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}


def _fine_words(left: int, unit: str) -> str:
    if unit == Unit.HOURS:
        if left < 0:
            return ngettext("%(n)d office hour late", "%(n)d office hours late", -left) % {"n": -left}
        return ngettext("%(n)d office hour left", "%(n)d office hours left", left) % {"n": left}
    if left < 0:
        return ngettext("%(n)d half day late", "%(n)d half days late", -left) % {"n": -left}
    return ngettext("%(n)d half day left", "%(n)d half days left", left) % {"n": left}


def limit_words(amount: int, unit: str) -> str:
    """Write a limit in its own unit."""
    match unit:
        case Unit.WORKING:
            said = ngettext("%(n)d working day", "%(n)d working days", amount)
        case Unit.HOURS:
            said = ngettext("%(n)d office hour", "%(n)d office hours", amount)
        case Unit.HALF_DAYS:
            said = ngettext("%(n)d half working day", "%(n)d half working days", amount)
        case _:
            said = ngettext("%(n)d day", "%(n)d days", amount)
    return said % {"n": amount}


def unit_name(unit: str) -> str:
    """Name the unit in which a limit counts."""
    names = {
        Unit.WORKING.value: gettext("working days"),
        Unit.HOURS.value: gettext("office hours"),
        Unit.HALF_DAYS.value: gettext("half working days"),
    }
    return names.get(unit) or gettext("days")


def reason_name(clock: Clock) -> str:
    """Name the reason of a hold in the reader's language."""
    exclusion = clock.limit_value.exclusion(clock.reason_code)
    if exclusion and exclusion.name:
        return local(exclusion, "name")
    return str(REASON_NAMES.get(clock.reason_code, clock.reason_code))


def usage(clock: Clock, at: datetime, calendar: Calendar | None = None) -> Usage:
    """Tell how many days of a clock are used, promised, statutory, on hold and remaining at a moment."""
    limit, calendar = clock.limit_value, calendar or get_calendar()
    today = clock.stopped_on or timezone.localdate(at, timezone.get_default_timezone())
    spans = union_excluded([clock], until=today)
    used = _used(clock, limit, at, today, calendar, spans)
    held = sum(days_within(limit, span, calendar) for span in spans)
    total = limit.amount + clock.extended_days
    return Usage(used, limit.promised, total, held, _left(clock, today, calendar, at), limit.unit)


def _used(
    clock: Clock,
    limit: LimitValue,
    at: datetime,
    today: date,
    calendar: Calendar,
    spans: tuple[DaySpan, ...],
) -> int:
    if limit.unit not in FINE:
        return days_between(limit, clock.started_on, max(today, clock.started_on), calendar, spans)
    if clock.used_days is not None or clock.started_at is None:
        return clock.used_days or 0
    return fine_between(
        limit, clock.started_at, max(at, clock.started_at), calendar, spans, timezone.get_default_timezone()
    )


def union_excluded(clocks: Iterable[Clock], *, until: date | None = None) -> tuple[DaySpan, ...]:
    """Unite the days on which any of the clocks stood still; lasting holds count up to `until`."""
    spans: list[DaySpan] = []
    for clock in clocks:
        spans += clock.excluded_spans
        since, end = clock.suspended_since, clock.suspended_until
        last = min(until, end - ONE_DAY) if until and end else until
        if since and last and since <= last:
            spans.append(DaySpan(since, last))
    return merge_spans(spans)


def _left(clock: Clock, today: date, calendar: Calendar | None, at: datetime) -> int | None:
    if clock.suspended_since:
        today = min(today, clock.suspended_since - ONE_DAY)
    limit, known = clock.limit_value, calendar or get_calendar()
    try:
        if limit.unit in FINE:
            zone = timezone.get_default_timezone()
            return fine_between(limit, at, clock.due_at, known, clock.excluded_spans, zone)
        return days_between(limit, today, clock.due_on, known, clock.excluded_spans)
    except CalendarYearMissing:
        return None


def _late_words(clock: Clock, today: date, calendar: Calendar | None, at: datetime) -> str:
    left = _left(clock, today, calendar, at)
    return gettext("Past due") if not left else left_words(left, clock.limit["unit"])


def _ended(clock: Clock) -> Light:
    if clock.on_time:
        return Light("none", gettext("Ended in time"))
    return Light("late", gettext("Ended late"))
