"""Further signers (加签, 减签) and opinions asked for (委派): the holder stays in charge."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.api import TaskAct
from jingkai.casework.cases.models import Task
from jingkai.casework.inbox import queries, rules
from jingkai.casework.inbox.web.acts.entry import (
    Unfinished,
    ask,
    data_of,
    get_or_post,
    name_of,
    people_to_ask,
    task_for,
    to_case,
)
from jingkai.casework.inbox.web.forms import OpinionForm, PersonForm, ReasonForm, SignerForm
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, staff
from jingkai.kernel.submissions.api import once


@staff
@get_or_post
@once
def add_signer(request: Request, uuid: UUID) -> HttpResponse:
    """Ask one more person to sign a step, before, beside or after its holder (加签)."""
    task = task_for(request, uuid, TaskAct.GIVE_AWAY)
    people = people_to_ask(request, without=(task.assignee_id, task.owner_id))
    form = SignerForm(data_of(request), people=people)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        cases.add_signer(
            task=task,
            to=sent["to"],
            where=sent["where"],
            by=request.actor,
            at=request.at,
            reason=sent["reason"],
        )
        facts = {"task": local(task, "name"), "who": name_of(people, sent["to"])}
        messages.success(request, _("%(who)s was asked to sign “%(task)s” as well.") % facts)
        return to_case(task)
    words = _("Ask one more person to sign “%(task)s”") % {"task": local(task, "name")}
    text = _("The case goes on only when everybody asked has signed.")
    return ask(request, task, words, text, _("Add the signer"), form)


@staff
@get_or_post
@once
def remove_signer(request: Request, uuid: UUID) -> HttpResponse:
    """Take a signer off who has not signed yet (减签), after asking."""
    task = queries.get_task_seen(uuid, actor=request.actor)
    if not rules.may_remove_signer(request.actor, task):
        raise cases.NotYourTask(task=local(task, "name"), holder=_holder(task))
    form = ReasonForm(data_of(request))
    facts = {"task": local(task, "name"), "who": _holder(task)}
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        cases.remove_signer(task=task, by=request.actor, at=request.at, reason=reason)
        messages.success(request, _("%(who)s no longer has to sign “%(task)s”.") % facts)
        return to_case(task)
    words = _("Take “%(task)s” off %(who)s?") % facts
    text = _("If nobody else is missing, the case moves on at once. This can't be undone.")
    return ask(request, task, words, text, _("Take off"), form, danger=True)


def _holder(task: Task) -> str:
    party = task.assignee or task.pool
    return local(party, "name") if party else ""


@staff
@get_or_post
@once
def entrust(request: Request, uuid: UUID) -> HttpResponse:
    """Give a task to somebody for an opinion (委派); it comes back to its holder."""
    task = task_for(request, uuid, TaskAct.FINISH)
    people = people_to_ask(request, without=(task.assignee_id, task.owner_id))
    form = PersonForm(data_of(request), people=people)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        cases.entrust_task(task=task, to=sent["to"], by=request.actor, at=request.at, reason=sent["reason"])
        facts = {"task": local(task, "name"), "who": name_of(people, sent["to"])}
        messages.success(request, _("%(who)s was asked for an opinion on “%(task)s”.") % facts)
        return to_case(task)
    words = _("Ask for an opinion on “%(task)s”") % {"task": local(task, "name")}
    text = _("The task comes back to you with the opinion; you decide. Its time limit runs on meanwhile.")
    return ask(request, task, words, text, _("Ask for the opinion"), form)


@staff
@require_POST
@once
def give_opinion(request: Request, uuid: UUID) -> HttpResponse:
    """Write the opinion that was asked for; the task goes back to its holder."""
    task = task_for(request, uuid, TaskAct.FINISH)
    form = OpinionForm(request.POST)
    if not form.is_valid():
        raise Unfinished(next(iter(form.errors.values()))[0])
    cases.return_task(task=task, opinion=form.cleaned_data["text"], by=request.actor, at=request.at)
    messages.success(request, _("Your opinion on “%(task)s” was given.") % {"task": local(task, "name")})
    return to_case(task)


@staff
@get_or_post
@once
def take_back(request: Request, uuid: UUID) -> HttpResponse:
    """Take a task back without waiting for the opinion, after asking."""
    task = queries.get_task_seen(uuid, actor=request.actor)
    if not rules.may_take_back(request.actor, task):
        raise cases.NotYourTask(task=local(task, "name"), holder=_holder(task))
    facts = {"task": local(task, "name"), "who": _holder(task)}
    if request.method == "POST":
        cases.take_back_task(task=task, by=request.actor, at=request.at)
        messages.success(request, _("“%(task)s” is back with its holder.") % facts)
        return to_case(task)
    words = _("Take “%(task)s” back from %(who)s?") % facts
    return ask(request, task, words, _("No opinion is waited for any more."), _("Take back"))
