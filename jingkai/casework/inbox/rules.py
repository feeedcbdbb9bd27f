"""Rights of the inbox, who may read a case, and how somebody stands to an open task."""

from __future__ import annotations

from enum import Enum, auto

from jingkai.casework.cases.models import Case, CaseAccess, Task
from jingkai.kernel.permissions.data import Actor, Permission

SEE_COCKPIT = "inbox.see_cockpit"
SEE_TRAIL = "inbox.see_trail"

PERMISSIONS = (
    Permission(SEE_COCKPIT, "查看驾驶舱", "See the cockpit", "inbox"),
    Permission(SEE_TRAIL, "查看办件的全部留痕", "See the whole trail of a case", "inbox"),
)


class Standing(Enum):
    """How somebody stands to an open task."""

    NONE = auto()
    HOLDS = auto()
    STANDS_IN = auto()
    MAY_CLAIM = auto()


def may_read_case(actor: Actor, case: Case) -> bool:
    """True where one of the actor's grants names the case: one look-up by its unique key."""
    return CaseAccess.objects.filter(case=case, grantee_id__in=actor.grantees).exists()


def standing_at(task: Task, actor: Actor, *, carries_role: bool) -> Standing:
    """Tell whether the actor holds an open task, stands in for its holder, or may claim it from a pool.

    `carries_role` tells whether a post of the actor carries the role that the task asks for. It decides what
    a page offers; the engine decides again when the act is carried out.
    """
    if task.assignee_id is not None:
        if task.assignee_id == actor.party_id:
            return Standing.HOLDS
        return Standing.STANDS_IN if task.assignee_id in actor.on_behalf_of else Standing.NONE
    if task.pool_id not in actor.grantees:
        return Standing.NONE
    if task.role and not carries_role:
        return Standing.NONE
    return Standing.MAY_CLAIM
