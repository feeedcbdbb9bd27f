"""Putting right what was rated badly (差评整改): the case, the measures, the return visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.clock import api as clock
from jingkai.casework.clock.models import Clock
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.evaluations import rules
from jingkai.modules.evaluations.data import Terms
from jingkai.modules.evaluations.events import RectificationClosed, RectificationOpened
from jingkai.modules.evaluations.models import Evaluation, Rectification, ReturnVisit
from jingkai.modules.evaluations.operations.seeding import (
    RECTIFICATION,
    SERIES,
    STANDARD_OF_RATINGS,
    ensure_flow,
)
from jingkai.modules.evaluations.operations.telling import tell_rater, tell_staff
from jingkai.records.files import api as files
from jingkai.records.files.data import Upload
from jingkai.records.numbering import api as numbering

KIND, CLOCK, EVIDENCE = "rectification", "rectification", "rectification"
NAMELESS = ("匿名评价", "Anonymous rating")
LEVELS = {1: "非常不满意", 2: "不满意"}


class NotByThese(PersonFacingError):
    """A return visit by those concerned would ask nothing."""

    sentence = _("The rater is asked again by somebody else: not by whoever was rated or put it right.")
    advice = _("Give the task back to the unit or hand it over to a colleague.")
    status = 403


class MeasuresMissing(PersonFacingError):
    """A rectification without a word of what was done is none."""

    sentence = _("Write what you found out and what was done about it.")
    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitWords:
    """What came out of asking the rater again."""

    way: str
    answer: str
    words: str = ""
    new_level: int | None = None


def open_rectification(*, evaluation: Evaluation, at: datetime) -> Rectification:
    """Open the case of a bad rating: with the head of the rated unit, with its clock, told to both sides.

    GB/T 39735: a bad rating is looked into, put right, and the rater asked again. Where the unit has no head
    the next one above does it, at last the unit itself.
    """
    on = timezone.localdate(at)
    terms = rules.terms_on(on)
    ensure_flow(RECTIFICATION, at=at)
    number, number_en = NAMELESS if evaluation.anonymous else (evaluation.reference, evaluation.reference)
    head = head_responsible(evaluation.unit_id, at=at)
    started = start_limit(terms=terms, label=("差评整改", "Rectification"), at=at)
    case = cases.start_case(
        flow_key=RECTIFICATION,
        kind=KIND,
        title=f"差评整改：{evaluation.item_name}（{number}）",
        title_en=f"Bad rating: {evaluation.item_name_en or evaluation.item_name} ({number_en})",
        reference=numbering.next_number(series=SERIES[RECTIFICATION], at=at, by=SYSTEM).text,
        variables={"handler": f"party:{head or evaluation.unit_id}", "visitor": terms.visitors},
        clocks={CLOCK: started},
        by=SYSTEM,
        at=at,
    )
    found = Rectification.objects.create(evaluation=evaluation, case=case, due_on=started.due_on)
    facts = {"evaluation": evaluation.pk, "unit": evaluation.unit_id, "due": str(started.due_on)}
    audit.record(case, action="evaluation.rectification_opened", by=SYSTEM, at=at, facts=facts)
    events.publish(RectificationOpened(evaluation_id=evaluation.pk, case_id=case.pk))
    told = [head] if head else organisation.people_with(rules.HANDLE, on, unit_id=evaluation.unit_id)
    tell_staff(told, evaluation, kind="bad_rating", at=at, level=LEVELS[evaluation.level], due=started.due_on)
    tell_rater(evaluation, kind="rectification_opened", at=at, due=started.due_on)
    return found


def start_limit(*, terms: Terms, label: tuple[str, str], at: datetime) -> Clock:
    """Start the clock of a rectification or complaint, in working days from the next one on."""
    limit = clock.LimitValue(
        amount=terms.rectification_days,
        unit=clock.Unit.WORKING,
        key="rating_rectification",
        rule_id=terms.rule_id,
        name=label[0],
        name_en=label[1],
        source=STANDARD_OF_RATINGS,
    )
    return clock.start_clock(
        limit=limit, on=timezone.localdate(at), label=label[0], label_en=label[1], by=SYSTEM, at=at
    )


def head_responsible(unit_id: int, *, at: datetime) -> int | None:
    """The person who answers for a unit today: its head, or the head of the next unit above that has one."""
    on, here = timezone.localdate(at), unit_id
    for _level in range(5):
        head = organisation.head_of(here, on)
        if head is not None:
            return head.person_id
        above = Unit.objects.filter(pk=here).values_list("parent_id", flat=True).first()
        if above is None:
            return None
        here = above
    return None


@transaction.atomic
def record_measures(
    *, task: Task, measures: str, evidence: tuple[Upload, ...], by: Actor, at: datetime
) -> Rectification:
    """Say what was found out and done, with files as evidence; the return visit is next."""
    found = _locked(task)
    cases.check_holder(task=task, by=by)
    if not measures.strip():
        raise MeasuresMissing
    for upload in evidence:
        owner = (EVIDENCE, found.pk)
        files.attach(upload=upload, owner=owner, slot="evidence", by=by, at=at)
    found.measures, found.handled_by_id, found.handled_at = measures.strip(), rules.person_of(by), at
    found.state = Rectification.State.VISITING
    found.save()
    facts = {"round": found.rounds, "files": [upload.received.sha256 for upload in evidence]}
    audit.record(task.case, action="evaluation.measures_recorded", by=by, at=at, facts=facts)
    cases.complete_task(task=task, outcome="handled", opinion=measures.strip()[:4000], by=by, at=at)
    return found


@transaction.atomic
def record_visit(*, task: Task, said: VisitWords, by: Actor, at: datetime) -> ReturnVisit:
    """Keep what the rater answered; who is not satisfied gets another round, else the case ends.

    Errors: NotByThese for those whom the rating is about.
    """
    found = _locked(task)
    cases.check_holder(task=task, by=by)
    person = rules.person_of(by)
    if not rules.may_visit(person, found):
        raise NotByThese
    visit = ReturnVisit.objects.create(
        evaluation=found.evaluation,
        round=found.rounds,
        by_id=person,
        at=at,
        way=said.way,
        answer=said.answer,
        words=said.words.strip(),
        new_level=said.new_level,
    )
    facts = {"round": found.rounds, "answer": said.answer, "level": said.new_level}
    audit.record(task.case, action="evaluation.return_visit", by=by, at=at, facts=facts)
    if said.answer == ReturnVisit.Answer.DISSATISFIED:
        found.rounds += 1
        found.state = Rectification.State.HANDLING
        found.save()
    else:
        _close(found, outcome=said.answer, by=by, at=at)
    cases.complete_task(task=task, outcome=said.answer, opinion=said.words.strip()[:4000], by=by, at=at)
    return visit


def end_uncounted(*, evaluation: Evaluation, reason: str, at: datetime) -> None:
    """End the rectification of a rating that was found not to count; the re-check is named in the trail."""
    found = Rectification.objects.select_for_update(of=("self",)).filter(evaluation=evaluation).first()
    if found is None or found.closed_at is not None:
        return
    stop_limit(found.case_id, outcome="uncounted", by=SYSTEM, at=at)
    cases.void_case(case=found.case, reason=reason[:500], by=SYSTEM, at=at)
    found.state, found.closed_at, found.outcome = Rectification.State.UNCOUNTED, at, "uncounted"
    found.save()


def stop_limit(case_id: int, *, outcome: str, by: Actor, at: datetime) -> None:
    """End the running clocks of a case of this app."""
    for link in cases.list_clocks(case_id):
        if link.clock.state != clock.State.STOPPED.value:
            clock.stop_clock(clock=link.clock, outcome=outcome, by=by, at=at)


def _close(found: Rectification, *, outcome: str, by: Actor, at: datetime) -> None:
    stop_limit(found.case_id, outcome=outcome, by=by, at=at)
    found.state, found.closed_at, found.outcome = Rectification.State.CLOSED, at, outcome
    found.save()
    events.publish(
        RectificationClosed(evaluation_id=found.evaluation_id, case_id=found.case_id, outcome=outcome)
    )
    tell_rater(found.evaluation, kind="rectification_closed", at=at, measures=found.measures[:300])


def _locked(task: Task) -> Rectification:
    rows = Rectification.objects.select_for_update(of=("self",)).select_related("evaluation")
    return rows.get(case_id=task.case_id)
