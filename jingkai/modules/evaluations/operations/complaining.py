"""A complaint that comes out of a rating (投诉): a case of its own, answered in writing."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.evaluations import rules
from jingkai.modules.evaluations.models import Complaint, Evaluation
from jingkai.modules.evaluations.operations.rectifying import NAMELESS, start_limit, stop_limit
from jingkai.modules.evaluations.operations.seeding import COMPLAINT, SERIES, ensure_flow
from jingkai.modules.evaluations.operations.telling import tell_rater, tell_staff
from jingkai.records.numbering import api as numbering

KIND, CLOCK = "rating_complaint", "complaint"


class ComplainedAlready(PersonFacingError):
    """One complaint per rating; it is answered in writing."""

    sentence = _("You have already complained about this. The answer comes in writing.")


class WordsMissing(PersonFacingError):
    """A complaint and its answer need words."""

    sentence = _("Write what it is about.")
    status = 422


class NotTheRater(PersonFacingError):
    """Only whoever rated may complain from a rating."""

    sentence = _("Only whoever gave the rating may complain here.")
    status = 403


@transaction.atomic
def open_complaint(*, evaluation: Evaluation, text: str, by: Actor, at: datetime) -> Complaint:
    """Open the case of a complaint with a supervisor outside the rated unit.

    `by` is the rater, or a visitor who holds the link by which the rating was given.
    """
    if not text.strip():
        raise WordsMissing
    if by.party_id is not None and by.party_id != evaluation.rater_id:
        raise NotTheRater
    if Complaint.objects.filter(evaluation=evaluation).exists():
        raise ComplainedAlready
    on = timezone.localdate(at)
    terms, answering = rules.terms_on(on), _who_answers(evaluation, at=at)
    ensure_flow(COMPLAINT, at=at)
    number, number_en = NAMELESS if evaluation.anonymous else (evaluation.reference, evaluation.reference)
    started = start_limit(terms=terms, label=("评价投诉", "Complaint"), at=at)
    case = cases.start_case(
        flow_key=COMPLAINT,
        kind=KIND,
        title=f"评价投诉：{evaluation.item_name}（{number}）",
        title_en=f"Complaint: {evaluation.item_name_en or evaluation.item_name} ({number_en})",
        reference=numbering.next_number(series=SERIES[COMPLAINT], at=at, by=SYSTEM).text,
        variables={"handler": f"party:{answering}" if answering else terms.visitors},
        clocks={CLOCK: started},
        by=SYSTEM,
        at=at,
    )
    found = _store(evaluation, case_id=case.pk, text=text, at=at)
    audit.record(case, action="evaluation.complained", by=SYSTEM, at=at, facts={"evaluation": evaluation.pk})
    tell_staff(
        [answering] if answering else [], evaluation, kind="rating_complaint", at=at, due=started.due_on
    )
    return found


def _store(evaluation: Evaluation, *, case_id: int, text: str, at: datetime) -> Complaint:
    try:
        with transaction.atomic():
            return Complaint.objects.create(
                evaluation=evaluation,
                case_id=case_id,
                text=text.strip(),
                by_id=None if evaluation.anonymous else evaluation.rater_id,
                at=at,
            )
    except IntegrityError as error:
        raise ComplainedAlready from error


def _who_answers(evaluation: Evaluation, *, at: datetime) -> int | None:
    """A supervisor who does not belong to the rated unit."""
    on = timezone.localdate(at)
    own = {line.person_id for line in organisation.members_of(evaluation.unit_id, on)}
    return next((one for one in organisation.people_with(rules.RECHECK, on) if one not in own), None)


@transaction.atomic
def answer_complaint(*, task: Task, reply: str, by: Actor, at: datetime) -> Complaint:
    """Answer in writing; the case ends and whoever complained is told."""
    rows = Complaint.objects.select_for_update(of=("self",)).select_related("evaluation")
    found = rows.get(case_id=task.case_id)
    cases.check_holder(task=task, by=by)
    if not reply.strip():
        raise WordsMissing
    found.reply, found.replied_by_id, found.replied_at = reply.strip(), rules.person_of(by), at
    found.save()
    stop_limit(found.case_id, outcome="answered", by=by, at=at)
    audit.record(task.case, action="evaluation.complaint_answered", by=by, at=at)
    cases.complete_task(task=task, outcome="answered", opinion=reply.strip()[:4000], by=by, at=at)
    tell_rater(found.evaluation, kind="complaint_answered", at=at, reply=reply[:300])
    return found
