"""Due dates of a person's own tasks, for the calendar; and what the to-do centre was not told."""

from __future__ import annotations

from jingkai.casework.cases.data import TaskKind, TaskState
from jingkai.casework.cases.models import Task
from jingkai.casework.inbox.models import TodoPush

MOST = 500


def list_dated_tasks(person_id: int) -> list[Task]:
    """Give the open tasks on a person whose due date stands, due first first; one bounded query."""
    rows = Task.objects.filter(assignee_id=person_id, state=TaskState.OPEN, kind=TaskKind.WORK)
    rows = rows.filter(due_at__isnull=False, suspended=False).select_related("case").defer("case__words")
    return list(rows.order_by("due_at", "pk")[:MOST])


def list_failed_todos() -> list[TodoPush]:
    """Give what the to-do centre could not be told, newest first."""
    rows = TodoPush.objects.filter(state__in=[TodoPush.State.FAILED, TodoPush.State.GIVEN_UP])
    return list(rows.select_related("task__case", "person").defer("task__case__words").order_by("-pk")[:MOST])
