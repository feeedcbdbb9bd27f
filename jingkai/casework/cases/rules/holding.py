"""Who holds a task, and who may act in the holder's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.data import PersonFacingError

if TYPE_CHECKING:
    from jingkai.casework.cases.models import Task
    from jingkai.kernel.permissions.data import Actor


class TaskNotOpen(PersonFacingError):
    """Somebody was faster, or the same form came twice; what was done first stands."""

    sentence = _("“%(task)s” is already finished or was taken off the table.")
    advice = _("Open the case to see who did what, and when. Nothing of yours was lost or done twice.")


class NotYourTask(PersonFacingError):
    """The task is on somebody else."""

    status = 403
    sentence = _("“%(task)s” is on %(holder)s, not on you.")
    advice = _("Ask the holder to finish it or to transfer it to you.")


class NotYourCase(PersonFacingError):
    """Only the applicant or whoever started it may take a case back."""

    status = 403
    sentence = _("Only the applicant, or whoever started %(case)s, may withdraw it.")


class CaseNotOpen(PersonFacingError):
    """The case is closed, withdrawn or void."""

    sentence = _("%(case)s is already finished, so nothing can be changed in it.")
    advice = _("Open the case to see how it ended.")


def deputises_for(task: Task, by: Actor) -> int | None:
    """Return for whom the actor would act at this task: the holder who delegated to them, else nobody."""
    if task.assignee_id is not None and task.assignee_id in by.on_behalf_of:
        return task.assignee_id
    return None


def may_claim(task: Task, by: Actor) -> bool:
    """Say whether the actor belongs to the pool of an unclaimed task; a role is asked for separately."""
    return task.assignee_id is None and task.pool_id is not None and task.pool_id in by.grantees
