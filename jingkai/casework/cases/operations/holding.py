"""Who has a task in hand: claim it from a pool, give it back, hand it over (转办)."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import queries
from jingkai.casework.cases.events import TaskClaimed, TaskReleased, TaskTransferred
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.operations.starting import party_id
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.rules import (
    MANAGE_TASKS,
    LostPost,
    NotYourTask,
    TaskNotOpen,
    deputises_for,
    may_claim,
)
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.api import may
from jingkai.kernel.permissions.data import Actor


class AlreadyClaimed(PersonFacingError):
    """Two people reached for one task; the first has it."""

    sentence = _("%(holder)s has already claimed “%(task)s”.")
    advice = _("Choose another task, or ask the holder to give it back.")


class CannotRelease(PersonFacingError):
    """The task did not come out of a pool, or is with somebody for an opinion only."""

    sentence = _("“%(task)s” did not come out of a pool, so it can't be given back.")
    advice = _("Transfer it to somebody instead.")


class CannotTransfer(PersonFacingError):
    """Only a person who is still there can take a task over."""

    status = 422
    sentence = _("“%(task)s” can't be handed over to %(name)s.")
    advice = _("Choose another person who is still in office and does not hold the task already.")


@transaction.atomic
def claim_task(*, task: Task, by: Actor, at: datetime) -> Task:
    """Take a task out of its pool; claiming one's own task again changes nothing.

    Of two people who claim at once the first gets it, the other is told who has it.
    """
    step = Step.begin(task.case_id, by=by, at=at)
    row = step.take(task)
    if row.assignee_id is not None and row.assignee_id == by.party_id:
        return row
    if row.assignee_id is not None:
        raise AlreadyClaimed(task=local(row, "name"), holder=queries.party_name(row.assignee_id))
    _check_pool(row, by)
    row.assignee_id, row.claimed_at = by.party_id, at
    _save_holder(step, row)
    facts = {"task": row.pk, "node": row.node_id, "assignee": row.assignee_id}
    told = TaskClaimed(case_id=row.case_id, task_id=row.pk)
    step.finish("task.claimed", facts=facts, told=(told,))
    return row


@transaction.atomic
def release_task(*, task: Task, by: Actor, at: datetime, reason: str = "") -> Task:
    """Give a claimed task back to its pool; a supervisor may do it for somebody who is away."""
    step = Step.begin(task.case_id, by=by, at=at)
    row = step.take(task)
    if row.pool_id is None or row.owner_id is not None:
        raise CannotRelease(task=local(row, "name"))
    if row.assignee_id is None:
        return row
    principal = _may_give_away(row, by)
    facts = {"task": row.pk, "node": row.node_id, "from": row.assignee_id, "reason": reason}
    row.assignee_id, row.claimed_at = None, None
    _save_holder(step, row)
    told = TaskReleased(case_id=row.case_id, task_id=row.pk)
    step.finish("task.released", for_=principal, facts=facts, told=(told,))
    return row


@transaction.atomic
def transfer_task(*, task: Task, to: models.Model | int, by: Actor, at: datetime, reason: str = "") -> Task:
    """Hand a task over to another person (转办): by its holder, the holder's deputy, or a supervisor.

    One that was entrusted for an opinion (委派) and goes to its own holder is theirs again to decide.
    """
    step = Step.begin(task.case_id, by=by, at=at)
    row = step.take(task)
    principal = _may_give_away(row, by)
    receiver = Party.objects.get(pk=party_id(to) or 0)
    if receiver.kind != PartyKind.PERSON or not receiver.active or receiver.pk == row.assignee_id:
        raise CannotTransfer(task=local(row, "name"), name=local(receiver, "name"))
    step.touch(row)
    before, row.assignee_id, row.claimed_at = row.assignee_id, receiver.pk, at
    row.owner_id = None if row.owner_id == receiver.pk else row.owner_id
    step.grantees.add(receiver.pk)
    facts = {"task": row.pk, "node": row.node_id, "from": before, "assignee": receiver.pk, "reason": reason}
    told = TaskTransferred(case_id=row.case_id, task_id=row.pk, from_party_id=before, to_party_id=receiver.pk)
    step.finish("task.transferred", for_=principal, facts=facts, told=(told,))
    return row


def check_holder(*, task: Task, by: Actor) -> int | None:
    """Raise unless the actor may act on this task now; give the principal when acting for one.

    Reads the task afresh, so a page that was drawn long ago is told what has become of it.
    """
    row = Task.objects.get(pk=task.pk)
    if row.state != Task.State.OPEN:
        raise TaskNotOpen(task=local(row, "name"))
    return _principal(row, by)


def hold(row: Task, *, by: Actor, at: datetime) -> int | None:
    """Make sure that the actor may finish this task, claiming it for a member of the pool on the way.

    People of one enterprise share its tasks, so those stay with the enterprise.
    """
    principal = _principal(row, by)
    if row.assignee_id is None and by.party_id is not None and row.pool_id not in by.enterprise_ids:
        row.assignee_id, row.claimed_at = by.party_id, at
    return principal


def _principal(row: Task, by: Actor) -> int | None:
    if queries.has_lost_post(row, by):
        raise LostPost(task=local(row, "name"))
    if by.kind == "system" or (row.assignee_id is not None and row.assignee_id == by.party_id):
        return None
    if row.pool_id is not None and row.pool_id in by.enterprise_ids:
        return row.pool_id
    principal = deputises_for(row, by)
    if principal is None:
        _check_pool(row, by)
    return principal


def _check_pool(row: Task, by: Actor) -> None:
    if not may_claim(row, by) or (row.role and not queries.carries_role(by.post_ids, row.role)):
        holder = row.assignee_id or row.pool_id
        raise NotYourTask(task=local(row, "name"), holder=queries.party_name(holder))


def _may_give_away(row: Task, by: Actor) -> int | None:
    if row.assignee_id == by.party_id or may(by, MANAGE_TASKS):
        return None
    principal = deputises_for(row, by)
    if principal is None:
        _check_pool(row, by)
    return principal


def _save_holder(step: Step, row: Task) -> None:
    step.changed.append(row)
    if row.assignee_id:
        step.grantees.add(row.assignee_id)
