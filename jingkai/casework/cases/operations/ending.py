"""Ending a case other than by its flow: withdraw, close, declare void."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.data import CaseState
from jingkai.casework.cases.events import CaseVoided, CaseWithdrawn
from jingkai.casework.cases.models import Case
from jingkai.casework.cases.operations.moving import carry_on
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.rules import VOID_CASES, NotYourCase
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import NotPermitted, may
from jingkai.kernel.permissions.data import Actor


class CannotCloseCase(PersonFacingError):
    """Open tasks block closing: nobody may get a decision while an officer still works on the file."""

    sentence = _("%(case)s can't be closed while tasks are open.")
    advice = _("Finish the open tasks, or withdraw the case.")


class ReasonMissing(PersonFacingError):
    """An act against the usual course says why."""

    status = 422
    sentence = _("A reason in writing is needed.")


@transaction.atomic
def withdraw_case(*, case: Case, by: Actor, at: datetime, reason: str = "") -> Case:
    """Take a case back (撤回): by its applicant's people or whoever started it. Open tasks are cancelled."""
    step = Step.begin(case.pk, by=by, at=at)
    check_starter(step.case, by)
    step.cancel_open()
    step.close(CaseState.WITHDRAWN, "withdrawn")
    told = CaseWithdrawn(case_id=case.pk)
    step.finish("case.withdrawn", for_=step.case.applicant_id, facts={"reason": reason}, told=(told,))
    carry_on(step)
    return step.case


@transaction.atomic
def close_case(*, case: Case, outcome: str, by: Actor, at: datetime) -> Case:
    """Close a case that has no open task, outside its flow's own end."""
    step = Step.begin(case.pk, by=by, at=at)
    if step.open_tasks:
        raise CannotCloseCase(case=step.case.reference)
    step.close(CaseState.CLOSED, outcome)
    step.finish("case.closed", for_=step.case.applicant_id, facts={"outcome": step.case.outcome})
    return step.case


@transaction.atomic
def end_case(*, case: Case, outcome: str, reason: str, by: Actor, at: datetime) -> Case:
    """End a case early with an outcome of its own, such as handed to another organ; open tasks end."""
    if not reason.strip():
        raise ReasonMissing
    step = Step.begin(case.pk, by=by, at=at)
    step.cancel_open()
    step.close(CaseState.CLOSED, outcome)
    facts = {"outcome": outcome, "reason": reason.strip()}
    step.finish("case.closed", for_=step.case.applicant_id, facts=facts)
    carry_on(step)
    return step.case


@transaction.atomic
def void_case(*, case: Case, reason: str, by: Actor, at: datetime) -> Case:
    """Declare a case void, with the reason in the trail; nothing is deleted."""
    if not may(by, VOID_CASES):
        raise NotPermitted
    if not reason.strip():
        raise ReasonMissing
    step = Step.begin(case.pk, by=by, at=at)
    step.cancel_open()
    step.close(CaseState.VOID, "void")
    told = CaseVoided(case_id=case.pk)
    step.finish("case.voided", for_=step.case.applicant_id, facts={"reason": reason.strip()}, told=(told,))
    carry_on(step)
    return step.case


def check_starter(case: Case, by: Actor) -> None:
    """Refuse unless the actor is of the applicant's people or started the case. Error: NotYourCase."""
    mine = {by.party_id, *by.enterprise_ids, *by.on_behalf_of} - {None}
    if by.kind != "system" and not mine & {case.applicant_id, case.starter_id}:
        raise NotYourCase(case=case.reference)
