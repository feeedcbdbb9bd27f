"""Start a matter: what somebody may start, its first form, and off it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.casework.cases.models import Case
from jingkai.casework.designer import operations, queries
from jingkai.casework.designer.models import Design
from jingkai.casework.designer.web.editing import PlainStartForm
from jingkai.casework.flow import api as flows
from jingkai.casework.flow.data import UserTask
from jingkai.casework.forms import api as forms
from jingkai.casework.forms.models import FormVersion, Sheet
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, staff
from jingkai.kernel.submissions.api import held, once


@staff
@require_safe
def start(request: Request) -> HttpResponse:
    """List what the reader may start, with what was begun and not sent."""
    drafts: dict[str, Any] = {}
    for key, saved_at in forms.list_unsent(actor=request.actor):
        drafts.setdefault(key.partition(".")[0], saved_at)
    rows = [
        {
            "design": design,
            "name": local(design, "name"),
            "summary": local(design, "summary"),
            "draft_at": drafts.get(design.key),
        }
        for design in queries.list_startable(request.actor)
    ]
    return render(request, "designer/start.html", {"rows": rows})


@staff
@require_http_methods(["GET", "HEAD", "POST"])
@once
def begin(request: Request, key: str) -> HttpResponse:
    """Show the first form of a matter, keep it as a draft, or start the matter with it."""
    design = queries.get_startable(key, request.actor)
    step, version = _first(design)
    if step is None or version is None:
        return _plain(request, design)
    sheet = forms.begin_sheet(version=version, by=request.actor, at=request.at)
    if request.method != "POST":
        return _page(request, design, _opened(request, step, version, sheet))
    given = {name: request.FILES.getlist(name) for name in request.FILES}
    refused = forms.take_files(sheet=sheet, given=given, by=request.actor, at=request.at)
    if "outcome" not in request.POST:
        for sentence in refused:
            messages.error(request, sentence)
        return _keep(request, design, sheet)
    return _send(request, design, step, version, sheet, refused)


@staff
@require_POST
def draft(request: Request, key: str) -> HttpResponse:
    """Keep what is being typed."""
    design = queries.get_startable(key, request.actor)
    _step, version = _first(design)
    if version is not None:
        sheet = forms.begin_sheet(version=version, by=request.actor, at=request.at)
        typed = forms.typed(request.POST)
        forms.save_draft(sheet=sheet, task=None, data=typed, by=request.actor, at=request.at)
    return render(request, "forms/saved.html", {"at": request.at})


def _first(design: Design) -> tuple[UserTask | None, FormVersion | None]:
    if design.published is None:
        return None, None
    step = forms.first_step(flows.compiled(design.published))
    return step, forms.find_version(step.form) if step else None


def _keep(request: Request, design: Design, sheet: Sheet) -> HttpResponse:
    data = forms.with_line(request.POST)
    forms.save_draft(sheet=sheet, task=None, data=data, by=request.actor, at=request.at)
    if "_more" not in request.POST:
        messages.success(request, _("What you typed is kept. Only you see it until you send it."))
    return redirect("designer:begin", key=design.key)


def _send(
    request: Request, design: Design, step: UserTask, version: FormVersion, sheet: Sheet, refused: list[str]
) -> HttpResponse:
    filled = forms.step_form(
        form=forms.form_of(version),
        node=step.id,
        sheet=sheet,
        by=request.actor,
        on=timezone.localdate(request.at),
        data=request.POST,
    )
    for sentence in refused:
        filled.say("", sentence)
    if filled.check() and not refused:
        try:
            case = operations.start_matter(
                key=design.key,
                sheet=sheet,
                answers=filled.typed(),
                outcome=request.POST["outcome"][:40],
                opinion=request.POST.get("opinion", "")[:4000],
                by=request.actor,
                at=request.at,
            )
        except forms.AnswersRefused as error:
            for problem in error.problems:
                filled.say(problem.field, problem.message)
        else:
            return _started(request, case)
    return _page(request, design, _context(step, filled, request.POST.get("opinion", "")), status=422)


def _started(request: Request, case: Case) -> HttpResponse:
    messages.success(
        request,
        _("“%(title)s” is on its way: %(number)s.")
        % {"title": local(case, "title"), "number": case.reference},
    )
    return redirect("inbox:case", uuid=case.uuid)


def _opened(request: Request, step: UserTask, version: FormVersion, sheet: Sheet) -> dict[str, Any]:
    kept = forms.draft_of(sheet, task=None, actor=request.actor)
    again = held(request)
    raw = forms.typed(again) if again else kept.data if kept else None
    filled = forms.step_form(
        form=forms.form_of(version),
        node=step.id,
        sheet=sheet,
        by=request.actor,
        on=timezone.localdate(request.at),
        draft=raw,
    )
    context = _context(step, filled, forms.opinion_of(raw))
    return {**context, "draft_at": kept.saved_at if kept else None}


def _context(step: UserTask, filled: forms.StepForm, opinion: str) -> dict[str, Any]:
    declared = [(one.code, local(one, "name")) for one in step.outcomes]
    return {
        "step": filled,
        "outcomes": declared or [("submit", _("Submit"))],
        "asks_opinion": step.options.get("opinion") != "no",
        "opinion": opinion,
    }


def _page(request: Request, design: Design, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    nodes = [(one.name, one.name_en) for one in flows.compiled(design.published).user_tasks()]  # type: ignore[arg-type]
    steps = [local({"name": name, "name_en": name_en}, "name") for name, name_en in nodes]
    data = {**context, "design": design, "name": local(design, "name"), "steps": steps}
    return render(request, "designer/begin.html", data, status=status)


def _plain(request: Request, design: Design) -> HttpResponse:
    """A flow that begins without a form asks for the matter in one line."""
    form = PlainStartForm(request.POST if request.method == "POST" else held(request))
    if request.method == "POST" and form.is_valid():
        title = form.cleaned_data["title"]
        case = operations.start_plain(key=design.key, title=title, by=request.actor, at=request.at)
        return _started(request, case)
    context = {"design": design, "name": local(design, "name"), "form": form}
    return render(request, "designer/begin_plain.html", context, status=422 if form.errors else 200)
