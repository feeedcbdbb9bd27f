"""Taking back: one's own last step (撤回), or one's whole case, and taking that up again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case
from jingkai.casework.inbox import queries, rules
from jingkai.casework.inbox.web.acts.entry import ask, data_of, get_or_post, to_case
from jingkai.casework.inbox.web.forms import ReasonForm
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, staff
from jingkai.kernel.submissions.api import once


@staff
@get_or_post
@once
def recall(request: Request, uuid: UUID) -> HttpResponse:
    """Take back a step that one has finished, as long as nobody has gone on, after asking."""
    task = queries.get_task_seen(uuid, actor=request.actor)
    if request.actor.party_id not in (task.closed_by_id, task.on_behalf_of_id):
        party = task.closed_by or task.assignee or task.pool
        raise cases.NotYourTask(task=local(task, "name"), holder=local(party, "name") if party else "")
    form = ReasonForm(data_of(request))
    facts = {"task": local(task, "name")}
    if request.method == "POST" and form.is_valid():
        cases.recall_step(task=task, by=request.actor, at=request.at, reason=form.cleaned_data["reason"])
        messages.success(request, _("“%(task)s” is on you again.") % facts)
        return to_case(task)
    words = _("Take back “%(task)s”?") % facts
    text = _("What came of it is taken off the table. What you wrote stays on record; you decide anew.")
    return ask(request, task, words, text, _("Take back"), form)


@staff
@get_or_post
@once
def withdraw(request: Request, uuid: UUID) -> HttpResponse:
    """Take one's own case back, after asking."""
    case = _own_case(request, uuid)
    form = ReasonForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        cases.withdraw_case(case=case, by=request.actor, at=request.at, reason=form.cleaned_data["reason"])
        messages.success(request, _("%(case)s was withdrawn.") % {"case": case.reference})
        return redirect("inbox:case", uuid=case.uuid)
    words = _("Withdraw %(case)s?") % {"case": case.reference}
    text = _("Every open task of it is taken off the table. What was done stays on record.")
    return ask(request, case, words, text, _("Withdraw"), form, danger=True)


@staff
@require_POST
@once
def resubmit(request: Request, uuid: UUID) -> HttpResponse:
    """Take a withdrawn case up again from its start."""
    case = _own_case(request, uuid)
    cases.resubmit_case(case=case, by=request.actor, at=request.at)
    messages.success(request, _("%(case)s was submitted again.") % {"case": case.reference})
    return redirect("inbox:case", uuid=case.uuid)


def _own_case(request: Request, uuid: UUID) -> Case:
    case = queries.get_case(uuid=uuid, actor=request.actor)
    if not rules.may_withdraw(request.actor, case):
        raise cases.NotYourCase(case=case.reference)
    return case
