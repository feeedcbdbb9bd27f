"""Further signers beside a task (加签), and taking them off again (减签); what follows waits for all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.data import Added
from jingkai.casework.cases.events import SignerAdded
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.operations.holding import hold
from jingkai.casework.cases.operations.moving import carry_on, move_on, settle
from jingkai.casework.cases.operations.placing import Place
from jingkai.casework.cases.operations.starting import party_id
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.rules import MANAGE_TASKS, NotYourTask, TaskNotOpen
from jingkai.casework.flow.data import step_into
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.api import may
from jingkai.kernel.permissions.data import Actor

MOST_SIGNERS = 50


class CannotAddSigner(PersonFacingError):
    """The person named can't be a further signer here."""

    status = 422
    sentence = _("%(name)s can't be asked to sign “%(task)s” as well.")
    advice = _("Choose a person who is in office and has no part in this step yet.")


class CannotRemoveSigner(PersonFacingError):
    """Somebody must remain who decides the step."""

    sentence = _("“%(task)s” can't be taken off %(name)s: nobody else would decide this step.")
    advice = _("Hand the task over instead.")


@transaction.atomic
def add_signer(
    *, task: Task, to: models.Model | int, where: Added | str, by: Actor, at: datetime, reason: str = ""
) -> Task:
    """Ask one more person to sign a step, and give that person's task.

    `before`: the task waits until he has signed, then comes back to its holder. `beside`: both at once.
    `after`: his turn comes when the holder is through, and his outcome leads on. What follows the step waits
    for everybody; with several people who vote, he has one vote more. By the holder, the holder's deputy, or
    a supervisor. Errors: CannotAddSigner, NotYourTask, TaskNotOpen.
    """
    step, where = Step.begin(task.case_id, by=by, at=at), Added(where)
    row = step.take(task)
    step.touch(row)
    principal = None if may(by, MANAGE_TASKS) else hold(row, by=by, at=at)
    row.group = row.group or row.uuid.hex
    signer = _signer(step, row, Party.objects.get(pk=party_id(to) or 0), where)
    step.open_tasks[row.pk] = row
    if where is Added.BEFORE:
        row.state, row.awaits = Task.State.PLANNED, signer.uuid
    elif where is Added.AFTER:
        signer.state, signer.awaits, signer.claimed_at = Task.State.PLANNED, row.uuid, None
        for other in [other for other in step.planned.values() if other.awaits == row.uuid]:
            step.touch(other).awaits = signer.uuid
    step.opened.append(signer)
    step.grantees |= {one for one in (signer.assignee_id, row.assignee_id) if one}
    step.write()
    facts = {"task": row.pk, "node": row.node_id, "where": where.value, "reason": reason}
    told = SignerAdded(case_id=row.case_id, task_id=signer.pk, beside_task_id=row.pk)
    step.tell("signer.added", for_=principal, facts=facts, told=(told,))
    return signer


def _signer(step: Step, row: Task, person: Party, where: Added) -> Task:
    """Make the task of a further signer, in a scope of its own beside the task."""
    node = step.node_of(row)
    earlier = Task.objects.filter(case_id=row.case_id, node_id=row.node_id, scope__contains="+").count()
    holders = {row.assignee_id, row.owner_id, *(one.assignee_id for one in step.of_group(row.group))}
    unfit = person.kind != PartyKind.PERSON or not person.active or person.pk in holders
    if unfit or len(step.of_group(row.group)) >= MOST_SIGNERS:
        raise CannotAddSigner(task=local(row, "name"), name=local(person, "name"))
    signer = step.new_task(node, Place(person.pk), row.previous)
    signer.scope = step_into(node.scope, node.id, f"+{earlier + 1}")
    signer.group, signer.added, signer.added_by_id = row.group, where.value, step.by.party_id
    return signer


@transaction.atomic
def remove_signer(*, task: Task, by: Actor, at: datetime, reason: str = "") -> None:
    """Take a signer off a step who has not signed yet; when nobody else is missing, the case moves on.

    By whoever asked him, or a supervisor; somebody whom the flow itself asks only by a supervisor. He is
    not asked again by this round. Errors: CannotRemoveSigner, NotYourTask, TaskNotOpen.
    """
    step = Step.begin(task.case_id, by=by, at=at)
    row = step.open_tasks.get(task.pk) or step.planned.get(task.pk)
    if row is None:
        raise TaskNotOpen(task=local(task, "name"))
    node, waiting = step.node_of(row), [one for one in step.of_group(row.group) if one.pk != row.pk]
    allowed = may(by, MANAGE_TASKS) or (row.added_by_id is not None and row.added_by_id == by.party_id)
    if not allowed:
        raise NotYourTask(task=local(row, "name"), holder=_name(row))
    given = Task.objects.filter(case_id=row.case_id, group=row.group, state=Task.State.DONE)
    leading = row.group and (row.added or node.several) and (waiting or given.exists())
    if not leading:
        raise CannotRemoveSigner(task=local(row, "name"), name=_name(row))
    _unlink(step, row)
    step.cancel(row)
    outcome = settle(step, node, row.group, last=None)
    if outcome is not None:
        last = given.select_related("previous").order_by("closed_at", "pk").last()
        move_on(step, node, outcome, previous=last)
    facts: dict[str, Any] = {"task": row.pk, "node": row.node_id, "reason": reason}
    step.finish("signer.removed", facts=facts)
    carry_on(step)


def _unlink(step: Step, row: Task) -> None:
    """Let those who were planned after a signer follow whoever he followed, or open now."""
    if row.state == Task.State.OPEN:
        step.open_tasks.pop(row.pk)
        step.awaken(row.uuid)
        return
    for other in [other for other in step.planned.values() if other.awaits == row.uuid]:
        step.touch(other).awaits = row.awaits


def _name(row: Task) -> str:
    party = row.assignee or row.pool
    return local(party, "name") if party else ""
