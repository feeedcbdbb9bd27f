"""The form editor: a form's fields in their order, each on a page of its own, with a preview by step."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.casework.designer import operations, queries, rules
from jingkai.casework.designer.models import Design
from jingkai.casework.designer.web import shown
from jingkai.casework.designer.web.designs import MOST_BYTES, NotText, refuse
from jingkai.casework.designer.web.editing import ImportForm
from jingkai.casework.designer.web.fieldforms import KINDS, FieldForm, FormHeadForm, FormNameForm
from jingkai.casework.forms import api as forms
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import held, once

NEW = "-"
"""Stands in an address for the field that is being added."""

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


class NotAForm(PersonFacingError):
    """A file that is to become a form can't be read."""

    status = 422


@requires(*rules.RIGHTS)
@get_or_post
@once
def new_form(request: Request, uuid: UUID) -> HttpResponse:
    """Add a form to a flow."""
    design = queries.get_design(uuid)
    form = FormNameForm(request.POST if request.method == "POST" else held(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if given["name"] in design.forms:
            form.add_error("name", _("There is a form of this key already."))
        else:
            steps = rules.steps_of(design.bpmn)
            first = next((one.id for one in steps if one.form == given["name"]), steps[0].id if steps else "")
            made: dict[str, Any] = {"name": given["title"], "name_en": given["title_en"], "fields": []}
            made["rights"] = {first: "write"} if first else {}
            operations.save_form(
                design=design,
                name=given["name"],
                definition=made,
                seen=design.version,
                by=request.actor,
                at=request.at,
            )
            return redirect("designer:form", uuid=uuid, form=given["name"])
    context = {
        "design": design,
        "name": local(design, "name"),
        "form": form,
        "title": _("New form"),
        "help": "",
    }
    return render(request, "designer/import.html", context, status=422 if form.errors else 200)


@requires(*rules.RIGHTS)
@require_safe
def form(request: Request, uuid: UUID, form: str) -> HttpResponse:
    """Show a form: its fields, what keeps it from being published, and how a step sees it."""
    design, definition = _form(uuid, form)
    steps = [one for one in rules.steps_of(design.bpmn) if one.form == form]
    at = request.GET.get("step", "")
    step = next((one for one in steps if one.id == at), steps[0] if steps else None)
    read, _faults = forms.read_definition(definition)
    preview = None
    if read is not None and read.fields:
        preview = forms.step_form(
            form=read,
            node=step.id if step else "",
            sheet=None,
            by=request.actor,
            on=timezone.localdate(request.at),
        )
    kinds = dict(KINDS)
    fields = [
        {
            "name": one.get("name", ""),
            "label": local(one, "label"),
            "kind": kinds.get(one.get("kind", "text"), ""),
            "required": one.get("required"),
            "visible": one.get("visible", ""),
            "first": at == 0,
        }
        for at, one in enumerate(definition.get("fields", []))
    ]
    remarks = [one for one in queries.remarks_on(design) if one.form == form]
    context = {
        "design": design,
        "name": local(design, "name"),
        "key": form,
        "form_name": local(definition, "name") or form,
        "fields": fields,
        "steps": steps,
        "at_step": step,
        "step": preview,
        "remarks": shown.remark_lines(design, remarks),
    }
    return render(request, "designer/form.html", context)


@requires(*rules.RIGHTS)
@get_or_post
@once
def field(request: Request, uuid: UUID, form: str, field: str) -> HttpResponse:
    """Add or change a field. What others changed elsewhere in the form meanwhile is kept."""
    design, definition = _form(uuid, form)
    raw = _field(definition, field)
    steps = [one for one in rules.steps_of(design.bpmn) if one.form == form]
    typed = request.POST if request.method == "POST" else held(request)
    page = FieldForm(typed, steps=steps) if typed else FieldForm(initial=FieldForm.values(raw), steps=steps)
    seen = design.version
    if request.method == "POST" and page.is_valid():
        made = page.apply(raw)
        changed = _with_field(definition, field, made)
        _check_field(page, changed, made)
        if not page.errors:
            try:
                _save(request, design, form, changed)
            except operations.StaleDesign as error:
                refuse(page, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("designer:form", uuid=uuid, form=form)
    title = local(raw, "label") or field if field != NEW else _("New field")
    context = {
        "design": design,
        "name": local(design, "name"),
        "key": form,
        "field": field,
        "title": title,
        "form_name": local(definition, "name") or form,
        "form": page,
        "seen": seen,
        "is_new": field == NEW,
        "rights": [page[name] for name in page.fields if name.startswith("right:")],
    }
    return render(request, "designer/field.html", context, status=422 if page.errors else 200)


def _check_field(page: FieldForm, definition: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """Say at once what is wrong with this field; faults of other fields are told on the form's page."""
    _read, faults = forms.read_definition(definition)
    for fault in faults:
        if fault.field == made.get("name") or (fault.field == "-" and not made.get("name")):
            page.add_error(None, fault.message)


@requires(*rules.RIGHTS)
@require_POST
@once
def arrange(request: Request, uuid: UUID, form: str, field: str) -> HttpResponse:
    """Move a field up or down, or take it out."""
    design, definition = _form(uuid, form)
    fields = list(definition.get("fields", []))
    at = next((number for number, one in enumerate(fields) if one.get("name") == field), None)
    if at is None:
        raise Http404
    act = request.POST.get("act")
    if act == "remove":
        fields.pop(at)
    elif act in ("up", "down"):
        to = max(0, min(len(fields) - 1, at + (-1 if act == "up" else 1)))
        fields.insert(to, fields.pop(at))
    _save(request, design, form, {**definition, "fields": fields})
    return redirect("designer:form", uuid=uuid, form=form)


@requires(*rules.RIGHTS)
@get_or_post
@once
def form_head(request: Request, uuid: UUID, form: str) -> HttpResponse:
    """Set a form's names, subject, rights by step and printed sheet."""
    design, definition = _form(uuid, form)
    steps = [one for one in rules.steps_of(design.bpmn) if one.form == form]
    typed = request.POST if request.method == "POST" else held(request)
    page = (
        FormHeadForm(typed, steps=steps)
        if typed
        else FormHeadForm(initial=FormHeadForm.values(definition), steps=steps)
    )
    if request.method == "POST" and page.is_valid():
        try:
            _save(request, design, form, page.apply(definition))
        except operations.StaleDesign as error:
            refuse(page, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("designer:form", uuid=uuid, form=form)
    context = {
        "design": design,
        "name": local(design, "name"),
        "key": form,
        "form": page,
        "form_name": local(definition, "name") or form,
        "rights": [page[name] for name in page.fields if name.startswith("right:")],
    }
    return render(request, "designer/form_head.html", context, status=422 if page.errors else 200)


@requires(*rules.RIGHTS)
@require_safe
def export_form(request: Request, uuid: UUID, form: str) -> HttpResponse:
    """Give a form as JSON, as it can be imported elsewhere."""
    design, definition = _form(uuid, form)
    text = json.dumps(definition, ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{design.key}.{form}.json"'
    return response


@requires(*rules.RIGHTS)
@get_or_post
@once
def import_form(request: Request, uuid: UUID, form: str) -> HttpResponse:
    """Replace a form by a JSON or TOML file; what was there stays among the saved states."""
    design, _definition = _form(uuid, form)
    page = ImportForm(request.POST or None, request.FILES or None, initial={"seen": design.version})
    if request.method == "POST" and page.is_valid():
        try:
            made = _read_file(page.cleaned_data["file"])
            operations.save_form(
                design=design,
                name=form,
                definition=made,
                seen=page.cleaned_data["seen"],
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            refuse(page, error)
        else:
            messages.success(request, _("The form was taken over. Look at the remarks."))
            return redirect("designer:form", uuid=uuid, form=form)
    context = {
        "design": design,
        "name": local(design, "name"),
        "form": page,
        "title": _("Import a form"),
        "help": _("A JSON or TOML file as exported here."),
    }
    return render(request, "designer/import.html", context, status=422 if page.errors else 200)


@requires(*rules.RIGHTS)
@get_or_post
@once
def remove_form(request: Request, uuid: UUID, form: str) -> HttpResponse:
    """Take a form out of the draft, after asking."""
    design, definition = _form(uuid, form)
    if request.method == "POST":
        operations.save_form(
            design=design, name=form, definition=None, seen=design.version, by=request.actor, at=request.at
        )
        return redirect("designer:versions", uuid=uuid)
    words = _("Take “%(name)s” out of the draft?") % {"name": local(definition, "name") or form}
    context = {
        "title": words,
        "text": _("Published versions and what was filled in stay as they are."),
        "action": _("Take out"),
        "danger": True,
        "back_url": "",
    }
    return render(request, "ui/confirm.html", context)


def _read_file(file: Any) -> Mapping[str, Any]:
    content = file.read(MOST_BYTES + 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotText from error
    try:
        raw = tomllib.loads(text) if not text.lstrip().startswith("{") else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAForm(_("The file can't be read: %(why)s") % {"why": str(error)[:200]}) from error
    form, faults = forms.read_definition(raw)
    if form is None or not isinstance(raw, Mapping):
        raise NotAForm(faults[0].message)
    return raw


def _form(uuid: UUID, name: str) -> tuple[Design, dict[str, Any]]:
    design = queries.get_design(uuid)
    if name not in design.forms:
        raise Http404
    return design, design.forms[name]


def _field(definition: Mapping[str, Any], name: str) -> dict[str, Any]:
    if name == NEW:
        return {}
    found = next((one for one in definition.get("fields", []) if one.get("name") == name), None)
    if found is None:
        raise Http404
    return dict(found)


def _with_field(definition: Mapping[str, Any], name: str, made: dict[str, Any]) -> dict[str, Any]:
    fields = list(definition.get("fields", []))
    if name == NEW:
        return {**definition, "fields": [*fields, made]}
    return {**definition, "fields": [made if one.get("name") == name else one for one in fields]}


def _save(request: Request, design: Design, form: str, definition: Mapping[str, Any]) -> None:
    operations.save_form(
        design=design, name=form, definition=definition, seen=design.version, by=request.actor, at=request.at
    )
