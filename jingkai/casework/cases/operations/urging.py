"""Asking the holder of a task to hurry (催办); finishing many tasks alike (批量)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.data import TaskKind
from jingkai.casework.cases.events import TaskUrged
from jingkai.casework.cases.models import Case, Task, Urge
from jingkai.casework.cases.operations import store, telling
from jingkai.casework.cases.operations.completing import complete_task
from jingkai.casework.cases.queries.cases import flow_of
from jingkai.casework.cases.rules import MANAGE_TASKS, URGE_TASKS, TaskNotOpen
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import may
from jingkai.kernel.permissions.data import Actor

PAUSE = timedelta(hours=4)
"""A task is urged at most once in this time, whoever does it."""

MOST_AT_ONCE = 200
LONGEST_TEXT = 500


class UrgedAlready(PersonFacingError):
    """The holder was asked a short while ago."""

    status = 429
    sentence = _("“%(task)s” was urged at %(time)s already.")
    advice = _("Wait a few hours, or talk to the holder.")


class MayNotUrge(PersonFacingError):
    """Only those whose matter it is, and supervisors, ask others to hurry."""

    status = 403
    sentence = _("Only the applicant, whoever started %(case)s, and supervisors may urge it.")


class NotInBatch(PersonFacingError):
    """The step is decided one by one."""

    sentence = _("“%(task)s” is decided one by one; its flow does not allow finishing many at once.")
    advice = _("Open the case and finish the task there.")


@transaction.atomic
def urge_task(*, task: Task, by: Actor, at: datetime, text: str = "") -> Urge:
    """Ask the holder of a task, or everybody who may take it, to hurry. Errors: UrgedAlready, MayNotUrge."""
    case, _digest = store.lock_case(task.case_id)
    row = Task.objects.select_related("assignee", "pool").get(pk=task.pk)
    if row.state != Task.State.OPEN or row.kind != TaskKind.WORK:
        raise TaskNotOpen(task=local(row, "name"))
    _check_urger(case, by)
    last = Urge.objects.filter(task=row).order_by("-at").first()
    if last is not None and at - last.at < PAUSE:
        raise UrgedAlready(task=local(row, "name"), time=f"{timezone.localtime(last.at):%H:%M}")
    urge = Urge.objects.create(task=row, by_id=by.party_id, text=text.strip()[:LONGEST_TEXT], at=at)
    audit.record(case, action="task.urged", by=by, at=at, facts={"task": row.pk, "node": row.node_id})
    events.publish(TaskUrged(case_id=case.pk, task_id=row.pk))
    telling.tell_holder(case, row, kind=telling.URGED, at=at, words=urge.text)
    return urge


def _check_urger(case: Case, by: Actor) -> None:
    mine = {by.party_id, *by.enterprise_ids, *by.on_behalf_of} - {None}
    if mine & {case.applicant_id, case.starter_id}:
        return
    if by.kind == "system" or may(by, MANAGE_TASKS) or may(by, URGE_TASKS):
        return
    raise MayNotUrge(case=case.reference)


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of many tasks: those finished, and for each other one why not, in words."""

    done: tuple[int, ...]
    refused: tuple[tuple[int, str], ...]


def complete_tasks(
    *, tasks: Sequence[Task], outcome: str, by: Actor, at: datetime, opinion: str = ""
) -> BatchResult:
    """Finish tasks with one outcome and opinion, where their flow allows it (`jk:batch`).

    Each in its own transaction: one that is refused leaves the others finished, and says why.
    """
    done: list[int] = []
    refused: list[tuple[int, str]] = []
    for task in tasks[:MOST_AT_ONCE]:
        try:
            _complete_one(task, outcome, by=by, at=at, opinion=opinion)
            done.append(task.pk)
        except PersonFacingError as error:
            refused.append((task.pk, str(error.sentence)))
    return BatchResult(tuple(done), tuple(refused))


@transaction.atomic
def _complete_one(task: Task, outcome: str, *, by: Actor, at: datetime, opinion: str) -> None:
    node = flow_of(task.case_id).user_task(task.node_id)
    if node is None or not node.batch:
        raise NotInBatch(task=local(task, "name"))
    complete_task(task=task, outcome=outcome, by=by, at=at, opinion=opinion)
