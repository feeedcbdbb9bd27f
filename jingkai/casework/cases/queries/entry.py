"""The way in to a task: every page that acts on one fetches it here, so nobody else reads its form."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef

from jingkai.casework.cases.models import CaseAccess, Task
from jingkai.casework.cases.queries.people import has_lost_post
from jingkai.casework.cases.rules import LostPost, NoSuchTask, NotForYou, NotYourTask, TaskAct, may_act
from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation.models import Role
from jingkai.kernel.permissions.data import Actor

NAMES = ("case__applicant", "case__flow_version", "assignee", "pool__post__unit__party")


def get_task_for(uuid: UUID, *, by: Actor, act: TaskAct, kind: str = "") -> Task:
    """Give a task with its case to whoever may do this act on it; one query.

    The operation decides again under the lock of the case; here everybody else is refused before a form is
    read or drawn. `kind` narrows to the cases of one module. Errors: NoSuchTask, NotForYou, NotYourTask,
    LostPost.
    """
    grants = CaseAccess.objects.filter(case=OuterRef("case"), grantee_id__in=by.grantees)
    roles = Role.objects.filter(posts__in=by.post_ids, code=OuterRef("role"))
    rows = Task.objects.select_related(*NAMES).defer("case__words", "case__flow_version__bpmn")
    rows = rows.filter(uuid=uuid, **({"case__kind": kind} if kind else {}))
    task = rows.annotate(is_visible=Exists(grants), carries_role=Exists(roles)).first()
    if task is None:
        raise NoSuchTask
    if not task.is_visible:
        raise NotForYou
    if not may_act(act, task, by, carries_role=task.carries_role):
        holder = task.assignee or task.pool
        raise NotYourTask(task=local(task, "name"), holder=local(holder, "name") if holder else "")
    if has_lost_post(task, by):
        raise LostPost(task=local(task, "name"))
    return task
