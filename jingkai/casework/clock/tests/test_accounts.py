"""Why is it still running: every day is accounted for, and the account adds up to the due day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.template import engines
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jingkai.casework.clock import api as clocks
from jingkai.casework.clock.data import ClockStart, DayKind
from jingkai.casework.clock.models import Clock
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_rules")]
ZONE = ZoneInfo("Asia/Shanghai")


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def start(key: str, on: date) -> Clock:
    limit = clocks.get_limit(key, on=on)
    return clocks.start_clock(limit=limit, label="消防设计审查", label_en="Fire review", by=SYSTEM, at=at(on))


def held(clock: Clock, first: date, again: date, reason: str = "expert_review") -> Clock:
    clock = clocks.suspend_clock(
        clock=clock, reason=reason, basis="专家评审告知书2号", by=SYSTEM, at=at(first)
    )
    return clocks.resume_clock(clock=clock, by=SYSTEM, at=at(again))


def test_account_names_holidays_holds_and_the_day_it_began() -> None:
    clock = held(start("fire_design_review", date(2026, 9, 15)), date(2026, 9, 21), date(2026, 9, 24))
    runs = clocks.accounts_of([clock], at(date(2026, 10, 9)))[0].runs
    told = [(f"{run.first:%m%d}-{run.last:%m%d}", run.kind.value, run.days, run.reason) for run in runs]
    assert told == [
        ("0915-0915", "zero", 0, ""),
        ("0916-0918", "counted", 3, ""),
        ("0919-0919", "off", 0, ""),
        ("0920-0920", "counted", 1, ""),
        ("0921-0923", "excluded", 3, "专家评审"),
        ("0924-0924", "counted", 1, ""),
        ("0925-0927", "off", 0, "中秋"),
        ("0928-0930", "counted", 3, ""),
        ("1001-1007", "off", 0, "国庆节"),
        ("1008-1009", "counted", 2, ""),
    ]
    excluded = next(run for run in runs if run.kind is DayKind.EXCLUDED)
    assert "第四十五条" in excluded.basis
    assert "专家评审告知书2号" in excluded.basis


def test_standing_hold_late_days_and_missing_years_are_told() -> None:
    clock = start("fire_design_review", date(2026, 3, 2))
    standing = clocks.suspend_clock(
        clock=clock, reason="expert_review", basis="告知书", by=SYSTEM, at=at(date(2026, 3, 5))
    )
    runs = clocks.accounts_of([standing], at(date(2026, 3, 10)))[0].runs
    assert runs[-1].kind is DayKind.HELD
    late = start("permit_acceptance", date(2026, 3, 2))
    assert clocks.accounts_of([late], at(date(2026, 3, 12)))[0].runs[-1].kind is DayKind.LATE
    ending = start("permit_acceptance", date(2026, 12, 20))
    assert clocks.accounts_of([ending], at(date(2027, 1, 4)))[0].missing == 2027


def test_account_reads_plainly_in_both_languages(django_assert_max_num_queries: Any) -> None:
    clock = held(start("fire_design_review", date(2026, 9, 15)), date(2026, 9, 21), date(2026, 9, 24))
    template = engines["django"].from_string("{% load clock %}{% why_still_running clocks at %}")
    with django_assert_max_num_queries(4), translation.override("en"):
        english = template.render({"clocks": [clock], "at": at(date(2026, 10, 9))})
    for word in (
        "Fire review",
        "not a working day: National Day",
        "left out: Expert review",
        "3 working days",
    ):
        assert word in english
    with translation.override("zh-hans"):
        chinese = template.render({"clocks": [clock], "at": at(date(2026, 10, 9))})
    for word in ("为什么还在办", "非工作日：国庆节", "不计入：专家评审", "计入 3 个工作日", "起算当日"):
        assert word in chinese


holds = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 20)), max_size=3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dates(date(2025, 2, 1), date(2025, 11, 1)),
    holds,
    st.sampled_from(["permit_decision", "environment_form"]),
)
def test_account_adds_up_to_the_limit_on_the_due_day(
    on: date, waits: list[tuple[int, int]], key: str
) -> None:
    clock, day = start(key, on), on
    for after, length in waits:
        first = day + timedelta(days=after)
        if first > clock.due_on:
            break
        day = first + timedelta(days=length)
        clock = held(clock, first, day, "hearing")
    runs = clocks.accounts_of([clock], at(max(clock.due_on, day)))[0].runs
    assert runs[0].first == on
    for before, after_it in pairwise(runs):
        assert after_it.first == before.last + timedelta(days=1)
    used = sum(run.days for run in runs if run.kind is DayKind.COUNTED)
    slack = 0 if key == "permit_decision" else 10  # a natural limit rolls to the next working day
    assert clock.limit["amount"] <= used <= clock.limit["amount"] + slack


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 10), st.integers(1, 15)), max_size=5))
def test_overall_clock_leaves_out_the_union_of_its_parts_holds(acts: list[tuple[int, int, int]]) -> None:
    on = date(2026, 3, 2)
    overall = start("permit_joint_decision", on)
    limit = clocks.get_limit("permit_decision", on=on)
    parts = clocks.start_clocks(
        starts=[ClockStart(limit=limit, label=str(n), on=on, overall_id=overall.pk) for n in range(3)],
        by=SYSTEM,
        at=at(on),
    )
    days = [on, on, on]
    for number, after, length in acts:
        first = days[number] + timedelta(days=after)
        parts[number].refresh_from_db()
        if first > parts[number].due_on:
            continue
        days[number] = first + timedelta(days=length)
        held(parts[number], first, days[number], "hearing")
    overall.refresh_from_db()
    for part in parts:
        part.refresh_from_db()
    union = clocks.union_excluded(parts)
    assert overall.excluded_spans == union
    calendar = clocks_calendar()
    assert overall.due_on == calendar.add_working_days(on, overall.limit["amount"], union)
    singles = {day for part in parts for span in part.excluded_spans for day in span.days()}
    assert {day for span in union for day in span.days()} == singles


def clocks_calendar() -> Any:
    from jingkai.kernel.calendar.api import get_calendar

    return get_calendar()
