"""The way in to acts that are not the holder's own: to a task, a case or a reading that the actor sees."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import CaseAccess, Reading, Task
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor

NAMES = ("case__applicant", "case__flow_version", "assignee", "pool__post__unit__party", "owner", "closed_by")


class NoSuchReading(PersonFacingError):
    """The address names nothing to read, or something given to another person."""

    status = 404
    sentence = _("Nothing was given to you to read under this address.")
    advice = _("What you have to read stands on your desk under “To read”.")


def get_task_seen(uuid: UUID, *, actor: Actor) -> Task:
    """Give a task of a case that the actor may read; one query. Errors: NoSuchTask, NotForYou."""
    grants = CaseAccess.objects.filter(case=OuterRef("case"), grantee_id__in=actor.grantees)
    rows = Task.objects.select_related(*NAMES).defer("case__words", "case__flow_version__bpmn")
    task = rows.annotate(is_visible=Exists(grants)).filter(uuid=uuid).first()
    if task is None:
        raise cases.NoSuchTask
    if not task.is_visible:
        raise cases.NotForYou
    return task


def get_own_reading(uuid: UUID, *, actor: Actor) -> Reading:
    """Give what was sent to the actor to read. Error: NoSuchReading."""
    rows = Reading.objects.select_related("case").defer("case__words").filter(reader_id=actor.party_id)
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NoSuchReading
    return found


def list_tasks_of(uuids: list[UUID], *, actor: Actor) -> list[Task]:
    """Give those of these tasks whose cases the actor may read, in the order asked for; one query."""
    grants = CaseAccess.objects.filter(case=OuterRef("case"), grantee_id__in=actor.grantees)
    rows = Task.objects.select_related(*NAMES).defer("case__words", "case__flow_version__bpmn")
    found = {task.uuid: task for task in rows.filter(Exists(grants), uuid__in=uuids)}
    return [found[uuid] for uuid in dict.fromkeys(uuids) if uuid in found]
