"""One line of an item's lists: a material with the zone's own forms, a step, a question."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, rules
from jingkai.modules.approvals.models import ItemVersion
from jingkai.modules.approvals.rules.fields import BY_NAME
from jingkai.modules.approvals.web import item_forms
from jingkai.modules.approvals.web.forms import typed_text
from jingkai.modules.approvals.web.items import OPEN, version_or_404
from jingkai.records.files import api as files


@requires(rules.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
@submissions.once
def line(request: Request, code: str, number: int, name: str, line: int) -> HttpResponse:
    """Edit, add (line 0), move up or remove one line of a list: a material, a step, a question."""
    version = version_or_404(code, number)
    field = BY_NAME.get(name)
    rows = list(version.content.get(name) or [])
    if field is None or field.type != "list" or version.state not in OPEN or line > len(rows):
        raise Http404
    told = rows[line - 1] if line else {}
    data = request.POST or submissions.held(request) or None
    form = item_forms.LineForm(
        field.parts,
        told=told if name == "materials" else {**told, "kind": ""},
        version=version.version,
        choices={},
        data=data,
        files=request.FILES,
    )
    if request.method == "POST" and form.is_valid() and _line_saved(request, form, version, name, line):
        return redirect("approvals:item_section", code=code, number=number, section=field.section)
    context = {"item": version.item, "version": version, "field": field, "line": line, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "approvals/item_line.html", context, status=status)


def _line_saved(
    request: Request, form: item_forms.LineForm, version: ItemVersion, name: str, line: int
) -> bool:
    """Save a line with its own forms; a refused file is told beside its field."""
    rows = list(version.content.get(name) or [])
    act, told = typed_text(request.POST, "act", most=10), form.changes()
    try:
        if act == "save" and form.own:
            told |= _own_forms(request, form, version, {**rows[line - 1], **told})
    except PersonFacingError as refused:
        form.add_error(None, f"{refused.sentence} {refused.advice}".strip())
        return False
    operations.save_version(
        version=version,
        changes={name: _with_line(rows, line, act, told)},
        seen=form.cleaned_data["version"],
        by=request.actor,
        at=request.at,
    )
    return True


def _own_forms(
    request: Request, form: item_forms.LineForm, version: ItemVersion, line: dict[str, Any]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in operations.FORM_KINDS:
        if form.cleaned_data.get(f"{kind}_away"):
            found |= operations.without_own_form(kind)
        if given := form.cleaned_data.get(f"{kind}_upload"):
            upload = files.receive_uploaded(given, kinds=operations.FORM_FILES)
            found |= operations.keep_own_form(
                version=version, line=line, kind=kind, upload=upload, by=request.actor, at=request.at
            )
    return found


def _with_line(rows: list[Any], line: int, act: str, told: dict[str, Any]) -> list[Any]:
    if act == "remove" and line:
        return rows[: line - 1] + rows[line:]
    if act == "up" and line > 1:
        return [*rows[: line - 2], rows[line - 1], rows[line - 2], *rows[line:]]
    return [*rows[: line - 1], {**rows[line - 1], **told}, *rows[line:]] if line else [*rows, told]
