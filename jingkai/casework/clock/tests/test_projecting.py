"""Computing clocks anew after the calendar changed, and background work."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from jingkai.casework.clock import api as clocks
from jingkai.casework.clock import jobs
from jingkai.casework.clock.data import EntryKind, State
from jingkai.casework.clock.events import ClockDueSoon, ClockOverdue, ClockProjected
from jingkai.casework.clock.models import Clock
from jingkai.kernel.calendar.api import CalendarYearMissing, get_calendar, set_day
from jingkai.kernel.calendar.models import CalendarYear
from jingkai.kernel.events.testing import run_jobs, watching
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_rules")]
ZONE = ZoneInfo("Asia/Shanghai")
TYPHOON = "台风停工通知"


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def start(key: str = "permit_decision", **more: Any) -> Clock:
    limit = clocks.get_limit(key, on=date(2026, 3, 2))
    return clocks.start_clock(limit=limit, label=key, by=SYSTEM, at=at(3, 2), **more)


def lights(told: list[Any]) -> list[type]:
    return [type(event) for event in told if isinstance(event, ClockDueSoon | ClockOverdue)]


def close(*days: date) -> None:
    for on in days:
        version = CalendarYear.objects.get(year=on.year).version
        set_day(on=on, working=False, reason=TYPHOON, version=version, by=SYSTEM, at=at(3, 3))


def test_changed_calendar_moves_running_clocks_and_logs_the_reason() -> None:
    running, ended = start(), clocks.stop_clock(clock=start(), outcome="granted", by=SYSTEM, at=at(3, 3))
    assert running.due_on == date(2026, 3, 30)
    close(date(2026, 3, 10), date(2026, 3, 11))
    done = clocks.reproject_clocks(clock_ids=[running.pk, ended.pk], reason=TYPHOON, by=SYSTEM, at=at(3, 4))
    assert (done.moved, done.stuck) == ((running.pk,), ())
    running.refresh_from_db()
    assert running.due_on == date(2026, 4, 1)
    assert running.calendar_fingerprint == get_calendar().fingerprint
    line = clocks.list_ledger(clock=running)[-1]
    assert (line.kind, line.note) == (EntryKind.REPROJECT, TYPHOON)
    assert (line.due_before, line.due_after) == (date(2026, 3, 30), date(2026, 4, 1))
    ended.refresh_from_db()
    assert ended.due_on == date(2026, 3, 30)


def test_computing_anew_twice_changes_nothing_the_second_time() -> None:
    clock = start()
    close(date(2026, 3, 10))
    assert clocks.reproject_clock(clock=clock, reason=TYPHOON, by=SYSTEM, at=at(3, 4))
    assert not clocks.reproject_clock(clock=clock, reason=TYPHOON, by=SYSTEM, at=at(3, 5))
    assert clock.ledger.count() == 2


def test_change_far_away_only_notes_the_new_calendar() -> None:
    clock = start()
    close(date(2026, 11, 10))
    assert not clocks.reproject_clock(clock=clock, reason=TYPHOON, by=SYSTEM, at=at(3, 4))
    clock.refresh_from_db()
    assert clock.calendar_fingerprint == get_calendar().fingerprint
    assert clock.ledger.count() == 1


def test_changed_day_inside_a_hold_changes_the_excluded_days_only() -> None:
    clock = clocks.suspend_clock(clock=start(), reason="testing", basis="告知书", by=SYSTEM, at=at(3, 9))
    clock = clocks.resume_clock(clock=clock, by=SYSTEM, at=at(3, 16))
    due = clock.due_on
    close(date(2026, 3, 10))
    assert not clocks.reproject_clock(clock=clock, reason=TYPHOON, by=SYSTEM, at=at(3, 17))
    clock.refresh_from_db()
    assert clock.due_on == due


def december() -> Clock:
    limit = clocks.get_limit("permit_decision", on=date(2026, 12, 1))
    return clocks.start_clock(limit=limit, label="x", by=SYSTEM, at=at(12, 1))


def test_clock_that_needs_a_missing_year_keeps_its_dates_and_is_told_of() -> None:
    other, late = start(), december()
    due = late.due_on
    for day in (21, 22, 23, 24, 25, 28, 29, 30):
        close(date(2026, 12, day))
    close(date(2026, 3, 10))
    done = clocks.reproject_clocks(clock_ids=[other.pk, late.pk], reason=TYPHOON, by=SYSTEM, at=at(3, 4))
    assert (done.moved, done.stuck) == ((other.pk,), (late.pk,))
    late.refresh_from_db()
    assert late.due_on == due
    with pytest.raises(CalendarYearMissing):
        clocks.reproject_clock(clock=late, reason=TYPHOON, by=SYSTEM, at=at(3, 4))


def test_overall_clock_is_computed_after_its_parts() -> None:
    overall = start("permit_joint_decision")
    part = start("fire_design_review", overall=overall)
    part = clocks.suspend_clock(clock=part, reason="expert_review", basis="告知书", by=SYSTEM, at=at(3, 9))
    part = clocks.resume_clock(clock=part, by=SYSTEM, at=at(4, 20))
    overall.refresh_from_db()
    assert overall.excluded_spans == part.excluded_spans
    close(date(2026, 3, 10))
    clocks.reproject_clocks(clock_ids=[overall.pk, part.pk], reason=TYPHOON, by=SYSTEM, at=at(4, 21))
    overall.refresh_from_db()
    part.refresh_from_db()
    assert overall.excluded_spans == part.excluded_spans
    again = clocks.reproject_clocks(clock_ids=[overall.pk, part.pk], reason=TYPHOON, by=SYSTEM, at=at(4, 21))
    assert again.moved == ()


def test_changed_calendar_computes_all_open_clocks_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    several = [start() for _ in range(5)]
    with time_machine.travel(at(3, 4)):
        close(date(2026, 3, 10))
        with watching() as told:
            run_jobs()
    dues = set(Clock.objects.values_list("due_on", flat=True))
    assert dues == {date(2026, 3, 31)}
    moved = [pk for event in told if isinstance(event, ClockProjected) for pk in event.clock_ids]
    assert sorted(moved) == [clock.pk for clock in several]


def test_capped_hold_ends_by_itself() -> None:
    clock = start("fire_design_review")
    clocks.suspend_clock(clock=clock, reason="expert_review", basis="告知书", by=SYSTEM, at=at(3, 9))
    with time_machine.travel(at(4, 3)):
        jobs.end_capped_holds()
    clock.refresh_from_db()
    assert clock.state == State.SUSPENDED
    with time_machine.travel(at(4, 8)):
        jobs.end_capped_holds()
        jobs.end_capped_holds()
    clock.refresh_from_db()
    assert (clock.state, clock.due_on) == (State.RUNNING, date(2026, 4, 21))
    line = clocks.list_ledger(clock=clock)[-1]
    assert (line.kind, line.on, line.days) == (EntryKind.RESUME, date(2026, 4, 4), 20)


def test_each_light_that_turns_is_told_once() -> None:
    clock = start("fire_design_review")
    seen: list[Any] = []
    for moment in (at(3, 17), at(3, 18), at(3, 19), at(3, 23, 18), at(3, 25)):
        with time_machine.travel(moment), watching() as told:
            jobs.warn()
        seen.append(lights(told))
    assert seen == [[], [ClockDueSoon], [], [ClockOverdue], []]
    clock.refresh_from_db()
    assert clock.warned == 2


def test_clock_on_hold_is_not_warned_of_and_may_be_again_after_moving() -> None:
    clock = start("fire_design_review")
    with time_machine.travel(at(3, 18)), watching() as told:
        jobs.warn()
    assert lights(told) == [ClockDueSoon]
    clock = clocks.suspend_clock(clock=clock, reason="expert_review", basis="告知书", by=SYSTEM, at=at(3, 19))
    with time_machine.travel(at(4, 1)), watching() as told:
        jobs.warn()
    assert told == []
    clock = clocks.resume_clock(clock=clock, by=SYSTEM, at=at(4, 1))
    assert clock.warned == (1 if clock.yellow_at <= at(4, 1) else 0)
