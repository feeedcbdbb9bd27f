"""Timers that stand still with a clock of their case, and those that are calendar time."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.casework.cases import api
from jingkai.casework.cases.api import differences
from jingkai.casework.cases.models import Timer
from jingkai.casework.cases.operations import pace_timers
from jingkai.casework.cases.operations.pacing import paced_due
from jingkai.casework.cases.queries import list_due_timers
from jingkai.casework.cases.testing import NOW, finish, open_nodes
from jingkai.casework.cases.tests.driving import begin
from jingkai.casework.clock import api as clocks
from jingkai.casework.flow.api import lint
from jingkai.casework.flow.data import parse_delay
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.calendar.api import DaySpan, set_day
from jingkai.kernel.calendar.models import CalendarYear
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.permissions.data import SYSTEM

BOUND = """
    start > a > b > end
    late_a > chief > b
    late_free > note > end_note
    a: pool=fire clock=review
    late_a: on=a timer=3wd clock=review
    late_free: on=a timer=3wd side=true
    chief: pool=fire
    note: pool=fire
    b: pool=fire
"""


def days(number):
    return NOW + timedelta(days=number)


@pytest.fixture
def case(cast, clock_rules):
    found = begin(BOUND)
    attach(found)
    return found


def attach(case, at=NOW):
    limit = clocks.get_limit("fire_design_review", on=NOW.date())
    clock = clocks.start_clock(limit=limit, label="审查", label_en="Review", by=SYSTEM, at=at)
    api.attach_clock(case=case, key="review", clock=clock, by=SYSTEM, at=at)
    return clock


def timer_of(case, node):
    return Timer.objects.get(case=case, node_id=node)


def suspend(case, at, *, work=True):
    clock = api.list_clocks(case.pk)[-1].clock
    clocks.suspend_clock(clock=clock, reason="expert_review", basis="告知书1号", by=SYSTEM, at=at)
    if work:
        run_jobs()


def resume(case, at, *, work=True):
    clock = api.list_clocks(case.pk)[-1].clock
    clocks.resume_clock(clock=clock, by=SYSTEM, at=at)
    if work:
        run_jobs()


@pytest.mark.django_db
def test_a_timer_with_a_clock_stands_still_with_it(case):
    """Monday + 3 working days is Thursday; two days of expert review make it Monday."""
    assert (timer_of(case, "late_a").due_at, timer_of(case, "late_free").due_at) == (days(3), days(3))
    suspend(case, days(1))
    held = timer_of(case, "late_a")
    assert (held.held, timer_of(case, "late_free").held) == (True, False)
    assert held.pk not in [pk for pk, _due in list_due_timers(at=days(30), after=None, limit=9)]
    assert not api.fire_timer(timer_id=held.pk, at=days(30))
    resume(case, days(3))
    assert (timer_of(case, "late_a").held, timer_of(case, "late_a").due_at) == (False, days(7))
    assert not api.fire_timer(timer_id=held.pk, at=days(4))
    assert api.fire_timer(timer_id=timer_of(case, "late_free").pk, at=days(4))
    assert open_nodes(case) == {"a", "note"}
    assert api.fire_timer(timer_id=held.pk, at=days(7))
    assert open_nodes(case) == {"chief", "note"}


@pytest.mark.django_db
def test_a_hold_that_nobody_told_of_yet_counts_all_the_same(case):
    """The sweep may come before the handler of the clock's event: it looks for itself."""
    timer = timer_of(case, "late_a")
    suspend(case, days(1), work=False)
    assert not api.fire_timer(timer_id=timer.pk, at=days(3))
    assert timer_of(case, "late_a").held
    resume(case, days(3), work=False)
    assert not api.fire_timer(timer_id=timer.pk, at=days(3))
    assert timer_of(case, "late_a").due_at == days(7)
    told = [entry.facts["moved_timers"] for entry in entries_of(case) if entry.action == "timer.moved"]
    assert [(one["timer"], one["held"]) for (one,) in told] == [(timer.pk, True), (timer.pk, False)]


@pytest.mark.django_db
def test_a_step_that_opens_during_a_hold_waits_for_its_end(cast, clock_rules):
    text = BOUND.replace("start > a", "start > first > a") + "\nfirst: pool=fire clock=review"
    case = begin(text)
    attach(case)
    suspend(case, days(1))
    finish(case, "first", "done", at=days(2))
    assert timer_of(case, "late_a").held
    resume(case, days(4))
    assert (timer_of(case, "late_a").held, timer_of(case, "late_a").due_at) == (False, days(8))


TIMED = """
    start > a > end
    a: pool=fire clock=review timeout="3wd remind, 2d remind, 4d remind, 4d escalate"
"""


@pytest.mark.django_db
def test_a_time_out_stands_still_with_the_clock_of_its_step(cast, clock_rules):
    """While the law stops the clock nothing fires; then all are due later by the days left out."""
    case = begin(TIMED)
    attach(case)
    mine = Timer.objects.filter(case=case).order_by("pk")
    assert [timer.due_at for timer in mine] == [days(3), days(2), days(4), days(4)]
    suspend(case, days(1))
    assert all(timer.held for timer in mine.all())
    assert not any(api.fire_timer(timer_id=timer.pk, at=days(30)) for timer in mine.all())
    resume(case, days(3))
    assert [timer.due_at for timer in mine.all()] == [days(7), days(4), days(6), days(6)]
    assert not api.fire_timer(timer_id=mine[1].pk, at=days(3))
    assert api.fire_timer(timer_id=mine[1].pk, at=days(4))
    assert differences(case.pk) == []


@pytest.mark.django_db
def test_a_time_out_of_a_step_without_a_clock_is_calendar_time(cast, clock_rules):
    case = begin(TIMED.replace("clock=review ", ""))
    attach(case)
    suspend(case, days(1))
    first = Timer.objects.filter(case=case).earliest("pk")
    assert (first.held, first.due_at) == (False, days(3))
    assert api.fire_timer(timer_id=first.pk, at=days(3))


@pytest.mark.django_db
def test_a_second_clock_under_the_key_does_not_give_days_back(case):
    suspend(case, days(1))
    resume(case, days(3))
    attach(case, at=days(3))
    pace_timers(case_id=case.pk, at=days(3))
    assert timer_of(case, "late_a").due_at == days(7)


@pytest.mark.django_db
def test_a_finished_case_has_no_timers_to_follow(case):
    finish(case, "a", "done")
    finish(case, "b", "done")
    suspend(case, days(1))
    assert not timer_of(case, "late_a").held


WORKING = """
    start > a > b > end
    late_a > chief > end_chief
    late_days > note > end_note
    a: pool=fire timeout='3wd remind'
    late_a: on=a timer=3wd side=true
    late_days: on=a timer=3d side=true
    chief: pool=fire
    note: pool=fire
    b: pool=fire
"""


def add_day_off(day):
    """Make a day off of a working day, as a new notice does."""
    seen = CalendarYear.objects.get(year=day.year).version
    set_day(on=day, working=False, reason="国办发明电", version=seen, by=SYSTEM, at=NOW)


@pytest.mark.django_db
def test_timers_of_working_days_move_with_the_calendar_and_say_why(cast, clock_rules):
    case = begin(WORKING)
    before = {one.node_id or one.act: one.due_at for one in Timer.objects.filter(case=case)}
    run_jobs()
    add_day_off(date(2026, 3, 4))
    run_jobs()
    after = {one.node_id or one.act: one.due_at for one in Timer.objects.filter(case=case)}
    assert (before["late_a"], after["late_a"]) == (days(3), days(4))
    assert (before["remind"], after["remind"]) == (days(3), days(4))
    assert after["late_days"] == before["late_days"] == days(3)
    (entry,) = [one for one in entries_of(case) if one.action == "timer.recounted"]
    assert "国办发明电" in entry.facts["reason"]
    assert {one["due_before"] for one in entry.facts["moved_timers"]} == {days(3).isoformat()}
    assert differences(case.pk) == []
    run_jobs()
    assert sum(one.action == "timer.recounted" for one in entries_of(case)) == 1


@given(
    hours=st.integers(1, 400),
    spans=st.lists(st.tuples(st.integers(-3, 30), st.integers(0, 6)), max_size=4),
)
def test_days_left_out_are_added_and_never_count(hours, spans):
    """The end moves by whole days, by exactly those that were left out on the way, the first day too."""
    left_out = [
        DaySpan(date(2026, 3, 2) + timedelta(days=first), date(2026, 3, 2) + timedelta(days=first + more))
        for first, more in spans
    ]
    delay = parse_delay(f"{hours}h")
    assert delay
    end = paced_due(delay, NOW, left_out)
    away = {
        one.first + timedelta(days=number)
        for one in left_out
        for number in range((one.last - one.first).days + 1)
    }
    passed = [day for day in away if date(2026, 3, 2) <= day <= end.date()]
    assert end - NOW == delay.span + timedelta(days=len(passed))
    assert end.date() not in away


def faults(text):
    return [(one.element, one.code.value) for one in lint(bpmn("x", text))]


def test_lint_wants_a_span_and_a_limit_of_this_flow():
    assert faults(BOUND) == []
    assert [one for one, _code in faults(BOUND.replace("3wd clock=review", "3wd clock=other"))] == ["late_a"]
    assert [one for one, _code in faults(BOUND.replace("3wd clock=review", "2026-05-01 clock=review"))] == [
        "late_a"
    ]
    text = "start > a > wait_m > end\na: clock=review\nwait_m: message=go clock=review"
    assert [one for one, _code in faults(text)] == ["wait_m"]
    text = "start > a > wait_t > end\na: clock=review\nwait_t: timer=5d clock=review"
    assert faults(text) == []
