"""Taking back what one has just done (撤回), as long as nobody has gone on with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.data import SENT_BACK, CaseState, TaskKind
from jingkai.casework.cases.events import CaseResubmitted, StepRecalled
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.cases.operations import store
from jingkai.casework.cases.operations.ending import check_starter
from jingkai.casework.cases.operations.moving import carry_on
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.rules import NotYourTask, check_values
from jingkai.casework.flow.api import advance, compiled_by_id
from jingkai.casework.flow.data import UserTask, inside, parent_scope
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor


class CannotRecall(PersonFacingError):
    """Somebody has gone on, or something was issued: what was done stands."""

    sentence = _("“%(task)s” can't be taken back any more: the case has gone on.")
    advice = _("Ask whoever has it now to send it back to you.")


class CannotResubmit(PersonFacingError):
    """The case was not withdrawn, or its flow does not let withdrawn cases be taken up again."""

    sentence = _("%(case)s can't be submitted again.")
    advice = _("Start a new case.")


@transaction.atomic
def recall_step(*, task: Task, by: Actor, at: datetime, reason: str = "") -> Task:
    """Take back one's own finished task (撤回) and give the one that is opened in its place.

    Only while nobody has taken up what came of it, no step of the system ran in between and nothing was
    formally issued. What came of it is cancelled; whoever was no longer needed is asked again. Errors:
    CannotRecall, NotYourTask.
    """
    step = Step.begin(task.case_id, by=by, at=at)
    row = Task.objects.select_related("previous").get(pk=task.pk)
    if by.kind != "system" and by.party_id not in (row.closed_by_id, row.on_behalf_of_id):
        raise NotYourTask(task=local(row, "name"), holder=_name(row))
    facts = _facts_of(step.case, row)
    node = step.flow.user_task(row.node_id)
    if node is None or facts is None or row.outcome in node.binding or facts.get("performed"):
        raise CannotRecall(task=local(row, "name"))
    copies = _Copies(step, row)
    if not step.of_group(row.group):
        _take_from_successors(step, row, node)
    else:
        _plan_again(step, row, copies.uuid_of(row))
    gone = Task.objects.filter(pk__in=facts.get("cancelled", ())).order_by("pk")
    step.opened += copies.of([row, *gone])
    step.touch(row).group = ""  # what was taken back counts no more in its round
    step.grantees |= {one for copy in step.opened for one in (copy.assignee_id, copy.pool_id) if one}
    step.write()
    told = StepRecalled(case_id=row.case_id, task_id=row.pk)
    step.tell(
        "task.recalled", facts={"recalled": row.pk, "node": row.node_id, "reason": reason}, told=(told,)
    )
    carry_on(step)
    return step.opened[0]


def _facts_of(case: Case, row: Task) -> Mapping[str, Any] | None:
    """Give what the trail says of the step that finished a task; nothing when it was no plain step."""
    if row.state != Task.State.DONE or row.kind != TaskKind.WORK or row.outcome == SENT_BACK:
        return None
    for entry in reversed(list(audit.entries_of(case))):
        if entry.action == "task.completed" and entry.facts.get("task") == row.pk:
            facts: Mapping[str, Any] = entry.facts
            return facts
    return None


def _take_from_successors(step: Step, row: Task, node: UserTask) -> None:
    """Cancel what came of a task, if nobody has touched it; refuse otherwise."""
    successors = list(Task.objects.filter(previous=row).values_list("pk", flat=True))
    here = {**step.open_tasks, **step.planned}
    if any(pk not in here or _was_touched(here[pk]) for pk in successors):
        raise CannotRecall(task=local(row, "name"))
    if not successors and not _waits_at_a_join(step, node):
        raise CannotRecall(task=local(row, "name"))
    for pk in successors:
        step.cancel(here[pk])


def _was_touched(row: Task) -> bool:
    """Somebody claimed, handed over, entrusted or added signers; or a sub-case has begun."""
    claimed = row.claimed_at is not None and row.claimed_at != row.opened_at
    return claimed or row.kind == TaskKind.CASE or row.owner_id is not None or bool(row.added)


def _waits_at_a_join(step: Step, node: UserTask) -> bool:
    """Whether the token of a finished task still waits at a join of its forks: others are under way there."""
    branch = node.scope
    while branch:
        fork = f"{branch.rpartition(':')[0]}:"
        under = [scope for scope in step.staying if scope.startswith(fork)]
        if under:
            return not any(inside(scope, branch) for scope in under)
        branch = parent_scope(branch)
    return False


def _plan_again(step: Step, row: Task, new: UUID) -> None:
    """In a round that goes on, let those who came after a task wait for it again; refuse if one has begun."""
    for other in step.of_group(row.group):
        if other.previous_id != row.pk:
            continue
        if _was_touched(other):
            raise CannotRecall(task=local(row, "name"))
        step.touch(other)
        step.open_tasks.pop(other.pk, None)
        step.planned[other.pk] = other
        other.state, other.awaits, other.claimed_at = Task.State.PLANNED, new, None


class _Copies:
    """Makes new rows in the places of former ones, waiting for each other as those did."""

    def __init__(self, step: Step, first: Task) -> None:
        self.step, self.first = step, first
        self.made: dict[UUID, Task] = {first.uuid: self._copy(first)}

    def uuid_of(self, row: Task) -> UUID:
        return UUID(str(self.made[row.uuid].uuid))

    def of(self, rows: Iterable[Task]) -> list[Task]:
        rows = list(rows)
        for row in rows:
            self.made.setdefault(row.uuid, self._copy(row))
        for row in rows:
            copy = self.made[row.uuid]
            if row.awaits in self.made:
                copy.state, copy.awaits, copy.claimed_at = Task.State.PLANNED, self._awaited(row), None
        return [self.made[row.uuid] for row in rows]

    def _awaited(self, row: Task) -> UUID:
        return UUID(str(self.made[row.awaits or row.uuid].uuid))

    def _copy(self, row: Task) -> Task:
        node = self.step.node_of(row)
        copy = Task(case=self.step.case, node_id=row.node_id, name=row.name, name_en=row.name_en)
        for name in ("scope", "branch", "assignee_id", "pool_id", "role", "group", "added", "added_by_id"):
            setattr(copy, name, getattr(row, name))
        copy.clock_key, copy.opened_at, copy.previous = node.clock, self.step.at, row.previous
        copy.claimed_at = self.step.at if copy.assignee_id else None
        return copy


@transaction.atomic
def resubmit_case(*, case: Case, by: Actor, at: datetime, variables: Mapping[str, Any] | None = None) -> Case:
    """Take a withdrawn case up again from its start, by whoever may withdraw it; its history stays.

    Only where the flow says so (`jk:resubmit`). Error: CannotResubmit.
    """
    row, digest = store.lock_case(case.pk)
    flow = compiled_by_id(row.flow_version_id, digest)
    check_starter(row, by)
    if row.state != CaseState.WITHDRAWN or not flow.resubmits or row.parent_task_id is not None:
        raise CannotResubmit(case=row.reference)
    row.state, row.outcome, row.closed_at = CaseState.OPEN.value, "", None
    step = Step(row, flow, by, at, store.read_scene(row.pk, flow.units), before=dict(row.variables))
    row.variables = {**row.variables, **check_values(flow, variables or {})}
    start = flow.nodes[flow.start]
    step.follow(advance(flow, start, outcome="", values=row.variables, perform=step.perform), previous=None)
    told = CaseResubmitted(case_id=row.pk)
    step.finish("case.resubmitted", for_=row.applicant_id, facts={}, told=(told,))
    carry_on(step)
    return row


def _name(row: Task) -> str:
    party = row.closed_by or row.assignee or row.pool
    return local(party, "name") if party else ""
