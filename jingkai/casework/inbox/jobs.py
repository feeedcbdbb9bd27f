"""Background work of the inbox: the to-do centre is told, the cockpit's figures are counted ahead."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.inbox.operations import keep_figures, todos
from jingkai.kernel.events.api import job, periodic


@job(todos.JOB, label=_("Tell the to-do centre"))
def push_todo(*, push_id: int) -> None:
    """Tell the to-do centre of one to-do."""
    todos.push_todo(push_id=push_id, clock=timezone.now)


@periodic("*/10 * * * *", name="inbox.reconcile_todos", label=_("Look the to-do centre's list over"))
def reconcile_todos() -> None:
    """Finish to-dos whose tasks went elsewhere; nothing to do without a centre."""
    if todos.is_connected():
        todos.reconcile_todos(at=timezone.now())


@periodic("*/5 * * * *", name="inbox.keep_figures", label=_("Count the cockpit's figures"))
def count_figures() -> None:
    """Count ahead for those who see many cases."""
    keep_figures(at=timezone.now())
