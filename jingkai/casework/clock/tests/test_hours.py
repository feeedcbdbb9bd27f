"""Limits shorter than a day: half working days and office hours, with noon, weekends and days left out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.casework.clock.data import LimitValue, Unit
from jingkai.casework.clock.rules.hours import fine_between, fine_due
from jingkai.casework.clock.rules.projection import project
from jingkai.kernel.calendar.api import DaySpan, get_packaged_calendar

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = get_packaged_calendar()
HOURS, HALVES = LimitValue(amount=1, unit=Unit.HOURS), LimitValue(amount=1, unit=Unit.HALF_DAYS)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-02 09:00", 1, "2026-03-02 10:00"),
        ("2026-03-02 11:30", 1, "2026-03-02 14:00"),  # over noon
        ("2026-03-02 12:30", 2, "2026-03-02 15:30"),  # received at noon
        ("2026-03-02 16:30", 2, "2026-03-03 10:00"),  # over night
        ("2026-03-02 20:00", 1, "2026-03-03 10:00"),  # received in the evening
        ("2026-03-06 17:00", 1, "2026-03-09 09:30"),  # over the weekend
        ("2026-03-02 09:00", 7, "2026-03-02 17:30"),  # a whole day
        ("2026-02-14 16:30", 2, "2026-02-24 10:00"),  # a make-up Saturday, then nine days of Spring Festival
    ],
)
def test_office_hours_run_from_the_moment_itself(start: str, hours: int, due: str) -> None:
    assert fine_due(HOURS, moment(start), hours, CALENDAR, (), ZONE) == moment(due)


@pytest.mark.parametrize(
    ("start", "halves", "due"),
    [
        ("2026-03-02 08:00", 1, "2026-03-02 12:00"),  # before opening: the morning counts
        ("2026-03-02 09:30", 1, "2026-03-02 17:30"),  # the half day of the event does not
        ("2026-03-02 15:00", 1, "2026-03-03 12:00"),
        ("2026-03-06 15:00", 2, "2026-03-09 17:30"),
    ],
)
def test_half_days_leave_out_the_one_in_which_the_event_falls(start: str, halves: int, due: str) -> None:
    assert fine_due(HALVES, moment(start), halves, CALENDAR, (), ZONE) == moment(due)


def test_days_left_out_carry_no_hours() -> None:
    excluded = (DaySpan(date(2026, 3, 3), date(2026, 3, 4)),)
    assert fine_due(HOURS, moment("2026-03-02 16:30"), 2, CALENDAR, excluded, ZONE) == moment(
        "2026-03-05 10:00"
    )


starts = st.datetimes(datetime(2025, 1, 5), datetime(2025, 11, 1)).map(lambda at: at.replace(tzinfo=ZONE))


@given(starts, st.integers(1, 60), st.sampled_from([HOURS, HALVES]))
def test_what_lies_between_start_and_due_is_the_limit(
    start: datetime, amount: int, limit: LimitValue
) -> None:
    due = fine_due(limit, start, amount, CALENDAR, (), ZONE)
    assert CALENDAR.is_working(due.date())
    assert fine_between(limit, start, due, CALENDAR, (), ZONE) == amount
    assert fine_between(limit, due, start, CALENDAR, (), ZONE) == -amount


@given(starts, st.integers(1, 40), st.integers(0, 20), st.integers(1, 20))
def test_a_hold_never_makes_hours_end_earlier(start: datetime, amount: int, after: int, length: int) -> None:
    first = start.date() + timedelta(days=after + 1)
    held = (DaySpan(first, first + timedelta(days=length)),)
    plain = fine_due(HOURS, start, amount, CALENDAR, (), ZONE)
    assert fine_due(HOURS, start, amount, CALENDAR, held, ZONE) >= plain


def test_projection_of_hours_keeps_moments() -> None:
    limit = LimitValue(amount=4, unit=Unit.HOURS, promised=2)
    found = project(
        limit,
        started_on=date(2026, 3, 2),
        started_at=moment("2026-03-02 15:30"),
        facts=(),
        calendar=CALENDAR,
        zone=ZONE,
    )
    assert (found.due_at, found.due_on) == (moment("2026-03-03 11:00"), date(2026, 3, 3))
    assert found.yellow_at == moment("2026-03-02 17:30")
    assert found.promised_due_on == date(2026, 3, 2)
