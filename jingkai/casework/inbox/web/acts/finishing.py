"""The ends of a step without a form of its own: forward with an opinion, or back to an earlier step."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.api import TaskAct
from jingkai.casework.inbox import queries
from jingkai.casework.inbox.web.acts.entry import Unfinished, ask, data_of, get_or_post, task_for, to_case
from jingkai.casework.inbox.web.forms import CompleteForm, SendBackForm
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, staff
from jingkai.kernel.submissions.api import once


class HasItsOwnForm(PersonFacingError):
    """The step belongs to a module, whose form does more than move the case on."""

    sentence = gettext_lazy("“%(task)s” has a form of its own and is finished there only.")
    advice = gettext_lazy("Open the case and use the form of the step.")


class NowhereBack(PersonFacingError):
    """No office has done a step yet, or what it did was formally issued."""

    sentence = gettext_lazy("There is no earlier step to which “%(task)s” could be sent back.")
    advice = gettext_lazy("Finish the step, or ask the applicant with its form.")


@staff
@get_or_post
@once
def send_back(request: Request, uuid: UUID) -> HttpResponse:
    """Send a case back to an earlier step (退回) with what has to be done again."""
    task = task_for(request, uuid, TaskAct.FINISH)
    targets = cases.send_back_targets(task)
    if not targets:
        raise NowhereBack(task=local(task, "name"))
    steps = [(target.node, f"{local(target, 'name')} · {target.holder}") for target in targets]
    form = SendBackForm(data_of(request), steps=steps)
    if request.method == "POST" and form.is_valid():
        to, reason = form.cleaned_data["to"], form.cleaned_data["reason"]
        opened = cases.send_back(task=task, to_node=to, reason=reason, by=request.actor, at=request.at)
        facts = {"step": local(opened, "name")}
        messages.success(request, _("Sent back to “%(step)s” with your words.") % facts)
        return redirect(f"{reverse('inbox:desk')}?tab=mine")
    words = _("Send back from “%(task)s”") % {"task": local(task, "name")}
    text = _("What was done stays on record. The step comes to whoever did it last.")
    return ask(request, task, words, text, _("Send back"), form)


@staff
@require_POST
@once
def complete(request: Request, uuid: UUID) -> HttpResponse:
    """Finish a step that has no form of its own, with an opinion."""
    task = task_for(request, uuid, TaskAct.FINISH)
    node = queries.CaseFile(task.case, request.at).flow.user_task(task.node_id)
    if node is not None and node.form:
        raise HasItsOwnForm(task=local(task, "name"))
    form = CompleteForm(request.POST)
    if not form.is_valid():
        raise Unfinished(next(iter(form.errors.values()))[0])
    cases.complete_task(
        task=task,
        outcome=form.cleaned_data["outcome"],
        opinion=form.cleaned_data["text"],
        by=request.actor,
        at=request.at,
    )
    messages.success(request, _("“%(task)s” is finished.") % {"task": local(task, "name")})
    return to_case(task)
