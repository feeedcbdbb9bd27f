"""Acts on clocks with the law's own cases: start, hold, resume, extend, stop."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from jingkai.casework.clock import api as clocks
from jingkai.casework.clock.data import Approver, EntryKind, LimitValue, State
from jingkai.casework.clock.models import Clock, LedgerEntry
from jingkai.casework.clock.rules.acts import STATUTORY_REASONS
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.calendar.api import CalendarYearMissing, DaySpan
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_rules")]
ZONE = ZoneInfo("Asia/Shanghai")
NOTICE = "专家评审告知书〔2026〕3号"


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def start(key: str = "permit_decision", on: date = date(2026, 3, 2), **more: Any) -> Clock:
    limit = clocks.get_limit(key, on=on)
    return clocks.start_clock(limit=limit, label="消防设计审查", on=on, by=SYSTEM, at=at(on), **more)


def suspend(clock: Clock, on: date, reason: str = "expert_review", **more: Any) -> Clock:
    return clocks.suspend_clock(clock=clock, reason=reason, basis=NOTICE, on=on, by=SYSTEM, at=at(on), **more)


def resume(clock: Clock, on: date) -> Clock:
    return clocks.resume_clock(clock=clock, on=on, by=SYSTEM, at=at(on))


LAW = [
    # key, day zero, due: the limits of 行政许可法 count working days, those of other laws natural ones
    ("permit_acceptance", date(2026, 2, 9), date(2026, 2, 14)),
    ("permit_decision", date(2026, 2, 9), date(2026, 3, 13)),
    ("permit_joint_decision", date(2026, 3, 2), date(2026, 5, 8)),
    ("permit_delivery", date(2026, 9, 24), date(2026, 10, 15)),
    ("hearing_request", date(2026, 4, 30), date(2026, 5, 11)),
    ("fire_design_review", date(2026, 3, 2), date(2026, 3, 23)),
    ("construction_permit", date(2026, 11, 2), date(2026, 11, 9)),
    ("construction_permit", date(2026, 9, 24), date(2026, 10, 8)),
    ("environment_form", date(2026, 11, 2), date(2026, 12, 2)),
    ("environment_report", date(2026, 9, 1), date(2026, 11, 2)),
]


@pytest.mark.parametrize(("key", "zero", "due"), LAW)
def test_limit_of_law_gives_its_due_day(key: str, zero: date, due: date) -> None:
    assert start(key, zero).due_on == due


def test_due_moment_is_the_end_of_the_working_day() -> None:
    assert start().due_at == datetime(2026, 3, 30, 17, 30, tzinfo=ZONE)


def test_decision_clock_counts_from_the_working_day_after_acceptance() -> None:
    friday = start("fire_design_review", date(2026, 3, 6))
    sunday = start("fire_design_review", date(2026, 3, 8))
    assert friday.due_on == sunday.due_on == date(2026, 3, 27)


def test_hold_and_resumption_move_the_due_day_by_exactly_the_excluded_days() -> None:
    clock = start()
    assert clock.due_on == date(2026, 3, 30)
    held = suspend(clock, date(2026, 3, 9))
    assert (held.state, held.reason_code, held.suspended_since) == (
        State.SUSPENDED,
        "expert_review",
        date(2026, 3, 9),
    )
    running = resume(held, date(2026, 3, 16))
    assert running.due_on == date(2026, 4, 7)
    assert running.excluded_spans == (DaySpan(date(2026, 3, 9), date(2026, 3, 15)),)
    line = clocks.list_ledger(clock=running)[-1]
    assert (line.days, line.due_before, line.due_after) == (5, date(2026, 3, 30), date(2026, 4, 7))


def test_resuming_on_the_same_day_moves_nothing() -> None:
    clock = start()
    due = clock.due_on
    assert resume(suspend(clock, date(2026, 3, 9)), date(2026, 3, 9)).due_on == due


def test_hold_on_the_due_day_still_moves_it() -> None:
    clock = start("permit_acceptance", date(2026, 3, 2))
    decision = start("permit_decision", date(2026, 3, 2))
    with pytest.raises(clocks.CannotSuspend):
        suspend(clock, date(2026, 3, 4))
    moved = resume(suspend(decision, date(2026, 3, 30)), date(2026, 4, 1))
    assert moved.due_on == date(2026, 4, 1)


@pytest.mark.parametrize("reason", ["applicant_question", "clarification", "workload", "", "correction"])
def test_reason_outside_the_closed_list_never_stops_the_clock(reason: str) -> None:
    clock = start()
    with pytest.raises(clocks.CannotSuspend) as error:
        suspend(clock, date(2026, 3, 9), reason)
    with translation.override("en"):
        said = str(error.value)
    assert "行政许可法 45" in said
    assert "asking the applicant never is" in said
    clock.refresh_from_db()
    assert (clock.state, clock.ledger.count()) == (State.RUNNING, 1)


@pytest.mark.parametrize("reason", STATUTORY_REASONS)
def test_each_reason_of_the_closed_list_stops_the_clock(reason: str) -> None:
    assert suspend(start(), date(2026, 3, 9), reason).state == State.SUSPENDED


def test_hold_needs_the_written_notice() -> None:
    with pytest.raises(clocks.CannotSuspend):
        clocks.suspend_clock(
            clock=start(), reason="expert_review", basis=" ", by=SYSTEM, at=at(date(2026, 3, 9))
        )


def test_hold_twice_or_past_due_is_refused() -> None:
    clock = suspend(start(), date(2026, 3, 9))
    with pytest.raises(clocks.CannotSuspend):
        suspend(clock, date(2026, 3, 10))
    with pytest.raises(clocks.CannotSuspend):
        suspend(start(), date(2026, 3, 31))


def test_resuming_a_running_clock_is_refused() -> None:
    with pytest.raises(clocks.CannotResume):
        resume(start(), date(2026, 3, 9))


def test_expert_review_of_the_fire_order_is_capped_at_twenty_working_days() -> None:
    clock = start("fire_design_review", date(2026, 3, 2))
    held = suspend(clock, date(2026, 3, 9))
    assert held.suspended_until == date(2026, 4, 4)
    moved = resume(held, date(2026, 5, 20))
    line = clocks.list_ledger(clock=moved)[-1]
    assert line.days == 20
    assert moved.excluded_spans == (DaySpan(date(2026, 3, 9), date(2026, 4, 3)),)
    assert moved.due_on == date(2026, 4, 21)


def test_cap_is_shared_by_all_holds_of_its_reason() -> None:
    clock = start("fire_design_review", date(2026, 3, 2))
    clock = resume(suspend(clock, date(2026, 3, 9)), date(2026, 3, 30))
    assert clocks.list_ledger(clock=clock)[-1].days == 15
    clock = resume(suspend(clock, date(2026, 3, 31)), date(2026, 4, 10))
    assert clocks.list_ledger(clock=clock)[-1].days == 5
    with pytest.raises(clocks.CannotSuspend, match=r"used up|用完"):
        suspend(clock, clock.due_on)


def test_acts_out_of_order_or_in_the_future_are_refused() -> None:
    clock = resume(suspend(start(), date(2026, 3, 9)), date(2026, 3, 12))
    with pytest.raises(clocks.WrongDay):
        clocks.suspend_clock(
            clock=clock,
            reason="hearing",
            basis=NOTICE,
            on=date(2026, 3, 11),
            by=SYSTEM,
            at=at(date(2026, 3, 13)),
        )
    with pytest.raises(clocks.WrongDay):
        clocks.stop_clock(
            clock=clock, outcome="granted", on=date(2026, 3, 20), by=SYSTEM, at=at(date(2026, 3, 13))
        )


def extend(clock: Clock, days: int, approver: str = Approver.ORGAN_HEAD, reason: str = "案情复杂") -> Clock:
    return clocks.extend_clock(
        clock=clock,
        days=days,
        approver=approver,
        reason=reason,
        basis="延期批准书",
        by=SYSTEM,
        at=at(date(2026, 3, 20)),
    )


def test_organ_head_extends_a_decision_by_ten_days_once() -> None:
    clock = extend(start(), 10)
    assert (clock.due_on, clock.extended_days) == (date(2026, 4, 14), 10)
    with pytest.raises(clocks.CannotExtend):
        extend(clock, 1)


def test_joint_handling_is_extended_by_the_head_of_government_only() -> None:
    clock = start("permit_joint_decision")
    with pytest.raises(clocks.CannotExtend):
        extend(clock, 15, "zone_head")
    with pytest.raises(clocks.CannotExtend):
        extend(clock, 15, Approver.ORGAN_HEAD)
    assert extend(clock, 15, Approver.GOVERNMENT_HEAD).extended_days == 15


@pytest.mark.parametrize(
    ("key", "days", "reason"),
    [
        ("fire_design_review", 1, "x"),
        ("permit_decision", 11, "x"),
        ("permit_decision", 0, "x"),
        ("permit_decision", 5, " "),
    ],
)
def test_extension_beyond_the_limit_s_data_is_refused(key: str, days: int, reason: str) -> None:
    with pytest.raises(clocks.CannotExtend):
        extend(start(key), days, reason=reason)


def test_stop_notes_used_days_and_punctuality() -> None:
    clock = resume(suspend(start(), date(2026, 3, 9)), date(2026, 3, 16))
    ended = clocks.stop_clock(clock=clock, outcome="granted", by=SYSTEM, at=at(date(2026, 3, 20)))
    assert (ended.used_days, ended.on_time, ended.stopped_on) == (9, True, date(2026, 3, 20))
    with pytest.raises(clocks.CannotStop):
        clocks.stop_clock(clock=clock, outcome="granted", by=SYSTEM, at=at(date(2026, 3, 21)))


def test_stop_during_a_hold_leaves_the_hold_out() -> None:
    clock = suspend(start(), date(2026, 3, 9))
    ended = clocks.stop_clock(clock=clock, outcome="withdrawn", by=SYSTEM, at=at(date(2026, 3, 16)))
    assert (ended.used_days, ended.suspended_since) == (5, None)


def test_late_stop_is_noted_as_late() -> None:
    ended = clocks.stop_clock(clock=start(), outcome="granted", by=SYSTEM, at=at(date(2026, 3, 31)))
    assert ended.on_time is False


def test_limit_beyond_the_calendar_starts_nothing() -> None:
    with pytest.raises(CalendarYearMissing) as error:
        start(on=date(2026, 12, 21))
    assert error.value.year == 2027
    assert not Clock.objects.exists()


def test_resumption_beyond_the_calendar_changes_nothing() -> None:
    clock = suspend(start(on=date(2026, 11, 23)), date(2026, 12, 1))
    with pytest.raises(CalendarYearMissing), transaction.atomic():
        resume(clock, date(2026, 12, 30))
    clock.refresh_from_db()
    assert (clock.state, clock.ledger.count()) == (State.SUSPENDED, 2)


def test_ledger_cannot_be_changed_or_removed() -> None:
    line = start().ledger.get()
    for change in (lambda: LedgerEntry.objects.filter(pk=line.pk).update(days=99), line.delete):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            change()


def test_every_act_is_in_the_trail() -> None:
    clock = clocks.stop_clock(
        clock=extend(resume(suspend(start(), date(2026, 3, 9)), date(2026, 3, 16)), 3),
        outcome="granted",
        by=SYSTEM,
        at=at(date(2026, 3, 23)),
    )
    actions = [entry.action for entry in entries_of(clock)]
    assert actions == ["clock.start", "clock.suspend", "clock.resume", "clock.extend", "clock.stop"]
    kinds = [line.kind for line in clocks.list_ledger(clock=clock)]
    assert kinds == [EntryKind.START, EntryKind.SUSPEND, EntryKind.RESUME, EntryKind.EXTEND, EntryKind.STOP]


def test_overall_clock_leaves_out_the_union_of_its_parts_holds() -> None:
    zero = date(2026, 3, 2)
    overall = start("permit_joint_decision", zero)
    fire = start("fire_design_review", zero, overall=overall)
    air = start("air_defence_review", zero, overall=overall)
    suspend(fire, date(2026, 3, 9))
    overall.refresh_from_db()
    assert overall.state == State.SUSPENDED
    suspend(air, date(2026, 3, 12), "testing")
    resume(fire, date(2026, 3, 16))
    overall.refresh_from_db()
    assert (overall.state, overall.reason_code) == (State.SUSPENDED, "testing")
    resume(air, date(2026, 3, 18))
    overall.refresh_from_db()
    assert overall.state == State.RUNNING
    assert overall.excluded_spans == (DaySpan(date(2026, 3, 9), date(2026, 3, 17)),)
    assert overall.due_on == date(2026, 5, 18)
    fire.refresh_from_db()
    air.refresh_from_db()
    assert clocks.union_excluded([fire, air]) == overall.excluded_spans


def test_starting_several_clocks_costs_as_many_queries_as_one(django_assert_max_num_queries: Any) -> None:
    limits = clocks.get_limits(["fire_design_review", "air_defence_review"], on=date(2026, 3, 2))
    starts = [clocks.ClockStart(limit=limit, label=key, on=date(2026, 3, 2)) for key, limit in limits.items()]
    with django_assert_max_num_queries(9):
        assert len(clocks.start_clocks(starts=starts, by=SYSTEM, at=at(date(2026, 3, 2)))) == 2


def test_limit_pins_the_version_of_its_rule() -> None:
    clock = start("fire_design_review")
    assert clock.limit_rule_id == clocks.get_limit("fire_design_review", on=date(2026, 3, 2)).rule_id
    assert LimitValue.from_json(clock.limit).exclusion("expert_review").cap == 20  # type: ignore[union-attr]
