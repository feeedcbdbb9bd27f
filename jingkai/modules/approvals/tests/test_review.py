"""The departments' law: questions stop no clock, expert reviews do, objections bind (行政许可法 42, 45)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.api import NotYourTask, TaskNotOpen, UnknownOutcome
from jingkai.casework.cases.models import Task
from jingkai.casework.clock.api import CannotSuspend, end_capped_hold
from jingkai.casework.clock.models import LedgerEntry
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import ApplicationItem, ExpertReview, Question
from jingkai.modules.approvals.operations.decision import ObjectionStands
from jingkai.modules.approvals.operations.review import (
    AlreadyAnswered,
    NoReviewRunning,
    ReviewStillRunning,
)
from jingkai.modules.approvals.testing import Hall, moment

pytestmark = pytest.mark.django_db


def review(hall: Hall, matter: Any, starts: str, ends: str | None = None) -> tuple[Task, Any]:
    """Start an expert review of the fire item, and end it where a moment is given."""
    task, officer = hall.claim(matter, "fire", "officer_fire", at=starts)
    operations.start_expert_review(task=task, reason="特殊消防设计", by=officer, at=moment(starts))
    if ends:
        operations.end_expert_review(task=task, conclusion="同意", by=officer, at=moment(ends))
    return task, officer


def test_question_does_not_stop_the_clock(hall: Hall) -> None:
    """行政许可法 45 is a closed list: going back to the applicant is not in it."""
    matter = hall.bring_to("accepted")
    before = hall.clock(matter, "quality")
    task, officer = hall.claim(matter, "quality", "officer_quality", at="2026-03-04 09:00")
    question = operations.ask_applicant(
        task=task, text="深基坑报警值？", by=officer, at=moment("2026-03-04 09:05")
    )
    after = hall.clock(matter, "quality")
    assert (after.state, after.due_on, after.excluded) == ("running", before.due_on, [])
    assert not LedgerEntry.objects.filter(clock=after).exclude(kind="start").exists()
    operations.answer_question(
        question=question,
        answer="累计 30 mm。",
        by=hall.actor("handler", "2026-03-05 09:00"),
        at=moment("2026-03-05 09:00"),
    )
    assert hall.clock(matter, "quality").due_on == before.due_on
    told = Notice.objects.get(kind="question_answered")
    assert told.to_id == officer.party_id


def test_question_is_answered_once_and_by_the_applicant_only(hall: Hall) -> None:
    matter = hall.bring_to("accepted")
    task, officer = hall.claim(matter, "quality", "officer_quality", at="2026-03-04 09:00")
    question = operations.ask_applicant(task=task, text="？", by=officer, at=moment("2026-03-04 09:05"))
    for stranger in ("other_handler", "clerk", "stranger"):
        with pytest.raises(PersonFacingError):
            operations.answer_question(
                question=question,
                answer="冒名",
                by=hall.actor(stranger, "2026-03-05 09:00"),
                at=moment("2026-03-05 09:00"),
            )
    own = hall.actor("legal_representative", "2026-03-05 09:00")
    operations.answer_question(question=question, answer="答复", by=own, at=moment("2026-03-05 09:00"))
    with pytest.raises(AlreadyAnswered):
        operations.answer_question(question=question, answer="改", by=own, at=moment("2026-03-05 09:01"))
    assert Question.objects.get().answer == "答复"


@pytest.mark.parametrize(
    ("starts", "ends", "days", "due"),
    [
        ("2026-03-04 10:00", "2026-03-04 16:00", 0, date(2026, 3, 24)),  # ended on the day it began
        ("2026-03-04 10:00", "2026-03-05 09:00", 1, date(2026, 3, 25)),
        ("2026-03-06 10:00", "2026-03-09 09:00", 1, date(2026, 3, 25)),  # over a weekend: Friday only
        ("2026-03-07 10:00", "2026-03-08 10:00", 0, date(2026, 3, 24)),  # on a weekend: nothing to leave out
        ("2026-03-04 10:00", "2026-03-31 09:00", 19, date(2026, 4, 21)),  # one day short of the cap
        ("2026-03-04 10:00", "2026-04-01 09:00", 20, date(2026, 4, 22)),  # exactly the cap
        ("2026-03-04 10:00", "2026-04-20 09:00", 20, date(2026, 4, 22)),  # beyond it: twenty and no more
    ],
)
def test_due_date_moves_by_exactly_the_excluded_working_days(
    hall: Hall, starts: str, ends: str, days: int, due: date
) -> None:
    """住建部令 51 号: fifteen working days, expert review of at most twenty left out; 04-06 is Qingming."""
    matter = hall.bring_to("accepted")
    assert hall.clock(matter, "fire").due_on == date(2026, 3, 24)
    review(hall, matter, starts, ends)
    row = ExpertReview.objects.get()
    assert (row.excluded_days, row.basis) == (days, "中华人民共和国行政许可法第四十五条")
    assert (hall.clock(matter, "fire").due_on, hall.clock(matter, "fire").state) == (due, "running")


def test_two_reviews_share_one_cap(hall: Hall) -> None:
    matter = hall.bring_to("accepted")
    review(hall, matter, "2026-03-04 10:00", "2026-03-25 09:00")  # fifteen days
    review(hall, matter, "2026-03-26 10:00", "2026-04-10 09:00")  # five are left
    assert list(ExpertReview.objects.values_list("excluded_days", flat=True)) == [15, 5]
    assert hall.clock(matter, "fire").due_on == date(2026, 4, 22)


def test_review_whose_cap_ended_by_itself_can_still_be_concluded(hall: Hall) -> None:
    """After twenty days the nightly job lets the clock run; the experts' conclusion comes later."""
    matter = hall.bring_to("accepted")
    task, officer = review(hall, matter, "2026-03-04 10:00")
    end_capped_hold(clock=hall.clock(matter, "fire"), by=SYSTEM, at=moment("2026-04-02 00:05"))
    assert hall.clock(matter, "fire").state == "running"
    ended = operations.end_expert_review(
        task=task, conclusion="专家组同意", by=officer, at=moment("2026-04-08 10:00")
    )
    assert ended.excluded_days == 20
    assert hall.clock(matter, "fire").due_on == date(2026, 4, 22)
    assert hall.conclude(matter, "fire", at="2026-04-08 11:00").state == "agreed"


def test_suspended_item_can_not_be_concluded(hall: Hall) -> None:
    matter = hall.bring_to("accepted")
    review(hall, matter, "2026-03-04 10:00")
    with pytest.raises(ReviewStillRunning):
        hall.conclude(matter, "fire", at="2026-03-05 10:00")
    assert hall.item(matter, "fire").state == ApplicationItem.State.RUNNING


def test_review_is_refused_where_the_law_knows_none(hall: Hall) -> None:
    """The registration's limit allows no reason; its clock keeps running."""
    matter = hall.bring_to("accepted")
    task, officer = hall.claim(matter, "quality", "officer_quality", at="2026-03-04 09:00")
    with pytest.raises(CannotSuspend):
        operations.start_expert_review(task=task, reason="想想看", by=officer, at=moment("2026-03-04 09:05"))
    assert hall.clock(matter, "quality").state == "running"
    assert not ExpertReview.objects.exists()


def test_second_review_at_the_same_time_is_refused(hall: Hall) -> None:
    matter = hall.bring_to("accepted")
    task, officer = review(hall, matter, "2026-03-04 10:00")
    with pytest.raises(CannotSuspend):
        operations.start_expert_review(task=task, reason="再来", by=officer, at=moment("2026-03-05 10:00"))
    assert ExpertReview.objects.count() == 1


def test_ending_a_review_that_never_began_is_refused(hall: Hall) -> None:
    matter = hall.bring_to("accepted")
    task, officer = hall.claim(matter, "fire", "officer_fire", at="2026-03-04 09:00")
    with pytest.raises(NoReviewRunning):
        operations.end_expert_review(task=task, conclusion="—", by=officer, at=moment("2026-03-04 09:05"))


def test_other_departments_keep_their_clocks_during_a_review(hall: Hall) -> None:
    matter = hall.bring_to("accepted")
    review(hall, matter, "2026-03-04 10:00", "2026-03-11 10:00")
    assert hall.clock(matter, "airdefence").due_on == date(2026, 3, 31)
    assert hall.clock(matter, "quality").due_on == date(2026, 3, 10)


def test_deciding_items_clock_runs_until_the_seal_and_others_stop_at_their_opinion(hall: Hall) -> None:
    matter = hall.bring_to("reviewed", reviewed="2026-03-05 15:00")
    states = {branch: hall.clock(matter, branch).state for branch in ("fire", "airdefence", "quality")}
    assert states == {"fire": "running", "airdefence": "stopped", "quality": "stopped"}


def test_objection_blocks_a_grant_and_leaves_the_task_open(hall: Hall) -> None:
    matter = hall.bring_to("accepted")
    hall.conclude(matter, "airdefence", "object", text="防空地下室面积不足。")
    hall.conclude(matter, "quality")
    hall.conclude(matter, "fire")
    with pytest.raises(ObjectionStands) as refused:
        hall.summarise(matter, "granted")
    assert "人民防空办公室派驻组" in str(refused.value.sentence)
    assert hall.task(matter, "summarise").state == Task.State.OPEN
    hall.summarise(matter, "denied", text="防空地下室面积不足，审查不合格。")
    assert hall.sign(matter).outcome == "denied"


def test_department_that_objected_may_conclude_anew_after_the_matter_came_back(hall: Hall) -> None:
    """What `ObjectionStands` advises: send the matter back to that department."""
    matter = hall.bring_to("accepted")
    hall.conclude(matter, "airdefence", "object", text="面积不足。")
    hall.conclude(matter, "quality")
    hall.conclude(matter, "fire")
    task, officer = hall.claim(matter, "summarise", "officer_fire", at="2026-03-06 09:00")
    cases.send_back(
        task=task,
        to_node="airdefence",
        reason="申请人已补充图纸。",
        by=officer,
        at=moment("2026-03-06 09:10"),
    )
    item = hall.conclude(matter, "airdefence", "agree", at="2026-03-09 09:00")
    assert item.state == ApplicationItem.State.AGREED
    hall.summarise(matter, "granted", at="2026-03-09 10:00")
    assert hall.sign(matter, at="2026-03-09 11:00").outcome == "granted"


@pytest.mark.parametrize("outcome", ["", "granted", "sign", "send_back", "x"])
def test_opinion_must_be_one_that_the_step_knows(hall: Hall, outcome: str) -> None:
    matter = hall.bring_to("accepted")
    with pytest.raises(UnknownOutcome), transaction.atomic():
        hall.conclude(matter, "fire", outcome)
    assert hall.item(matter, "fire").state == ApplicationItem.State.RUNNING


def test_summary_operation_does_not_conclude_a_departments_review(hall: Hall) -> None:
    """Otherwise an objection would never reach the item, and a grant would pass over it."""
    matter = hall.bring_to("accepted")
    task, officer = hall.claim(matter, "airdefence", "officer_airdefence", at="2026-03-04 09:00")
    with pytest.raises(PersonFacingError):
        operations.summarise(
            task=task, outcome="object", text="不同意", by=officer, at=moment("2026-03-04 09:05")
        )
    assert hall.task(matter, "airdefence").state == Task.State.OPEN


ACTS: list[tuple[str, Callable[[Task, Any, Any], Any]]] = [
    ("ask", lambda task, by, at: operations.ask_applicant(task=task, text="？", by=by, at=at)),
    ("start", lambda task, by, at: operations.start_expert_review(task=task, reason="x", by=by, at=at)),
    ("end", lambda task, by, at: operations.end_expert_review(task=task, conclusion="x", by=by, at=at)),
    (
        "conclude",
        lambda task, by, at: operations.give_opinion(task=task, outcome="agree", text="x", by=by, at=at),
    ),
]


@pytest.mark.parametrize(("name", "act"), ACTS, ids=[name for name, _act in ACTS])
def test_officer_of_another_unit_can_do_nothing_in_a_review(
    hall: Hall, name: str, act: Callable[[Task, Any, Any], Any]
) -> None:
    matter = hall.bring_to("accepted")
    task = hall.task(matter, "fire")
    for stranger in ("officer_airdefence", "officer_quality", "clerk", "custodian", "handler"):
        with pytest.raises(NotYourTask):
            act(task, hall.actor(stranger, "2026-03-04 09:00"), moment("2026-03-04 09:00"))
    assert hall.item(matter, "fire").state == ApplicationItem.State.RUNNING


@pytest.mark.parametrize(("name", "act"), ACTS, ids=[name for name, _act in ACTS])
def test_finished_review_takes_no_more_acts(
    hall: Hall, name: str, act: Callable[[Task, Any, Any], Any]
) -> None:
    matter = hall.bring_to("accepted")
    task, officer = hall.claim(matter, "fire", "officer_fire", at="2026-03-04 09:00")
    operations.give_opinion(
        task=task, outcome="agree", text="同意", by=officer, at=moment("2026-03-04 10:00")
    )
    with pytest.raises(TaskNotOpen):
        act(task, officer, moment("2026-03-04 10:01"))
    assert hall.clock(matter, "fire").state == "running"
