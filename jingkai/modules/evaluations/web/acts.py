"""The steps of a rectification and of a complaint on the case page. Each is one form, one operation."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import once
from jingkai.modules.evaluations import operations, rules
from jingkai.modules.evaluations.operations import complaining, rectifying
from jingkai.modules.evaluations.operations.rectifying import VisitWords
from jingkai.modules.evaluations.web.forms import MeasuresForm, ReplyForm, VisitForm
from jingkai.records.files import api as files

MOST_FILES = 5


class Unfinished(PersonFacingError):
    """A form came without what it needs; the sentence is the field's own."""

    status = 422


@requires(rules.HANDLE)
@require_POST
@once
def handle(request: Request, uuid: UUID) -> HttpResponse:
    """Say what was done about a bad rating, with files as evidence."""
    task = _task(request, uuid, kind=rectifying.KIND)
    form = _valid(MeasuresForm(request.POST))
    given = [one for one in request.FILES.getlist("evidence") if isinstance(one, UploadedFile)]
    evidence = tuple(files.receive_uploaded(one) for one in given[:MOST_FILES])
    operations.record_measures(
        task=task, measures=form.cleaned_data["measures"], evidence=evidence, by=request.actor, at=request.at
    )
    messages.success(request, _("Recorded. Somebody else asks the rater again now."))
    return redirect("inbox:case", uuid=task.case.uuid)


@requires(rules.VISIT)
@require_POST
@once
def visit(request: Request, uuid: UUID) -> HttpResponse:
    """Record a return visit."""
    task = _task(request, uuid, kind=rectifying.KIND)
    given = _valid(VisitForm(request.POST)).cleaned_data
    operations.record_visit(task=task, said=VisitWords(**given), by=request.actor, at=request.at)
    messages.success(request, _("The return visit was recorded."))
    return redirect("inbox:case", uuid=task.case.uuid)


@requires(rules.RECHECK, rules.VISIT)
@require_POST
@once
def answer(request: Request, uuid: UUID) -> HttpResponse:
    """Answer a complaint in writing."""
    task = _task(request, uuid, kind=complaining.KIND)
    reply = _valid(ReplyForm(request.POST)).cleaned_data["reply"]
    operations.answer_complaint(task=task, reply=reply, by=request.actor, at=request.at)
    messages.success(request, _("The answer was sent."))
    return redirect("inbox:case", uuid=task.case.uuid)


def _task(request: Request, uuid: UUID, *, kind: str) -> Task:
    """Give the task to whoever may finish it; everybody else is refused before the form is read."""
    return cases.get_task_for(uuid, by=request.actor, act=cases.TaskAct.FINISH, kind=kind)


def _valid(form: Form) -> Form:
    if not form.is_valid():
        raise Unfinished(str(next(iter(form.errors.values()))[0]))
    return form
