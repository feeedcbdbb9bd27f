"""Giving a task to somebody for an opinion (委派): it comes back to its holder, who decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.events import TaskEntrusted, TaskReturned
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.operations.holding import CannotTransfer, hold
from jingkai.casework.cases.operations.moving import opinion_on
from jingkai.casework.cases.operations.starting import party_id
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.rules import MANAGE_TASKS, NotYourTask
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.api import may
from jingkai.kernel.permissions.data import Actor


class NotEntrusted(PersonFacingError):
    """The task is not with anybody for an opinion."""

    sentence = _("“%(task)s” is with nobody for an opinion.")


class AlreadyEntrusted(PersonFacingError):
    """Whoever was asked for an opinion gives it himself."""

    sentence = _("“%(task)s” was given for an opinion already.")
    advice = _("Give your opinion, or hand the task over to somebody else.")


@transaction.atomic
def entrust_task(*, task: Task, to: models.Model | int, by: Actor, at: datetime, reason: str = "") -> Task:
    """Give a task to another person for an opinion (委派); it stays the holder's to decide."""
    step = Step.begin(task.case_id, by=by, at=at)
    row = step.take(task)
    if row.owner_id is not None:
        raise AlreadyEntrusted(task=local(row, "name"))
    step.touch(row)
    principal = hold(row, by=by, at=at)
    adviser = Party.objects.get(pk=party_id(to) or 0)
    unfit = adviser.kind != PartyKind.PERSON or not adviser.active or adviser.pk == row.assignee_id
    if unfit or row.assignee_id is None:
        raise CannotTransfer(task=local(row, "name"), name=local(adviser, "name"))
    row.owner_id, row.assignee_id, row.claimed_at = row.assignee_id, adviser.pk, at
    step.grantees |= {adviser.pk, row.owner_id}
    facts = {"task": row.pk, "node": row.node_id, "reason": reason}
    told = TaskEntrusted(case_id=row.case_id, task_id=row.pk, to_party_id=adviser.pk)
    step.finish("task.entrusted", for_=principal, facts=facts, told=(told,))
    return row


@transaction.atomic
def return_task(*, task: Task, opinion: str, by: Actor, at: datetime) -> Task:
    """Write the opinion that was asked for; the task goes back to its holder."""
    step = Step.begin(task.case_id, by=by, at=at)
    row = step.take(task)
    if row.owner_id is None:
        raise NotEntrusted(task=local(row, "name"))
    principal = hold(row, by=by, at=at)
    step.opinions.append(opinion_on(step, row, "", opinion, principal))
    return _give_back(step, row, principal)


@transaction.atomic
def take_back_task(*, task: Task, by: Actor, at: datetime) -> Task:
    """Take an entrusted task back without waiting for the opinion: by its holder or a supervisor."""
    step = Step.begin(task.case_id, by=by, at=at)
    row = step.take(task)
    if row.owner_id is None:
        raise NotEntrusted(task=local(row, "name"))
    if not may(by, MANAGE_TASKS) and row.owner_id not in (by.party_id, *by.on_behalf_of):
        raise NotYourTask(task=local(row, "name"), holder=local(row.owner, "name"))
    principal = row.owner_id if row.owner_id != by.party_id and row.owner_id in by.on_behalf_of else None
    return _give_back(step, row, principal)


def _give_back(step: Step, row: Task, principal: int | None) -> Task:
    step.touch(row)
    row.assignee_id, row.owner_id, row.claimed_at = row.owner_id, None, step.at
    step.write()
    facts: dict[str, Any] = {"task": row.pk, "node": row.node_id}
    for opinion in step.opinions:
        facts["opinion"] = opinion.pk
        if opinion.text:
            facts["opinion_mark"] = audit.mark(opinion.text)
    told = TaskReturned(case_id=row.case_id, task_id=row.pk)
    step.tell("task.returned", for_=principal, facts=facts, told=(told,))
    return row
