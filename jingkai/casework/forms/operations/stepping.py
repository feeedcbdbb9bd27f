"""Opening the form of a step: everything its page shows, and the files that come with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from jingkai.casework.cases.models import Task
from jingkai.casework.forms import queries, rules
from jingkai.casework.forms.data import FieldKind, Form
from jingkai.casework.forms.models import Sheet
from jingkai.casework.forms.operations.answering import sheet_for_task
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.records.files import api as files

NO_OPINION = "no"
"""`jk:x-opinion="no"` at a step leaves the field for an opinion away."""


def open_step(
    *,
    task: Task,
    by: Actor,
    at: datetime,
    typed: Mapping[str, list[str]] | None = None,
    sheets: Iterable[Sheet] = (),
) -> Mapping[str, Any]:
    """Give what the page of a step needs; the actor holds the task.

    `typed` is what an ended session has kept; else the actor's draft is taken up. Where files may be added,
    the sheet that they belong to is made at this first opening. `sheets` are those that the page has read.
    """
    sheet = _sheet_read(task, sheets)
    version = sheet.form if sheet else queries.form_at(task)
    if version is None:
        return {"step": None}
    form = queries.form_of(version)
    sheet = sheet or _sheet_to_fill(task, form, version.key, by, at)
    kept = queries.draft_of(sheet, task=task, actor=by)
    raw = typed or (kept.data if kept else None)
    on = timezone.localdate(at)
    filled = queries.step_form(form=form, node=task.node_id, sheet=sheet, by=by, on=on, draft=raw)
    context = page_of_step(task, filled, rules.opinion_of(raw))
    return {**context, "draft_at": kept.saved_at if kept else None}


def _sheet_read(task: Task, sheets: Iterable[Sheet]) -> Sheet | None:
    """The sheet of a step among those read already, where it follows the version that the step names."""
    node = queries.flow_of(task.case).user_task(task.node_id)
    named = rules.parse_reference(node.form) if node else None
    wanted = (named.key, named.version) if named else None
    return next((one for one in sheets if (one.key, one.form.version) == wanted), None)


def _sheet_to_fill(task: Task, form: Form, key: str, by: Actor, at: datetime) -> Sheet | None:
    takes_files = any(one.kind is FieldKind.FILES for one in form.written_at(task.node_id))
    if takes_files:
        return sheet_for_task(task=task, by=by, at=at)
    return Sheet.objects.filter(case_id=task.case_id, key=key).select_related("form").first()


def page_of_step(task: Task, filled: queries.StepForm, opinion: str) -> dict[str, Any]:
    """Give the data of a step's page: the fields, what it reads, its outcomes."""
    node = queries.flow_of(task.case).user_task(task.node_id)
    declared = [(one.code, local(one, "name")) for one in node.outcomes] if node else []
    return {
        "step": filled,
        "read_facts": filled.facts(),
        "outcomes": declared or [("done", _("Finish"))],
        "asks_opinion": node is not None and node.options.get("opinion") != NO_OPINION,
        "opinion": opinion,
    }


def take_files(
    *, sheet: Sheet, given: Mapping[str, Iterable[UploadedFile[bytes]]], by: Actor, at: datetime
) -> list[str]:
    """Take in the files that came with the form itself, where no script sent them; say what was refused."""
    sentences = []
    for slot, uploaded in given.items():
        for file in uploaded:
            try:
                upload = files.receive_uploaded(file)
                files.attach(upload=upload, owner=(queries.OWNER, sheet.pk), slot=slot, by=by, at=at)
            except PersonFacingError as error:
                sentences.append(f"{error.sentence} {error.advice}".strip())
    return sentences
