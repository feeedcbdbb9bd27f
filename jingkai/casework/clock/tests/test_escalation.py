"""When warnings and cards fall due, and that each is sent once, also after a crash."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from jingkai.casework.clock import api as clocks
from jingkai.casework.clock import jobs, operations
from jingkai.casework.clock.data import STEPS, ClockSubject, EscalationRule, LimitValue, Step
from jingkai.casework.clock.models import Card, Clock, StepTaken
from jingkai.casework.clock.operations import escalating
from jingkai.casework.clock.rules.escalation import next_step
from jingkai.casework.clock.rules.hours import wall
from jingkai.casework.clock.rules.projection import due_moment
from jingkai.casework.clock.rules.subjects import SubjectSource, subject_sources
from jingkai.kernel.calendar.api import get_packaged_calendar
from jingkai.kernel.calendar.models import CalendarYear
from jingkai.kernel.events.testing import watching
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = get_packaged_calendar()


def moments(limit: LimitValue, started_on: date) -> list[tuple[Step, datetime | None]]:
    due_on = CALENDAR.add_working_days(started_on, limit.amount)
    found, number = [], 0
    while True:
        number, moment = next_step(
            number,
            limit,
            started_on=started_on,
            due_on=due_on,
            due_at=due_moment(limit, due_on, ZONE),
            excluded=(),
            calendar=CALENDAR,
            zone=ZONE,
        )
        if number == len(STEPS):
            return found
        found.append((STEPS[number], moment))
        number += 1


def text(found: list[tuple[Step, datetime | None]]) -> list[str]:
    return [f"{step.value} {moment:%m-%d %H:%M}" for step, moment in found if moment]


def test_steps_fall_around_the_end_of_a_decision() -> None:
    assert text(moments(LimitValue(amount=20), date(2026, 3, 2))) == [
        "holder 03-25 09:00",
        "head 03-27 09:00",
        "supervisor 03-30 17:30",
        "yellow_card 03-31 17:30",
        "red_card 04-02 17:30",
    ]


def test_short_limits_skip_warnings_that_would_come_before_their_start() -> None:
    steps = [step for step, _moment in moments(LimitValue(amount=2), date(2026, 3, 2))]
    assert steps == [Step.HEAD, Step.SUPERVISOR, Step.YELLOW_CARD, Step.RED_CARD]


def test_steps_left_out_by_the_rule_do_not_exist() -> None:
    rule = EscalationRule(holder=None, head=None, supervisor=2, yellow_card=None, red_card=0)
    found = moments(LimitValue(amount=10, escalation=rule), date(2026, 3, 2))
    assert text(found) == ["supervisor 03-12 09:00", "red_card 03-16 17:30"]


def test_card_beyond_the_loaded_calendar_waits_for_it() -> None:
    found = moments(LimitValue(amount=20), date(2026, 12, 2))
    assert [moment is None for _step, moment in found] == [False, False, False, False, True]


@given(st.dates(date(2025, 1, 2), date(2026, 9, 1)), st.integers(1, 60))
def test_steps_come_in_order_and_none_before_the_clock(started_on: date, amount: int) -> None:
    found = [moment for _step, moment in moments(LimitValue(amount=amount), started_on) if moment]
    assert found == sorted(found)
    assert all(moment > wall(started_on, "00:00", ZONE) for moment in found)


# --- with a database ------------------------------------------------------------------------------


@pytest.fixture
def matter(clock_rules: object, cast: Cast) -> Any:
    """A clock in the hands of an officer, with everybody to be told."""
    with time_machine.travel(datetime(2026, 3, 2, 10, tzinfo=ZONE)):
        limit = clocks.get_limit("fire_design_review", on=date(2026, 3, 2))
        clock = clocks.start_clock(
            limit=limit, label="消防审查", by=SYSTEM, at=datetime(2026, 3, 2, 10, tzinfo=ZONE)
        )
    officer = cast.officer_fire
    subject = ClockSubject(
        reference="SP2026-00001",
        title="二期厂房",
        title_en="Plant 2",
        url="",
        holders=(officer.party_id or 0,),
        units=officer.unit_ids[:1],
        staff_url="/cases/1",
    )
    source = SubjectSource(
        "test", lambda ids: dict.fromkeys(ids, subject), lambda actor, _id: actor is not None
    )
    with subject_sources.only(source):
        yield clock


def tell_at(moment: datetime) -> list[str]:
    with time_machine.travel(moment):
        jobs.warn()
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def test_everybody_is_told_in_turn_and_once(matter: Clock, cast: Cast) -> None:
    due = matter.due_at
    assert tell_at(due - timedelta(days=10)) == []
    assert tell_at(due - timedelta(days=4)) == ["limit_holder_warned"]
    assert tell_at(due - timedelta(days=4)) == ["limit_holder_warned"]
    told = Notice.objects.get()
    assert (told.to_id, told.case_ref) == (cast.officer_fire.party_id, "SP2026-00001")
    tell_at(due + timedelta(days=8))
    steps = list(StepTaken.objects.order_by("pk").values_list("step", flat=True))
    assert steps == [step.value for step in STEPS]
    assert set(Card.objects.values_list("colour", flat=True)) == {"yellow", "red"}
    before = Notice.objects.count()
    tell_at(due + timedelta(days=20))
    assert (Notice.objects.count(), Card.objects.count()) == (before, 2)


def test_crash_between_card_and_commit_leaves_nothing_and_is_made_good(
    matter: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = matter.due_at + timedelta(days=1, minutes=1)
    original = escalating.notify

    def crash(**given: Any) -> Any:
        if given["kind"] == "yellow_card_issued":
            raise RuntimeError("the worker died")
        return original(**given)

    with monkeypatch.context() as patch:
        patch.setattr(escalating, "notify", crash)
        with pytest.raises(RuntimeError):
            tell_at(late)
    assert (Card.objects.count(), StepTaken.objects.filter(step="yellow_card").count()) == (0, 0)
    tell_at(late)
    assert Card.objects.get().colour == "yellow"


def test_moved_due_day_warns_again_of_the_new_one_only(matter: Clock) -> None:
    tell_at(matter.due_at - timedelta(days=4))
    at = matter.due_at - timedelta(days=3, hours=-1)
    clock = clocks.suspend_clock(clock=matter, reason="expert_review", basis="告知书", by=SYSTEM, at=at)
    assert len(tell_at(matter.due_at + timedelta(days=9))) == 1  # nobody is warned during a hold
    clock = clocks.resume_clock(clock=clock, by=SYSTEM, at=at + timedelta(days=10))
    assert clock.due_on > matter.due_on
    assert clock.step == 0
    tell_at(clock.due_at - timedelta(days=3, hours=8))
    assert StepTaken.objects.filter(step="holder").count() == 2


def test_ended_clock_gets_no_card(matter: Clock) -> None:
    clocks.stop_clock(clock=matter, outcome="granted", by=SYSTEM, at=matter.due_at)
    tell_at(matter.due_at + timedelta(days=20))
    assert Card.objects.count() == 0


def test_card_that_waited_for_a_year_is_planned_when_it_is_loaded(clock_rules: object) -> None:
    at = datetime(2026, 12, 1, 10, tzinfo=ZONE)
    limit = clocks.get_limit("permit_decision", on=at.date())
    limit = replace(limit, escalation=EscalationRule(None, None, None, 1, 9))
    clock = clocks.start_clock(limit=limit, label="x", by=SYSTEM, at=at)
    operations.take_steps(at=clock.due_at + timedelta(days=2))
    clock.refresh_from_db()
    assert (STEPS[clock.step], clock.step_at) == (Step.RED_CARD, None)
    year = CalendarYear.objects.get(year=2026)
    from jingkai.kernel.calendar.api import load_year

    load_year(year=2027, days=[], source="测试", by=SYSTEM, at=at)
    assert year.pk
    with watching():
        clocks.reproject_clocks(clock_ids=[clock.pk], reason="2027", by=SYSTEM, at=at + timedelta(days=40))
    clock.refresh_from_db()
    assert clock.step_at is not None
