"""Reading clocks: limits by key, lights, used days, the union of holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from jingkai.casework.clock.data import CLOSES_AT, Exclusion, LightRule, LimitValue, State, Unit, Usage
from jingkai.casework.clock.models import Clock, LedgerEntry
from jingkai.casework.clock.rules.acts import STATUTORY_REASONS
from jingkai.casework.clock.rules.kinds import ALL, HOURS, LIGHT, LIMIT, REASON, REASON_NAMES
from jingkai.casework.clock.rules.projection import days_between, days_within
from jingkai.kernel.calendar.api import Calendar, CalendarYearMissing, get_calendar
from jingkai.kernel.calendar.data import ONE_DAY, DaySpan, merge_spans
from jingkai.kernel.hooks.api import local
from jingkai.kernel.rules.api import RuleMissing, RuleValue, get_rules
from jingkai.ui import words
from jingkai.ui.data import Light

Found = Mapping[tuple[str, str], RuleValue]

_SHARED = [(LIGHT, ALL), (HOURS, ALL), *[(REASON, code) for code in STATUTORY_REASONS]]


def get_limit(key: str, *, on: date, promised: int | None = None) -> LimitValue:
    """Give the limit that applies on a day with all that a clock pins of it; one query.

    `promised` overrides the promise of the rule, such as by that of the item.
    """
    found = get_rules([(LIMIT, key), *_SHARED], on=on)
    if (LIMIT, key) not in found:
        raise RuleMissing(LIMIT, key, on)
    return _limit(found[LIMIT, key], found, promised)


def get_limits(keys: Iterable[str], *, on: date) -> dict[str, LimitValue]:
    """Give several limits that apply on a day, in one query; a missing one raises."""
    wanted = list(keys)
    found = get_rules([*[(LIMIT, key) for key in wanted], *_SHARED], on=on)
    for key in wanted:
        if (LIMIT, key) not in found:
            raise RuleMissing(LIMIT, key, on)
    return {key: _limit(found[LIMIT, key], found, None) for key in wanted}


def _limit(rule: RuleValue, found: Found, promised: int | None) -> LimitValue:
    value = rule.value
    light, hours = found.get((LIGHT, ALL)), found.get((HOURS, ALL))
    return LimitValue(
        amount=value["amount"],
        unit=Unit(value["unit"]),
        key=rule.key,
        rule_id=rule.id,
        name=rule.name,
        name_en=rule.name_en,
        source=rule.source,
        article=rule.article,
        start_event=value["start_event"],
        promised=value["promised"] if promised is None else promised,
        extend_max=value["extend_max"] or 0,
        extend_by=value["extend_by"] or "",
        exclusions=tuple(_exclusion(code, value["caps"].get(code), found) for code in value["exclusions"]),
        light=LightRule(**light.value) if light else LightRule(),
        closes_at=hours.value["closes"] if hours else CLOSES_AT,
    )


def _exclusion(code: str, cap: int | None, found: Found) -> Exclusion:
    rule = found.get((REASON, code))
    if rule is None:
        return Exclusion(code, cap=cap)
    return Exclusion(code, rule.name, rule.name_en, f"{rule.source}{rule.article}", cap or rule.value["cap"])


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
        return Light("late", _late_words(clock, today, calendar))
    left = _left(clock, today, calendar)
    text = gettext("Not yet due") if left is None else left_words(left, clock.limit["unit"])
    if clock.promised_due_on and today > clock.promised_due_on:
        text = gettext("%(left)s, past the promised day") % {"left": text}
    return Light("warn" if at >= clock.yellow_at else "ok", text)


def lights_of(clocks: Iterable[Clock], at: datetime) -> dict[int, Light]:
    """Give the lights of many clocks with the calendar loaded once."""
    calendar = get_calendar()
    return {clock.pk: light_of(clock, at, calendar) for clock in clocks}


def left_words(left: int, unit: str) -> str:
    """Say how many days are left or how many are over, in the limit's own unit."""
    if unit == Unit.WORKING or left == 0:
        return words.working_days(left)
    if left < 0:
        return ngettext("%(n)d day late", "%(n)d days late", -left) % {"n": -left}
    return ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}


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
    used = days_between(limit, clock.started_on, max(today, clock.started_on), calendar, spans)
    held = sum(days_within(limit, span, calendar) for span in spans)
    total = limit.amount + clock.extended_days
    return Usage(used, limit.promised, total, held, _left(clock, today, calendar), limit.unit)


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


def list_open_ids(*, after_id: int, limit: int) -> Sequence[int]:
    """List the numbers of clocks that have not ended, from a number on: one page of a key set."""
    clocks = Clock.objects.exclude(state=State.STOPPED).filter(pk__gt=after_id)
    return list(clocks.order_by("pk").values_list("pk", flat=True)[:limit])


def list_capped_holds(*, today: date) -> list[Clock]:
    """List the clocks whose hold has reached the cap of its reason and which run again by law."""
    held = Clock.objects.filter(state=State.SUSPENDED, suspended_until__lte=today)
    return list(held.order_by("pk"))


def _left(clock: Clock, today: date, calendar: Calendar | None) -> int | None:
    if clock.suspended_since:
        today = min(today, clock.suspended_since - ONE_DAY)
    try:
        return days_between(
            clock.limit_value, today, clock.due_on, calendar or get_calendar(), clock.excluded_spans
        )
    except CalendarYearMissing:
        return None


def _late_words(clock: Clock, today: date, calendar: Calendar | None) -> str:
    left = _left(clock, today, calendar)
    return gettext("Past due") if not left else left_words(left, clock.limit["unit"])


def _ended(clock: Clock) -> Light:
    if clock.on_time:
        return Light("none", gettext("Ended in time"))
    return Light("late", gettext("Ended late"))
