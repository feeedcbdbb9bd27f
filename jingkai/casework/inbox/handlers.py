"""What the inbox does when something happened elsewhere."""

from __future__ import annotations

from typing import Protocol

from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.inbox.operations import todos
from jingkai.kernel.organisation.events import AppointmentEnded


class TaskMoved(Protocol):
    """Any event that names a task."""

    @property
    def task_id(self) -> int:
        """The task."""


def on_appointment_ended(event: AppointmentEnded) -> None:
    """Give the tasks of whoever has left a post back to where somebody works; repeating changes nothing."""
    cases.hand_over_lost(at=timezone.now(), person=event.person_id)


def on_task_moved(event: TaskMoved) -> None:
    """Tell the to-do centre who has the task now; repeating tells nothing twice."""
    todos.sync_todos(task_id=event.task_id, at=timezone.now())
