"""Rights of the inbox, who may read a case, and how somebody stands to an open task."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import Enum, auto

from jingkai.casework.cases.api import MANAGE_TASKS, URGE_TASKS
from jingkai.casework.cases.data import SENT_BACK, TaskKind, TaskState
from jingkai.casework.cases.models import Case, CaseAccess, Task
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.permissions.data import Actor, Permission

SEE_COCKPIT = "inbox.see_cockpit"
SEE_TRAIL = "inbox.see_trail"
MANAGE_TODO_CENTRE = "inbox.manage_todo_centre"

PERMISSIONS = (
    Permission(SEE_COCKPIT, "查看驾驶舱", "See the cockpit", "inbox"),
    Permission(SEE_TRAIL, "查看办件的全部留痕", "See the whole trail of a case", "inbox"),
    Permission(MANAGE_TODO_CENTRE, "维护统一待办对接", "Look after the to-do centre", "inbox"),
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
    if task.pool_id not in actor.pools:
        return Standing.NONE
    if task.role and not carries_role:
        return Standing.NONE
    return Standing.MAY_CLAIM


def may_urge(actor: Actor, case: Case) -> bool:
    """Tell whether somebody may ask the holders of a case to hurry: whose matter it is, and supervisors."""
    return _has_right(actor, URGE_TASKS, MANAGE_TASKS) or is_whose_matter(actor, case)


def is_whose_matter(actor: Actor, case: Case) -> bool:
    """Tell whether the actor started the case, is its applicant, or stands in for who is."""
    mine = {actor.party_id, *actor.enterprise_ids, *actor.on_behalf_of} - {None}
    return bool(mine & {case.applicant_id, case.starter_id})


def may_withdraw(actor: Actor, case: Case) -> bool:
    """Tell whether the case may be taken back, or taken up again, here: a matter of the zone's own people.

    An applicant from outside withdraws on the pages of the module, which knows what follows from it.
    """
    outside = case.applicant is not None and case.applicant.kind == PartyKind.ENTERPRISE
    return not outside and is_whose_matter(actor, case)


def may_take_back(actor: Actor, task: Task) -> bool:
    """Tell whether a task given for an opinion may be taken back: by its holder, a deputy, a supervisor."""
    if task.owner_id is None:
        return False
    return _has_right(actor, MANAGE_TASKS) or task.owner_id in {actor.party_id, *actor.on_behalf_of}


def may_remove_signer(actor: Actor, task: Task) -> bool:
    """Tell whether a signer may be taken off: by whoever asked him, or by a supervisor."""
    asked = task.added_by_id is not None and task.added_by_id == actor.party_id
    return asked or (bool(task.group) and _has_right(actor, MANAGE_TASKS))


def may_recall(actor: Actor, task: Task, followers: Iterable[Task], binding: Collection[str]) -> bool:
    """Tell whether a page offers to take back a finished step: one's own, and nobody has gone on with it.

    `followers` are the tasks that came of it. The engine looks closer when it is done.
    """
    own = actor.party_id is not None and actor.party_id in (task.closed_by_id, task.on_behalf_of_id)
    plain = task.state == Task.State.DONE and task.kind == TaskKind.WORK and task.outcome != SENT_BACK
    if not own or not plain or task.outcome in binding:
        return False
    return all(
        one.state in (TaskState.OPEN, TaskState.PLANNED) and not _is_taken_up(one) for one in followers
    )


def _is_taken_up(task: Task) -> bool:
    claimed = task.claimed_at is not None and task.claimed_at != task.opened_at
    return claimed or task.owner_id is not None or bool(task.added)


def _has_right(actor: Actor, *codes: str) -> bool:
    return any(code in actor.permissions for code in codes)
