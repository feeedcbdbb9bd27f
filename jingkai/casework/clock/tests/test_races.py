"""Two at once on one clock: holds, extensions and cards happen once, and the ledger stays in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jingkai.casework.clock import api as clocks
from jingkai.casework.clock import operations
from jingkai.casework.clock.models import Clock, LedgerEntry, StepTaken
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.hooks.testing import at_once
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock_rules")]
ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 2, 10, tzinfo=ZONE)
MANY = 6


def race(*acts: Callable[[], Any]) -> list[str]:
    """Run acts that start together; gives what became of each."""
    results = at_once(*acts)
    failed = [one for one in results if isinstance(one, Exception) and not isinstance(one, PersonFacingError)]
    assert not failed, failed
    return sorted(type(one).__name__ if isinstance(one, Exception) else "done" for one in results)


def start(**more: Any) -> Clock:
    limit = clocks.get_limit("permit_decision", on=AT.date())
    return clocks.start_clock(limit=limit, label="审批", by=SYSTEM, at=AT, **more)


def kinds(clock: Clock) -> list[str]:
    rows = LedgerEntry.objects.filter(clock=clock).order_by("sequence")
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    return [row.kind for row in rows]


def suspend(clock: Clock) -> Any:
    at = AT + timedelta(days=2)
    return clocks.suspend_clock(clock=clock, reason="hearing", basis="听证通知书", by=SYSTEM, at=at)


def resume(clock: Clock) -> Any:
    return clocks.resume_clock(clock=clock, by=SYSTEM, at=AT + timedelta(days=7))


def test_one_of_many_holds_and_one_of_many_resumptions_wins() -> None:
    clock = start()
    assert race(*[lambda: suspend(clock)] * MANY) == ["CannotSuspend"] * (MANY - 1) + ["done"]
    assert race(*[lambda: resume(clock)] * MANY) == ["CannotResume"] * (MANY - 1) + ["done"]
    assert kinds(clock) == ["start", "suspend", "resume"]
    clock.refresh_from_db()
    assert clock.due_on == date(2026, 4, 2)


def test_hold_against_extension_keeps_both_in_some_order() -> None:
    clock = start()

    def extend() -> Any:
        at = AT + timedelta(days=2)
        return clocks.extend_clock(
            clock=clock, days=5, approver="organ_head", reason="复杂", basis="审批单", by=SYSTEM, at=at
        )

    assert race(lambda: suspend(clock), extend, extend) == ["CannotExtend", "done", "done"]
    assert sorted(kinds(clock)) == ["extend", "start", "suspend"]


def test_parts_of_one_matter_and_its_overall_clock_never_lock_each_other_out() -> None:
    overall = start()
    parts = [start(overall=overall) for _number in range(4)]
    assert race(*[lambda part=part: suspend(part) for part in parts]) == ["done"] * 4
    assert race(*[lambda part=part: resume(part) for part in parts]) == ["done"] * 4
    overall.refresh_from_db()
    assert overall.excluded_spans == clocks.union_excluded(Clock.objects.filter(overall=overall))
    assert overall.due_on == date(2026, 4, 2)


def test_new_calendar_against_acts_loses_none_of_them() -> None:
    several = [start() for _number in range(3)]

    def anew() -> Any:
        return clocks.reproject_clocks(
            clock_ids=[clock.pk for clock in several], reason="x", by=SYSTEM, at=AT + timedelta(days=2)
        )

    told = race(anew, anew, *[lambda clock=clock: suspend(clock) for clock in several])
    assert told == ["done"] * 5
    assert [kinds(clock) for clock in several] == [["start", "suspend"]] * 3


def test_warnings_of_two_workers_are_sent_once() -> None:
    for _number in range(3):
        start()
    late = AT + timedelta(days=60)
    for _again in range(6):
        race(*[lambda: operations.take_steps(at=late)] * 3)
    taken = list(StepTaken.objects.values_list("clock_id", "step"))
    assert len(taken) == len(set(taken)) == 3 * 5
