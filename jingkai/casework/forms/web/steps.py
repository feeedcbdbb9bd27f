"""The form of a step: filled on the case's page or on its own, kept as a draft, sent with an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.forms import operations, queries, rules
from jingkai.casework.forms.models import Sheet
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, staff
from jingkai.kernel.submissions.api import held, once

OPINION_LENGTH = 4000


@staff
@require_http_methods(["GET", "HEAD", "POST"])
@once
def step(request: Request, uuid: UUID) -> HttpResponse:
    """Show a step's form, or send it: with an outcome, as a draft, or with one more line in a table."""
    task = _task(request, uuid)
    if request.method != "POST":
        return _page(request, task, _opened(request, task))
    if "outcome" not in request.POST:
        return _keep(request, task)
    return _send(request, task)


@staff
@require_POST
def draft(request: Request, uuid: UUID) -> HttpResponse:
    """Keep what is being typed."""
    task = _task(request, uuid)
    sheet = operations.sheet_for_task(task=task, by=request.actor, at=request.at)
    operations.save_draft(
        sheet=sheet, task=task, data=rules.typed(request.POST), by=request.actor, at=request.at
    )
    return render(request, "forms/saved.html", {"at": request.at})


def _keep(request: Request, task: Task) -> HttpResponse:
    """Keep what was typed and come back: for going on later, or with one more line."""
    sheet = operations.sheet_for_task(task=task, by=request.actor, at=request.at)
    for sentence in _take_files(request, sheet):
        messages.error(request, sentence)
    data = rules.with_line(request.POST)
    operations.save_draft(sheet=sheet, task=task, data=data, by=request.actor, at=request.at)
    if "_more" not in request.POST:
        messages.success(request, _("What you typed is kept. Only you see it until you send it."))
    return redirect("forms:step", uuid=task.uuid)


def _send(request: Request, task: Task) -> HttpResponse:
    version = queries.form_at(task)
    if version is None:
        raise operations.HasNoForm
    sheet = operations.sheet_for_task(task=task, by=request.actor, at=request.at)
    refused = _take_files(request, sheet)
    filled = queries.step_form(
        form=queries.form_of(version),
        node=task.node_id,
        sheet=sheet,
        by=request.actor,
        on=timezone.localdate(request.at),
        data=request.POST,
    )
    for sentence in refused:
        filled.say("", sentence)
    if filled.check() and not refused:
        try:
            operations.answer_task(
                task=task,
                answers=filled.typed(),
                outcome=request.POST["outcome"][:40],
                opinion=request.POST.get("opinion", "")[:OPINION_LENGTH],
                seen=rules.number_of(request.POST.get("_seen")),
                by=request.actor,
                at=request.at,
            )
        except operations.AnswersRefused as error:
            sheet = _explain(filled, error, sheet)
        else:
            messages.success(request, _("“%(task)s” is finished.") % {"task": local(task, "name")})
            return redirect("inbox:case", uuid=task.case.uuid)
    page = operations.page_of_step(task, filled, request.POST.get("opinion", ""))
    return _page(request, task, page, status=422)


def _explain(filled: queries.StepForm, error: operations.AnswersRefused, sheet: Sheet) -> Sheet:
    """Put the refusal at its fields; a page that was outrun goes on from the present state."""
    for problem in error.problems:
        filled.say(problem.field, problem.message)
    filled.sheet = Sheet.objects.get(pk=sheet.pk)
    return filled.sheet


def _page(request: Request, task: Task, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "forms/step.html", {**context, "task": task, "case": task.case}, status=status)


def _task(request: Request, uuid: UUID) -> Task:
    return cases.get_task_for(uuid, by=request.actor, act=cases.TaskAct.FINISH)


def _opened(request: Request, task: Task) -> Mapping[str, Any]:
    kept = held(request)
    typed = rules.typed(kept) if kept else None
    return operations.open_step(task=task, by=request.actor, at=request.at, typed=typed)


def _take_files(request: Request, sheet: Sheet) -> list[str]:
    given = {name: request.FILES.getlist(name) for name in request.FILES}
    return operations.take_files(sheet=sheet, given=given, by=request.actor, at=request.at)
