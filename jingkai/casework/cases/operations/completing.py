"""Finishing a task: forward with an outcome, or back to an earlier step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import queries
from jingkai.casework.cases.data import SENT_BACK
from jingkai.casework.cases.events import TaskCompleted, TaskSentBack
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.cases.operations.holding import hold
from jingkai.casework.cases.operations.moving import carry_on, done_facts, finish_task, go_on
from jingkai.casework.cases.operations.placing import Place
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.rules import check_return, check_values, last_at
from jingkai.casework.flow.api import EngineFault, enter
from jingkai.casework.flow.data import UserTask
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor


class UnknownOutcome(PersonFacingError):
    """The step does not end this way."""

    status = 422
    sentence = _("“%(task)s” can't end with “%(outcome)s”; it ends with one of: %(known)s.")


class Entrusted(PersonFacingError):
    """The task was given away for an opinion; its holder decides when he has it back."""

    sentence = _("“%(task)s” is with %(holder)s for an opinion only.")
    advice = _("Give your opinion, and the task goes back; or, as its holder, take it back first.")


@transaction.atomic
def complete_task(
    *,
    task: Task,
    outcome: str,
    by: Actor,
    at: datetime,
    opinion: str = "",
    variables: Mapping[str, Any] | None = None,
) -> Case:
    """Finish a task with an outcome and move the case on; give the case as it stands then.

    Safe against double clicks: the second call finds the task finished and raises `TaskNotOpen`. The actor
    must be the holder, act for the holder by delegation, or belong to the pool that nobody claimed from.
    """
    step = Step.begin(task.case_id, by=by, at=at)
    row = step.take(task)
    node = step.node_of(row)
    _check_outcome(node, outcome)
    principal = hold(row, by=by, at=at)
    if row.owner_id is not None:
        raise Entrusted(task=local(row, "name"), holder=queries.party_name(row.assignee_id))
    step.case.variables = {**step.case.variables, **check_values(step.flow, variables or {})}
    finish_task(step, row, outcome, opinion, principal)
    go_on(step, row, node)
    step.write()
    told = TaskCompleted(case_id=row.case_id, task_id=row.pk, outcome=outcome)
    step.tell("task.completed", for_=principal, facts=done_facts(step, row), told=(told,))
    carry_on(step)
    return step.case


@transaction.atomic
def send_back(*, task: Task, to_node: str, reason: str, by: Actor, at: datetime) -> Task:
    """Send a case back to an earlier step (退回) and give the task opened there.

    It comes to the hands that did that step last. From inside a parallel part to before its fork every open
    branch gives way; into one branch, only that branch is done again and the join follows it. Nothing is
    deleted: what was done stays as it was, what was open becomes cancelled. Never to the applicant, and
    never behind what was formally issued.
    """
    step = Step.begin(task.case_id, by=by, at=at)
    row = step.take(task)
    node = step.node_of(row)
    principal = hold(row, by=by, at=at)
    done = queries.done_rows(step.case.pk)
    applicant = step.case.applicant_id
    leave = check_return(step.flow, here=node, to=to_node, done=done, applicant_id=applicant)
    target, place = _target(step, to_node, done)
    if row.owner_id is not None:
        raise Entrusted(task=local(row, "name"), holder=queries.party_name(row.assignee_id))
    step.cancel_open(under=leave)
    finish_task(step, row, SENT_BACK, reason, principal)
    move = enter(
        step.flow,
        target,
        values=step.case.variables,
        staying=step.staying,
        perform=step.perform,
        parked=step.parked,
    )
    step.follow(move, previous=row, place=place)
    step.write()
    told = TaskSentBack(case_id=row.case_id, task_id=row.pk, to_node=to_node)
    facts = {**done_facts(step, row), "to": to_node}
    step.tell("task.sent_back", for_=principal, facts=facts, told=(told,))
    carry_on(step)
    return step.opened[0]


def _target(step: Step, node: str, done: Sequence[Task]) -> tuple[UserTask, Place]:
    """The step that is opened again, and the hands that did it last."""
    last = last_at(node, done)
    if last is None:
        raise EngineFault(f"nobody has done {node} yet")
    return step.node_of(last), Place(last.assignee_id, last.pool_id, last.role)


def _check_outcome(node: UserTask, outcome: str) -> None:
    known = node.outcome_codes
    if not outcome or outcome == SENT_BACK or (known and outcome not in known):
        raise UnknownOutcome(task=local(node, "name"), outcome=outcome, known="、".join(known) or "…")
