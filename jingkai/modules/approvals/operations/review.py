"""The departments' acts: ask, suspend for an expert review, resume, conclude."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.clock import api as clock
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.events import ItemConcluded, ItemResumed, ItemSuspended
from jingkai.modules.approvals.models import ApplicationItem, ExpertReview, Question
from jingkai.modules.approvals.operations.drafts import NotYours
from jingkai.modules.approvals.operations.steps import lock_item
from jingkai.modules.approvals.operations.telling import tell_enterprise, tell_officer


class QuestionOpen(PersonFacingError):
    """The applicant has not answered yet."""

    sentence = _("The applicant has not answered your question yet.")
    advice = _("Wait for the answer, or conclude on what is in the file: the clock keeps running.")


class AlreadyAnswered(PersonFacingError):
    """Somebody answered this question before."""

    sentence = _("This question was already answered.")
    advice = _("Open the matter again to read the answer.")


class ReviewStillRunning(PersonFacingError):
    """An item can't be concluded while its clock is suspended."""

    sentence = _("The expert review is still running, so the item can't be concluded.")
    advice = _("Record the experts' conclusion first; the clock then runs again.")


class HearingStillRunning(PersonFacingError):
    """An item can't be concluded before its hearing is over (行政许可法 48: decided on its record)."""

    sentence = _("The hearing is not over yet, so the item can't be concluded.")
    advice = _("Record what the hearing found first; the clock then runs again.")


class NoReviewRunning(PersonFacingError):
    """There is no expert review to end."""

    sentence = _("There is no expert review running for this item.")


@transaction.atomic
def ask_applicant(*, task: Task, text: str, by: Actor, at: datetime) -> Question:
    """Ask the applicant. The clock keeps running: 行政许可法 45 is a closed list and does not name this."""
    item = lock_item(task=task, by=by)
    question = Question.objects.create(item=item, asked_by_id=rules.person_of(by), asked_at=at, text=text)
    audit.record(
        task.case,
        action="review.question_asked",
        by=by,
        at=at,
        for_=item.application.enterprise_id,
        facts={"question": question.pk, "branch": item.branch},
    )
    tell_enterprise(item.application, kind="question_asked", at=at, unit=item.unit.name, question=text[:300])
    return question


@transaction.atomic
def answer_question(*, question: Question, answer: str, by: Actor, at: datetime) -> Question:
    """Answer a department's question; the officer who asked is told."""
    locked = (
        Question.objects.select_for_update(of=("self",))
        .select_related("item__application__case")
        .get(pk=question.pk)
    )
    if locked.answered_at is not None:
        raise AlreadyAnswered
    application = locked.item.application
    if application.enterprise_id not in by.enterprise_ids or application.case is None:
        raise NotYours
    locked.answer, locked.answered_at, locked.answered_by_id = answer, at, by.party_id
    locked.save(update_fields=("answer", "answered_at", "answered_by"))
    audit.record(
        application.case,
        action="review.question_answered",
        by=by,
        at=at,
        for_=application.enterprise_id,
        facts={"question": locked.pk, "branch": locked.item.branch},
    )
    tell_officer(locked.asked_by_id, application, kind="question_answered", at=at)
    return locked


@transaction.atomic
def start_expert_review(*, task: Task, reason: str, by: Actor, at: datetime) -> ExpertReview:
    """Suspend the item's clock for an expert review and tell the applicant in writing (行政许可法 45)."""
    item = lock_item(task=task, by=by)
    basis = queries.basis_of(item, "expert_review")
    clock.suspend_clock(
        clock=item.clock, reason="expert_review", basis=basis, note=reason[:500], by=by, at=at
    )
    review = ExpertReview.objects.create(
        item=item, reason=reason, basis=basis, started_by_id=rules.person_of(by), started_at=at
    )
    cases.refresh_clock(case_id=task.case_id, clock=item.clock, at=at)
    audit.record(
        task.case,
        action="review.expert_review_started",
        by=by,
        at=at,
        for_=item.application.enterprise_id,
        facts={"branch": item.branch, "review": review.pk, "basis": basis},
    )
    events.publish(ItemSuspended(application_id=item.application_id, item_id=item.pk))
    tell_enterprise(
        item.application, kind="clock_suspended", at=at, unit=item.unit.name, reason=reason[:300], basis=basis
    )
    return review


@transaction.atomic
def end_expert_review(*, task: Task, conclusion: str, by: Actor, at: datetime) -> ExpertReview:
    """Record the experts' conclusion; the due date moves by exactly the excluded working days."""
    item = lock_item(task=task, by=by)
    review = item.expert_reviews.select_for_update().filter(ended_at=None).first()
    if review is None:
        raise NoReviewRunning
    if queries.is_on_hold(item):  # else its cap let the clock run again by itself
        clock.resume_clock(clock=item.clock, basis=review.basis, note=conclusion[:500], by=by, at=at)
    days = queries.days_of_last_hold(item)
    review.conclusion, review.ended_at, review.ended_by_id = conclusion, at, by.party_id
    review.excluded_days = days
    review.save()
    cases.refresh_clock(case_id=task.case_id, clock=item.clock, at=at)
    audit.record(
        task.case,
        action="review.expert_review_ended",
        by=by,
        at=at,
        for_=item.application.enterprise_id,
        facts={"branch": item.branch, "review": review.pk, "excluded_days": days},
    )
    events.publish(ItemResumed(application_id=item.application_id, item_id=item.pk))
    tell_enterprise(
        item.application,
        kind="clock_resumed",
        at=at,
        unit=item.unit.name,
        due=queries.due_day(item),
    )
    return review


@transaction.atomic
def give_opinion(*, task: Task, outcome: str, text: str, by: Actor, at: datetime) -> ApplicationItem:
    """Conclude one department's review; a non-deciding item's clock ends with it.

    The deciding item's clock runs on until the result is sealed, for the decision is what the limit is about.
    """
    item = lock_item(task=task, by=by)
    if item.expert_reviews.filter(ended_at=None).exists():
        raise ReviewStillRunning
    if item.hearings.filter(ended_at=None).exists():
        raise HearingStillRunning
    item.state = ApplicationItem.State.AGREED if outcome == "agree" else ApplicationItem.State.OBJECTED
    item.save(update_fields=("state",))
    if not item.decides and not queries.is_stopped(item):  # it may have come back after its first opinion
        clock.stop_clock(clock=item.clock, outcome=outcome, by=by, at=at)
        events.publish(ItemConcluded(application_id=item.application_id, item_id=item.pk))
    cases.complete_task(task=task, outcome=outcome, opinion=text, by=by, at=at)
    return item
