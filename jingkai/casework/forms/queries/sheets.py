"""Reads: the sheets of a case, who may read one, which step writes it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.flow import api as flows
from jingkai.casework.flow.data import Flow, PerformerKind, UserTask
from jingkai.casework.forms.models import Draft, FormVersion, Sheet
from jingkai.casework.forms.queries.onpage import OWNER, along_of
from jingkai.casework.forms.queries.versions import find_version, form_of
from jingkai.casework.forms.rules import parse_reference
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.records.files import api as files
from jingkai.records.files.data import AttachmentLine


class NoSuchSheet(PersonFacingError):
    """The address names no sheet, or one that the person may not read: both look alike."""

    status = 404
    sentence = _("There is no form under this address.")
    advice = _("Open the case and look at its forms there.")


def may_read_sheet(actor: Actor, sheet_id: int) -> bool:
    """Whoever may read the case may read its forms; before the case, whoever began it."""
    row = Sheet.objects.filter(pk=sheet_id).values_list("case_id", "owner_id").first()
    if row is None:
        return False
    case_id, owner_id = row
    if case_id is None:
        return owner_id is not None and owner_id == actor.party_id
    return cases.may_see(case_id, grantees=actor.grantees)


def get_sheet(*, uuid: UUID, actor: Actor) -> Sheet:
    """Give a sheet of a case that the actor may read. Errors: NoSuchSheet."""
    rows = Sheet.objects.select_related("form", "case__applicant", "case__starter", "case__flow_version")
    sheet = (
        rows.defer("case__words", "case__flow_version__bpmn").filter(uuid=uuid, case__isnull=False).first()
    )
    if sheet is None or not cases.may_see(sheet.case_id or 0, grantees=actor.grantees):
        raise NoSuchSheet
    return sheet


def find_sheet_id(uuid: UUID) -> int | None:
    """Give the number of a sheet for the upload of files."""
    return Sheet.objects.filter(uuid=uuid).values_list("pk", flat=True).first()


def sheets_of(case_id: int) -> list[Sheet]:
    """Give the sheets of a case in the order in which they were begun."""
    return list(Sheet.objects.filter(case_id=case_id).select_related("form").order_by("pk"))


def find_begun(*, key: str, actor: Actor) -> Sheet | None:
    """Give what somebody began to fill in and has not sent yet."""
    rows = Sheet.objects.select_related("form")
    return (
        rows.filter(key=key, case__isnull=True, owner_id=actor.party_id).first() if actor.party_id else None
    )


def draft_of(sheet: Sheet | None, *, task: Task | None, actor: Actor) -> Draft | None:
    """Give what somebody typed at a step and has not sent yet."""
    if sheet is None or actor.party_id is None:
        return None
    if along := along_of(sheet):
        asked = (task.pk if task else None, actor.party_id)
        return next((one for one in along.drafts if (one.task_id, one.person_id) == asked), None)
    return Draft.objects.filter(sheet=sheet, task=task, person_id=actor.party_id).first()


def list_unsent(*, actor: Actor) -> list[tuple[str, datetime | None]]:
    """Give what somebody began to fill in and has not sent, newest first: which form, and when it was kept.

    One query, however much was begun.
    """
    if actor.party_id is None:
        return []
    kept = Draft.objects.filter(sheet=OuterRef("pk"), task=None, person_id=actor.party_id)
    rows = Sheet.objects.filter(case__isnull=True, owner_id=actor.party_id).order_by("-pk")
    return list(rows.values_list("key", Subquery(kept.values("saved_at")[:1])))


def flow_of(case: Case) -> Flow:
    """Give the compiled flow that a case follows."""
    return flows.compiled_by_id(case.flow_version_id, case.flow_version.digest)


def form_at(task: Task) -> FormVersion | None:
    """Give the version of the form that a task's step names in the case's drawing."""
    node = flow_of(task.case).user_task(task.node_id)
    return find_version(node.form) if node else None


def first_step(flow: Flow) -> UserTask | None:
    """Give the step in which the starter fills the first form, if the flow begins with one."""
    arrow = flow.nodes[flow.start].outgoing[0]
    node = flow.user_task(arrow.target)
    if node is None or node.performer.kind is not PerformerKind.STARTER or not parse_reference(node.form):
        return None
    return node


def may_write_file(actor: Actor, sheet_id: int, slot: str) -> bool:
    """Say whether somebody may add files to a field now: at a step that writes it and is in their hands."""
    sheet = Sheet.objects.select_related("form").filter(pk=sheet_id).first()
    if sheet is None:
        return False
    one = form_of(sheet.form).field(slot)
    if one is None or one.kind != "files":
        return False
    if sheet.case_id is None:
        return sheet.owner_id is not None and sheet.owner_id == actor.party_id
    return any(_writes(task, sheet.key, slot) for task in _tasks_on(actor, sheet.case_id))


def keys_in_hand(actor: Actor, case_id: int) -> set[str]:
    """Give the forms of a case that steps in the actor's hands show."""
    held = (task for task in _tasks_on(actor, case_id) if task.assignee_id is not None)
    nodes = (flow_of(task.case).user_task(task.node_id) for task in held)
    found = (parse_reference(node.form) for node in nodes if node)
    return {reference.key for reference in found if reference is not None}


def _tasks_on(actor: Actor, case_id: int) -> list[Task]:
    held = Q(assignee_id=actor.party_id) | Q(assignee_id__in=actor.on_behalf_of)
    pooled = Q(assignee_id=None, pool_id__in=actor.pools)
    rows = Task.objects.filter(held | pooled, case_id=case_id, state=Task.State.OPEN)
    return list(rows.select_related("case__flow_version").defer("case__words", "case__flow_version__bpmn"))


def _writes(task: Task, key: str, slot: str) -> bool:
    version = form_at(task)
    if version is None or version.key != key:
        return False
    return slot in {one.name for one in form_of(version).written_at(task.node_id)}


def lines_of(sheet: Sheet) -> list[AttachmentLine]:
    """Give the files of a sheet as pages show them."""
    along = along_of(sheet)
    return list(along.files) if along else files.list_attachments((OWNER, sheet.pk))


def files_by_field(sheet: Sheet | None) -> dict[str, int]:
    """Count the files of a sheet by field."""
    return files.count_by_slot((OWNER, sheet.pk)) if sheet is not None else {}
