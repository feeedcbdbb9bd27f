"""Progress and answer of a work order. Each is one form, one operation."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import once
from jingkai.modules.hotline import operations, rules
from jingkai.modules.hotline.data import KIND
from jingkai.modules.hotline.web.forms import AnswerForm, ProgressForm


@requires(rules.ANSWER)
@require_POST
@once
def progress(request: Request, uuid: UUID) -> HttpResponse:
    """Tell the line how it goes on."""
    task = _task(request, uuid)
    operations.tell_progress(
        task=task, text=_text(ProgressForm(request.POST)), by=request.actor, at=request.at
    )
    messages.success(request, _("The 12345 line is told how it goes on."))
    return redirect("inbox:case", uuid=task.case.uuid)


@requires(rules.ANSWER)
@require_POST
@once
def answer(request: Request, uuid: UUID) -> HttpResponse:
    """Answer the work order."""
    task = _task(request, uuid)
    operations.answer_order(task=task, text=_text(AnswerForm(request.POST)), by=request.actor, at=request.at)
    messages.success(request, _("Answered. The answer goes out to the 12345 line."))
    return redirect("inbox:case", uuid=task.case.uuid)


def _task(request: Request, uuid: UUID) -> Task:
    """Give the task to whoever may finish it; everybody else is refused before the form is read."""
    return cases.get_task_for(uuid, by=request.actor, act=cases.TaskAct.FINISH, kind=KIND)


def _text(form: forms.Form) -> str:
    if not form.is_valid():
        raise operations.WordsMissing
    return str(form.cleaned_data["text"])
