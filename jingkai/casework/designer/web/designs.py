"""Flows in the designer: list, new, name and start, versions, publish, import and export, comparison."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.casework.designer import operations, queries, rules
from jingkai.casework.designer.models import Design
from jingkai.casework.designer.web import shown
from jingkai.casework.designer.web.editing import HeadForm, ImportForm, NewFlowForm
from jingkai.casework.flow import api as flows
from jingkai.casework.forms import api as forms
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import held, once

XML = "application/xml; charset=utf-8"
MOST_BYTES = 2_000_000
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@requires(*rules.RIGHTS)
@require_safe
def designs(request: Request) -> HttpResponse:
    """List the flows of the designer, and those that were published by other means."""
    found = queries.list_designs()
    keys = {design.key for design in found}
    others = [version for version in flows.list_current() if version.key not in keys]
    context = {"table": shown.designs_table(found), "others": others}
    return render(request, "designer/designs.html", context)


@requires(*rules.RIGHTS)
@get_or_post
@once
def new(request: Request) -> HttpResponse:
    """Begin a flow from a template or a file."""
    form = (
        NewFlowForm(request.POST, request.FILES) if request.method == "POST" else NewFlowForm(held(request))
    )
    if request.method == "POST" and form.is_valid():
        try:
            design = _create(request, form)
        except PersonFacingError as error:
            refuse(form, error)
        else:
            return redirect("designer:editor", uuid=design.uuid)
    return render(request, "designer/new.html", {"form": form}, status=422 if form.errors else 200)


def _create(request: Request, form: NewFlowForm) -> Design:
    given = form.cleaned_data
    template = queries.find_template(given["template"])
    if template is None:
        raise Http404
    file = given["file"]
    blank = template.code == queries.BLANK
    return operations.create_design(
        key=given["key"].strip(),
        name=given["name"],
        name_en=given["name_en"] or ("" if blank else template.name_en),
        summary="" if file or blank else template.summary,
        summary_en="" if file or blank else template.summary_en,
        bpmn=forms.unpin_forms(_text(file)) if file else template.bpmn,
        definitions={} if file else template.forms,
        by=request.actor,
        at=request.at,
    )


@requires(*rules.RIGHTS)
@require_POST
@once
def adopt(request: Request, key: str) -> HttpResponse:
    """Take a flow that was published by other means into the designer."""
    design = operations.adopt_flow(key=key, by=request.actor, at=request.at)
    return redirect("designer:editor", uuid=design.uuid)


@requires(*rules.RIGHTS)
@get_or_post
@once
def head(request: Request, uuid: UUID) -> HttpResponse:
    """Set what a flow is called and who may start it."""
    design = queries.get_design(uuid)
    typed = request.POST if request.method == "POST" else held(request)
    form = HeadForm(typed) if typed else HeadForm.of(design)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        operations.save_head(
            design=design,
            name=given["name"],
            name_en=given["name_en"],
            summary=given["summary"],
            summary_en=given["summary_en"],
            start=form.start(),
            by=request.actor,
            at=request.at,
        )
        messages.success(request, _("Saved. It counts from now on."))
        return redirect("designer:versions", uuid=uuid)
    context = {"design": design, "name": local(design, "name"), "form": form}
    return render(request, "designer/head.html", context, status=422 if form.errors else 200)


@requires(*rules.RIGHTS)
@require_safe
def versions(request: Request, uuid: UUID) -> HttpResponse:
    """Show a flow: its state, who may start it, its forms, its published versions."""
    design = queries.get_design(uuid)
    found = flows.list_versions(design.key)
    context = {
        "design": design,
        "name": local(design, "name"),
        "light": shown.light_of(design),
        "facts": shown.head_facts(design),
        "forms": shown.form_lines(design),
        "versions": found,
        "pairs": [(one.version - 1, one.version) for one in found if one.version > 1],
        "may_delete": False,
    }
    return render(request, "designer/versions.html", context)


@requires(*rules.RIGHTS)
@get_or_post
@once
def publish(request: Request, uuid: UUID) -> HttpResponse:
    """Show what would be published and what keeps it; publish it."""
    design = queries.get_design(uuid)
    if request.method == "POST":
        try:
            seen = _number(request.POST.get("seen"))
            version = operations.publish_design(design=design, seen=seen, by=request.actor, at=request.at)
        except (operations.DesignRefused, operations.StaleDesign) as error:
            return _publish_page(request, queries.get_design(uuid), error)
        messages.success(
            request,
            _("Version %(n)d is published. Whoever starts the matter now gets it.") % {"n": version.version},
        )
        return redirect("designer:versions", uuid=uuid)
    return _publish_page(request, design)


def _publish_page(request: Request, design: Design, error: PersonFacingError | None = None) -> HttpResponse:
    remarks = queries.remarks_on(design)
    context = {
        "design": design,
        "name": local(design, "name"),
        "remarks": shown.remark_lines(design, remarks),
        "may_publish": not any(one.level == "fault" for one in remarks),
        "changes": shown.difference_lines(shown.unpublished(design)),
        "refusal": error,
    }
    return render(request, "designer/publish.html", context, status=error.status if error else 200)


@requires(*rules.RIGHTS)
@require_safe
def compare(request: Request, uuid: UUID) -> HttpResponse:
    """Show what differs between two published versions, or between one and the draft: pictures and a list."""
    design = queries.get_design(uuid)
    found = [one.version for one in flows.list_versions(design.key)]
    last = found[0] if found else 0
    old = _number(request.GET.get("old")) or max(last - 1, 1)
    new = _number(request.GET.get("new"))  # 0 is the draft
    if not found or old not in found or (new and new not in found):
        raise Http404
    states = shown.states_of(design, {old, new})
    before, after = states[old], states[new]
    differences = rules.differences(before.bpmn, after.bpmn, old_forms=before.forms, new_forms=after.forms)
    context = {
        "design": design,
        "name": local(design, "name"),
        "versions": found,
        "old": old,
        "new": new,
        "lines": shown.difference_lines(differences),
        "marks": shown.marks(differences),
    }
    return render(request, "designer/compare.html", context)


@requires(*rules.RIGHTS)
@require_safe
def drawing(request: Request, uuid: UUID, version: int) -> HttpResponse:
    """Give a drawing as a file: a published version, or the draft as 0."""
    design = queries.get_design(uuid)
    text = flows.get_version(design.key, version).bpmn if version else design.bpmn
    response = HttpResponse(text, content_type=XML)
    name = f"{design.key}-{version or 'draft'}.bpmn"
    kind = "attachment" if "save" in request.GET else "inline"
    response["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(name)}"
    return response


@requires(*rules.RIGHTS)
@get_or_post
@once
def import_drawing(request: Request, uuid: UUID) -> HttpResponse:
    """Replace the draft's drawing by a file; what was there stays among the saved states."""
    design = queries.get_design(uuid)
    form = ImportForm(request.POST or None, request.FILES or None, initial={"seen": design.version})
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_drawing(
                design=design,
                bpmn=forms.unpin_forms(_text(form.cleaned_data["file"])),
                seen=form.cleaned_data["seen"],
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The drawing was taken over. Look at the remarks below it."))
            return redirect("designer:editor", uuid=uuid)
    context = {
        "design": design,
        "name": local(design, "name"),
        "form": form,
        "title": _("Import a drawing"),
        "help": _("A BPMN 2.0 file. The present drawing is kept among the saved states."),
    }
    return render(request, "designer/import.html", context, status=422 if form.errors else 200)


def refuse(form: Form, error: PersonFacingError) -> None:
    """Say on the form why it was refused; what was typed stays."""
    form.add_error(None, f"{error.sentence} {error.advice}".strip())


def _text(file: UploadedFile[bytes]) -> str:
    """Read a file that should be BPMN; what can't be one is refused in words."""
    content = file.read(MOST_BYTES + 1)
    try:
        return str(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotText from error


class NotText(PersonFacingError):
    """A file that is no text can't be a drawing or a form."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("The file is not text in UTF-8."), _("Export it again as BPMN 2.0, JSON or TOML."))


def _number(text: Any) -> int:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 9 else 0
