"""Who holds a task, and who may act in the holder's place."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.rules.permissions import MANAGE_TASKS
from jingkai.kernel.hooks.data import PersonFacingError

if TYPE_CHECKING:
    from jingkai.casework.cases.models import Task
    from jingkai.kernel.permissions.data import Actor


class TaskNotOpen(PersonFacingError):
    """Somebody was faster, or the same form came twice; what was done first stands."""

    sentence = _("“%(task)s” is already finished or was taken off the table.")
    advice = _("Open the case to see who did what, and when. Nothing of yours was lost or done twice.")


class NoSuchTask(PersonFacingError):
    """The address names no task."""

    status = 404
    sentence = _("There is no task under this address.")
    advice = _("Look for the case by number or title in the list of cases.")


class NotForYou(PersonFacingError):
    """The case exists, and no grant of the person names it."""

    status = 403
    sentence = _("You may not read this case: neither you nor your units take part in it.")
    advice = _("If your work needs it, ask the unit that has it in hand.")


class NotYourTask(PersonFacingError):
    """The task is on somebody else."""

    status = 403
    sentence = _("“%(task)s” is on %(holder)s, not on you.")
    advice = _("Ask the holder to finish it or to transfer it to you.")


class LostPost(PersonFacingError):
    """The task came to somebody through a post that he no longer holds."""

    status = 403
    sentence = _("You no longer hold the post through which “%(task)s” came to you.")
    advice = _("Nothing is lost: it goes to whoever holds the post or works in the unit now.")


class NotYourCase(PersonFacingError):
    """Only the applicant or whoever started it may take a case back."""

    status = 403
    sentence = _("Only the applicant, or whoever started %(case)s, may withdraw it.")


class CaseNotOpen(PersonFacingError):
    """The case is closed, withdrawn or void."""

    sentence = _("%(case)s is already finished, so nothing can be changed in it.")
    advice = _("Open the case to see how it ended.")


class TaskAct(Enum):
    """What somebody wants to do with a task; each asks for another relation to it.

    Finishing it (and every act of its form) is for the holder or the holder's deputy, and for the pool while
    nobody claimed; giving it away for supervisors as well; claiming for the pool, before and after.
    """

    FINISH = auto()
    GIVE_AWAY = auto()
    CLAIM = auto()


def may_act(act: TaskAct, task: Task, by: Actor, *, carries_role: bool) -> bool:
    """Say whether the actor stands to a task as the act asks for; `carries_role`: the role that it names."""
    if by.kind == "system" or (task.assignee_id is not None and task.assignee_id == by.party_id):
        return True
    in_pool = task.pool_id is not None and task.pool_id in by.pools and (carries_role or not task.role)
    if act is TaskAct.CLAIM:
        return in_pool
    if act is TaskAct.GIVE_AWAY and (MANAGE_TASKS in by.permissions):
        return True
    if task.pool_id is not None and task.pool_id in by.enterprise_ids:
        return True
    return deputises_for(task, by) is not None or (task.assignee_id is None and in_pool)


def deputises_for(task: Task, by: Actor) -> int | None:
    """Return for whom the actor would act at this task: the holder who delegated to them, else nobody."""
    if task.assignee_id is not None and task.assignee_id in by.on_behalf_of:
        return task.assignee_id
    return None


def may_claim(task: Task, by: Actor) -> bool:
    """Say whether the actor belongs to the pool of an unclaimed task; a role is asked for separately."""
    return task.assignee_id is None and task.pool_id is not None and task.pool_id in by.pools
