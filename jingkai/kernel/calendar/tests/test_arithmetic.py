"""The arithmetic of working days: the golden cases, the law's words, and what must always hold."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.kernel.calendar.data import DaySpan, merge_spans
from jingkai.kernel.calendar.rules import Calendar, CalendarYearMissing, get_packaged_calendar

CASES = list(csv.DictReader((Path(__file__).parent / "data" / "workdays.csv").open(encoding="utf-8")))
calendar = get_packaged_calendar()

days = st.dates(date(2004, 6, 1), date(2025, 6, 30))
amounts = st.integers(1, 60)
spans = st.lists(
    st.builds(lambda first, length: DaySpan(first, first + timedelta(days=length)), days, st.integers(0, 40)),
    max_size=4,
)


def near(start: date) -> st.SearchStrategy[list[DaySpan]]:
    """Spans that begin within four months after the start."""
    begin = st.integers(0, 120).map(lambda n: start + timedelta(days=n))
    return st.lists(
        st.builds(lambda first, n: DaySpan(first, first + timedelta(days=n)), begin, st.integers(0, 30)),
        max_size=4,
    )


def span(text: str) -> DaySpan:
    first, _, last = text.partition("..")
    return DaySpan(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['start']}+{case['working_days']}")
def test_golden_case_gives_its_due_date(case: dict[str, str]) -> None:
    start, amount = date.fromisoformat(case["start"]), int(case["working_days"])
    excluded = [span(text) for text in case["excluded"].split()]
    if case["due"] == "ERROR":
        with pytest.raises(CalendarYearMissing) as error:
            calendar.add_working_days(start, amount, excluded)
        assert error.value.year == 2027
        assert "2027" in str(error.value)
        assert "2027" in str(error.value.advice)
    else:
        assert calendar.add_working_days(start, amount, excluded) == date.fromisoformat(case["due"])


def test_packaged_calendar_knows_exactly_its_years() -> None:
    assert calendar.years == frozenset(range(2004, 2027))
    assert calendar.count_working_days(DaySpan(date(2026, 1, 1), date(2026, 12, 31))) == 248


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2027, 1, 1), date(2030, 5, 5)])
def test_day_outside_the_calendar_is_an_error_naming_its_year(day: date) -> None:
    with pytest.raises(CalendarYearMissing) as error:
        calendar.is_working(day)
    assert error.value.year == day.year


def test_gap_between_loaded_years_is_never_jumped() -> None:
    gap = Calendar.of({2024: {}, 2026: {}})
    with pytest.raises(CalendarYearMissing) as error:
        gap.add_working_days(date(2024, 12, 27), 5)
    assert error.value.year == 2025
    with pytest.raises(CalendarYearMissing):
        gap.working_days_between(date(2024, 12, 1), date(2026, 2, 1))


def test_last_day_of_the_last_year_counts_and_the_next_fails() -> None:
    assert calendar.add_working_days(date(2026, 12, 30), 1) == date(2026, 12, 31)
    with pytest.raises(CalendarYearMissing):
        calendar.add_working_days(date(2026, 12, 31), 1)


def test_zero_days_end_on_the_first_worked_day() -> None:
    assert calendar.add_working_days(date(2026, 11, 20), 0) == date(2026, 11, 20)
    assert calendar.add_working_days(date(2026, 11, 21), 0) == date(2026, 11, 23)


def test_exclusion_over_the_due_date_itself_moves_it_behind() -> None:
    due = calendar.add_working_days(date(2026, 3, 2), 5)
    assert due == date(2026, 3, 9)
    assert calendar.add_working_days(date(2026, 3, 2), 5, [DaySpan(due, due)]) == date(2026, 3, 10)


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        (date(2026, 11, 2), 7, date(2026, 11, 9)),
        (date(2026, 9, 24), 7, date(2026, 10, 8)),  # 1 October is off: the days off end on the 7th
        (date(2026, 11, 14), 7, date(2026, 11, 23)),  # a Saturday becomes Monday
    ],
)
def test_natural_days_roll_over_days_off(start: date, amount: int, due: date) -> None:
    assert calendar.add_natural_days(start, amount) == due


def test_natural_days_skip_excluded_days_one_for_one() -> None:
    held = [DaySpan(date(2026, 11, 4), date(2026, 11, 8))]
    assert calendar.add_natural_days(date(2026, 11, 2), 30, held, roll=False) == date(2026, 12, 7)


@given(days, amounts)
def test_counting_undoes_adding(start: date, amount: int) -> None:
    due = calendar.add_working_days(start, amount)
    assert calendar.working_days_between(start, due) == amount
    assert calendar.is_working(due)


@given(st.data(), days, amounts)
def test_counting_undoes_adding_with_exclusions(data: st.DataObject, start: date, amount: int) -> None:
    excluded = data.draw(near(start))
    due = calendar.add_working_days(start, amount, excluded)
    assert calendar.working_days_between(start, due, excluded) == amount
    assert calendar.is_working(due)
    assert not any(due in held for held in excluded)


@given(days, days, amounts)
def test_due_date_is_monotone_in_start(one: date, other: date, amount: int) -> None:
    first, later = sorted([one, other])
    assert calendar.add_working_days(first, amount) <= calendar.add_working_days(later, amount)


@given(st.data(), days, amounts)
def test_due_date_grows_with_amount_and_with_exclusions(
    data: st.DataObject, start: date, amount: int
) -> None:
    excluded = data.draw(near(start))
    due = calendar.add_working_days(start, amount, excluded)
    assert calendar.add_working_days(start, amount + 1, excluded) > due
    assert calendar.add_working_days(start, amount) <= due


@given(days, st.integers(1, 30), st.integers(1, 30))
def test_adding_in_two_steps_is_adding_once(start: date, one: int, two: int) -> None:
    halfway = calendar.add_working_days(start, one)
    assert calendar.add_working_days(halfway, two) == calendar.add_working_days(start, one + two)


@given(days, days)
def test_counting_backwards_is_negative(one: date, other: date) -> None:
    assert calendar.working_days_between(one, other) == -calendar.working_days_between(other, one)


@given(spans)
def test_merged_spans_cover_the_same_days_without_overlap(given_spans: list[DaySpan]) -> None:
    merged = merge_spans(given_spans)
    assert {d for s in merged for d in s.days()} == {d for s in given_spans for d in s.days()}
    assert all(a.last + timedelta(days=1) < b.first for a, b in pairwise(merged))


@given(days, amounts, st.integers(1, 30))
def test_brute_force_agrees(start: date, amount: int, held: int) -> None:
    excluded = DaySpan(start + timedelta(days=3), start + timedelta(days=2 + held))
    left, day = amount, start
    while left:
        day += timedelta(days=1)
        left -= calendar.is_working(day) and day not in excluded
    assert calendar.add_working_days(start, amount, [excluded]) == day
