"""What must hold for every limit, ledger and calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.casework.clock.data import EntryKind, Exclusion, Fact, LightRule, LimitValue, Unit
from jingkai.casework.clock.rules.projection import (
    days_between,
    days_within,
    due_moment,
    lasting_hold,
    project,
    yellow_moment,
)
from jingkai.kernel.calendar.api import Calendar, DaySpan, get_packaged_calendar

calendar = get_packaged_calendar()
ZONE = ZoneInfo("Asia/Shanghai")
starts = st.dates(date(2015, 1, 1), date(2024, 6, 30))
limits = st.builds(
    LimitValue,
    amount=st.integers(1, 60),
    unit=st.sampled_from([Unit.WORKING, Unit.NATURAL]),  # parts of days: test_hours
    promised=st.none() | st.just(1),
    roll=st.just(False),
)
lengths = st.integers(0, 40)


def hold(since: date, until: date, reason: str = "expert_review") -> list[Fact]:
    return [Fact(EntryKind.SUSPEND, since, reason), Fact(EntryKind.RESUME, until)]


def extension(days: int, on: date) -> Fact:
    return Fact(EntryKind.EXTEND, on, days=days)


@given(starts, limits, st.integers(0, 59), lengths)
def test_hold_moves_the_due_day_by_exactly_the_days_left_out(
    start: date, limit: LimitValue, after: int, length: int
) -> None:
    plain = project(limit, started_on=start, facts=[], calendar=calendar)
    since = min(start + timedelta(days=1 + after), plain.due_on)
    moved = project(
        limit, started_on=start, facts=hold(since, since + timedelta(days=length)), calendar=calendar
    )
    left_out = sum(days_within(limit, span, calendar) for span in moved.excluded)
    assert days_between(limit, plain.due_on, moved.due_on, calendar) == left_out or length == 0
    assert days_between(limit, start, moved.due_on, calendar, moved.excluded) == limit.amount


@given(starts, limits, st.lists(st.tuples(st.integers(0, 20), st.integers(0, 10)), max_size=4))
def test_days_counted_until_the_due_day_are_always_the_limit(
    start: date, limit: LimitValue, holds: list[tuple[int, int]]
) -> None:
    facts: list[Fact] = []
    day = start
    for wait, length in holds:
        day += timedelta(days=wait)
        facts += hold(day, day + timedelta(days=length))
        day += timedelta(days=length)
    found = project(limit, started_on=start, facts=facts, calendar=calendar)
    assert days_between(limit, start, found.due_on, calendar, found.excluded) == limit.amount
    assert found.yellow_on <= found.due_on
    assert found.promised_due_on is None or found.promised_due_on <= found.due_on


@given(starts, limits, st.integers(1, 15), st.integers(0, 10), st.integers(0, 20))
def test_order_of_extension_and_hold_does_not_matter(
    start: date, limit: LimitValue, more: int, after: int, length: int
) -> None:
    since = start + timedelta(days=after)
    held = hold(since, since + timedelta(days=length))
    extended = extension(more, since)
    one = project(limit, started_on=start, facts=[extended, *held], calendar=calendar)
    other = project(limit, started_on=start, facts=[*held, extended], calendar=calendar)
    assert one == other


@given(starts, starts, limits)
def test_due_day_is_monotone_in_the_start(one: date, other: date, limit: LimitValue) -> None:
    first, later = sorted([one, other])
    due = [project(limit, started_on=day, facts=[], calendar=calendar).due_on for day in (first, later)]
    assert due[0] <= due[1]


@given(starts, st.integers(1, 25), st.integers(0, 80), st.integers(0, 60))
def test_cap_bounds_all_holds_of_its_reason(start: date, cap: int, length: int, second: int) -> None:
    limit = LimitValue(amount=30, exclusions=(Exclusion("expert_review", cap=cap),))
    since = start + timedelta(days=1)
    again = since + timedelta(days=length)
    facts = [*hold(since, again), *hold(again, again + timedelta(days=second))]
    found = project(limit, started_on=start, facts=facts, calendar=calendar)
    wanted = calendar.working_days_between(since - timedelta(days=1), again + timedelta(days=second - 1))
    assert sum(days_within(limit, span, calendar) for span in found.excluded) == min(cap, max(wanted, 0))


@given(starts, limits, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=5))
def test_union_of_parts_leaves_out_each_day_once(
    start: date, limit: LimitValue, spans: list[tuple[int, int]]
) -> None:
    shared = [DaySpan(start + timedelta(days=a), start + timedelta(days=a + n)) for a, n in spans]
    found = project(limit, started_on=start, facts=[], calendar=calendar, shared=shared)
    twice = project(limit, started_on=start, facts=[], calendar=calendar, shared=[*shared, *shared])
    assert found == twice
    assert days_between(limit, start, found.due_on, calendar, found.excluded) == limit.amount


@given(starts, limits, st.integers(0, 30))
def test_lasting_hold_keeps_the_due_day_and_names_its_reason(
    start: date, limit: LimitValue, after: int
) -> None:
    since = start + timedelta(days=after)
    facts = [Fact(EntryKind.SUSPEND, since, "hearing")]
    found = project(limit, started_on=start, facts=facts, calendar=calendar)
    assert (found.held_since, found.held_reason, lasting_hold(facts)) == (since, "hearing", "hearing")
    assert found.due_on == project(limit, started_on=start, facts=[], calendar=calendar).due_on
    assert lasting_hold(hold(since, since)) is None


@given(starts, limits, st.sampled_from([LightRule(), LightRule(50, 3), LightRule(0, 0), LightRule(100, 0)]))
def test_light_turns_at_the_earlier_of_share_and_days(
    start: date, limit: LimitValue, light: LightRule
) -> None:
    lit = LimitValue(amount=limit.amount, unit=limit.unit, roll=False, light=light)
    found = project(lit, started_on=start, facts=[], calendar=calendar)
    left = days_between(lit, found.yellow_on, found.due_on, calendar)
    assert left <= max(lit.amount * light.percent / 100, light.days)
    before = found.yellow_on - timedelta(days=1)
    if before >= start:
        assert days_between(lit, before, found.due_on, calendar) > max(
            lit.amount * light.percent // 100, light.days
        )


@pytest.mark.parametrize(
    ("amount", "yellow"),
    [
        (20, date(2026, 3, 24)),  # four of twenty left
        (15, date(2026, 3, 18)),  # three of fifteen left
        (5, date(2026, 3, 6)),  # one left
        (3, date(2026, 3, 4)),  # 20 % would be too late: one day left
        (1, date(2026, 3, 2)),
    ],
)
def test_yellow_day_of_common_limits(amount: int, yellow: date) -> None:
    found = project(LimitValue(amount=amount), started_on=date(2026, 3, 2), facts=[], calendar=calendar)
    assert found.yellow_on == yellow


@pytest.mark.parametrize(
    ("closes", "moment"),
    [
        ("17:30", datetime(2026, 3, 2, 17, 30)),
        ("24:00", datetime(2026, 3, 3)),
        ("09:05", datetime(2026, 3, 2, 9, 5)),
    ],
)
def test_due_moment_is_the_closing_hour_in_the_zone(closes: str, moment: datetime) -> None:
    due = due_moment(LimitValue(amount=1, closes_at=closes), date(2026, 3, 2), ZONE)
    assert due == moment.replace(tzinfo=ZONE)


def test_broken_promise_turns_the_light() -> None:
    limit = LimitValue(amount=20, promised=5)
    found = project(limit, started_on=date(2026, 3, 2), facts=[], calendar=calendar)
    assert found.promised_due_on == date(2026, 3, 9)
    assert yellow_moment(limit, found, ZONE) == datetime(2026, 3, 9, 17, 30, tzinfo=ZONE)


def test_changed_calendar_moves_the_end_of_a_capped_hold() -> None:
    limit = LimitValue(amount=5, exclusions=(Exclusion("expert_review", cap=2),))
    plain, shorter = Calendar.of({2026: {}}), Calendar.of({2026: {date(2026, 3, 4): False}})
    facts = hold(date(2026, 3, 4), date(2026, 3, 20))
    assert project(limit, started_on=date(2026, 3, 2), facts=facts, calendar=plain).excluded == (
        DaySpan(date(2026, 3, 4), date(2026, 3, 5)),
    )
    assert project(limit, started_on=date(2026, 3, 2), facts=facts, calendar=shorter).excluded == (
        DaySpan(date(2026, 3, 4), date(2026, 3, 6)),
    )


@pytest.mark.parametrize(
    "wrong", [{"amount": -1}, {"amount": 5, "promised": 6}, {"amount": 5, "extend_max": -1}]
)
def test_impossible_limit_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        LimitValue(**wrong)


@given(limits)
def test_limit_survives_its_snapshot(limit: LimitValue) -> None:
    assert LimitValue.from_json(limit.to_json()) == limit
