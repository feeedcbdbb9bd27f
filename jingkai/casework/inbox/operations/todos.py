"""Telling the to-do centre (统一待办) who has which task; off unless a centre is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from jingkai.casework.cases.api import people_behind
from jingkai.casework.cases.data import TaskKind, TaskState
from jingkai.casework.cases.models import Task
from jingkai.casework.inbox.connectors.todo_centre import TodoCentre, TodoCentreFailed
from jingkai.casework.inbox.models import TodoPush
from jingkai.kernel.accounts.models import User
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events.api import enqueue
from jingkai.kernel.permissions.data import Actor

JOB = "inbox.push_todo"
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""How long it waits after each try that failed; after the last one it gives up until somebody repeats it."""

MOST_PEOPLE = 50
"""People of one pool who are told of a task that nobody has claimed."""

STREAM = ("inbox.todo", 1)
UNTOLD = (TodoPush.State.FAILED, TodoPush.State.GIVEN_UP)


def is_connected() -> bool:
    """Tell whether this installation names a to-do centre."""
    return bool(settings.TODO_URL)


@transaction.atomic
def sync_todos(*, task_id: int, at: datetime) -> None:
    """Note who should have a to-do for a task now, and tell the centre what has changed; safe to repeat."""
    task = Task.objects.select_for_update(of=("self",)).get(pk=task_id)
    is_work = task.state == TaskState.OPEN and task.kind == TaskKind.WORK
    wanted = set(people_behind(task, timezone.localdate(at))[:MOST_PEOPLE]) if is_work else set()
    rows = {row.person_id: row for row in TodoPush.objects.filter(task=task)}
    for person in sorted(wanted - rows.keys()):
        rows[person] = TodoPush.objects.create(task=task, person_id=person, is_open=True, changed_at=at)
        enqueue(JOB, push_id=rows[person].pk)
    for person, row in rows.items():
        if row.is_open != (person in wanted):
            row.is_open, row.changed_at = person in wanted, at
            row.state, row.tries = TodoPush.State.QUEUED, 0
            row.save(update_fields=["is_open", "changed_at", "state", "tries"])
            enqueue(JOB, push_id=row.pk)


def push_todo(*, push_id: int, clock: Callable[[], datetime]) -> None:
    """Tell the centre of one to-do, outside any transaction; a repeated call tells nothing twice."""
    row = TodoPush.objects.select_related("task__case", "person").get(pk=push_id)
    wanted = "open" if row.is_open else "done"
    if not is_connected() or row.known == wanted:
        return
    if wanted == "done" and not row.known:
        _told(row, "", clock())
        return
    try:
        _tell(row, at=clock())
    except TodoCentreFailed as error:
        _failed(row, str(error), at=clock())
        return
    _told(row, wanted, clock())


def _tell(row: TodoPush, *, at: datetime) -> None:
    centre = TodoCentre(settings.TODO_URL, settings.TODO_KEY, settings.TODO_SECRET)
    if row.is_open:
        centre.create(_todo(row), at=at)
    else:
        centre.finish(str(row.uuid), at=at)


def _todo(row: TodoPush) -> dict[str, Any]:
    """Say what the centre shows: the step, the matter, whose it is, by when, and where it is done."""
    task, case = row.task, row.task.case
    login = User.objects.filter(person_id=row.person_id).values_list("username", flat=True).first()
    return {
        "todoId": str(row.uuid),
        "title": f"{task.name}：{case.title}",
        "step": task.name,
        "caseNumber": case.reference,
        "receiver": {"account": login or "", "name": row.person.name},
        "url": settings.BASE_URL + reverse("inbox:case", args=[case.uuid]),
        "openedAt": task.opened_at.isoformat(),
        "dueAt": task.due_at.isoformat() if task.due_at and not task.suspended else None,
    }


def list_untold(limit: int = 100) -> list[TodoPush]:
    """The newest to-dos that the centre was not told of, with their tasks and people."""
    rows = TodoPush.objects.select_related("task__case", "person")
    return list(rows.filter(state__in=UNTOLD).order_by("-changed_at", "-pk")[:limit])


def what_to_tell(uuid: UUID) -> tuple[TodoPush, dict[str, Any]] | None:
    """One to-do that the centre was not told of, with what it would be told; None where it was told."""
    rows = TodoPush.objects.select_related("task__case", "person")
    row = rows.filter(uuid=uuid, state__in=UNTOLD).first()
    return (row, _todo(row)) if row else None


@transaction.atomic
def told_by_hand(*, uuid: UUID, by: Actor, at: datetime) -> bool:
    """Note that a person entered (or ended) the to-do in the centre by hand; False when the centre knows."""
    row = TodoPush.objects.select_for_update().filter(uuid=uuid, state__in=UNTOLD).first()
    if row is None:
        return False
    _told(row, "open" if row.is_open else "done", at)
    audit.record(STREAM, action="todos.told_by_hand", by=by, at=at, facts={"todo": str(uuid)})
    return True


def _told(row: TodoPush, known: str, at: datetime) -> None:
    rows = TodoPush.objects.filter(pk=row.pk)
    rows.update(known=known or row.known, sent_at=at, error="")
    if not rows.filter(is_open=row.is_open).update(state=TodoPush.State.SENT):
        enqueue(JOB, push_id=row.pk)  # it has changed while the centre was told


def _failed(row: TodoPush, error: str, *, at: datetime) -> None:
    more = row.tries < len(WAITS)
    state = TodoPush.State.FAILED if more else TodoPush.State.GIVEN_UP
    TodoPush.objects.filter(pk=row.pk).update(state=state, tries=row.tries + 1, error=error[:300])
    if more:
        enqueue(JOB, at=at + WAITS[row.tries], push_id=row.pk)


@transaction.atomic
def repeat_todos(*, by: Actor, at: datetime) -> int:
    """Try everything again that failed; gives how many there are."""
    rows = TodoPush.objects.filter(state__in=[TodoPush.State.FAILED, TodoPush.State.GIVEN_UP])
    numbers = list(rows.order_by("pk").values_list("pk", flat=True)[:5000])
    TodoPush.objects.filter(pk__in=numbers).update(state=TodoPush.State.QUEUED, tries=0)
    for number in numbers:
        enqueue(JOB, push_id=number)
    audit.record(STREAM, action="todos.repeated", by=by, at=at, facts={"number": len(numbers)})
    return len(numbers)


def reconcile_todos(*, at: datetime) -> None:
    """Finish to-dos whose tasks went elsewhere without an event that names them, such as a hand-over."""
    stale = TodoPush.objects.filter(is_open=True).exclude(task__state=TaskState.OPEN)
    moved = TodoPush.objects.filter(is_open=True, task__state=TaskState.OPEN, task__assignee__isnull=False)
    for rows in (stale, moved.exclude(task__assignee_id=F("person_id"))):
        for task_id in rows.order_by("task_id").values_list("task_id", flat=True).distinct()[:2000]:
            sync_todos(task_id=task_id, at=at)
