"""Before an act on a task: it is open, on this person, and stands at the step where the act belongs.

Every act asks after it has locked its row, so whoever waited for the lock learns what became of the task.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.models import ApplicationItem


class WrongStep(PersonFacingError):
    """The act belongs to another step of the flow."""

    sentence = _("“%(task)s” is another step; this can't be done there.")
    advice = _("Open the case and use the form that is shown at the step.")


def check_step(*, task: Task, by: Actor, node: str) -> None:
    """Refuse before anything is written. Errors: WrongStep, what cases.check_holder raises."""
    cases.check_holder(task=task, by=by)
    if task.node_id != node:
        raise WrongStep(task=task.name)


def lock_item(*, task: Task, by: Actor) -> ApplicationItem:
    """Return the item that a department's review is about, locked, with the same refusals."""
    if not task.branch:
        raise WrongStep(task=task.name)
    item = queries.item_of_task(task=task, lock=True)
    cases.check_holder(task=task, by=by)
    return item
