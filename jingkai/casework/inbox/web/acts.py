"""The acts on tasks: each is one form, one operation, and back to where the work is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.api import TaskAct
from jingkai.casework.cases.models import Task
from jingkai.casework.inbox import operations, queries
from jingkai.casework.inbox.web.forms import CompleteForm, ReasonForm, SendBackForm, TransferForm
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.api import members_of
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.permissions.api import Request, staff
from jingkai.kernel.submissions.api import held, once

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
MOST_AT_ONCE = 50


class Unfinished(PersonFacingError):
    """A form came without what it needs; the sentence is the field's own."""

    status = 422


class HasItsOwnForm(PersonFacingError):
    """The step belongs to a module, whose form does more than move the case on."""

    sentence = gettext_lazy("“%(task)s” has a form of its own and is finished there only.")
    advice = gettext_lazy("Open the case and use the form of the step.")


class NobodyToAsk(PersonFacingError):
    """Nobody else works in the unit or in the one above it."""

    sentence = gettext_lazy("There is nobody else in the unit to whom “%(task)s” could be handed over.")
    advice = gettext_lazy("Give it back to the unit, or ask your head to hand it over.")


class NowhereBack(PersonFacingError):
    """No office has done a step yet, or what it did was formally issued."""

    sentence = gettext_lazy("There is no earlier step to which “%(task)s” could be sent back.")
    advice = gettext_lazy("Finish the step, or ask the applicant with its form.")


@staff
@require_POST
@once
def claim(request: Request, uuid: UUID) -> HttpResponse:
    """Take a task out of its pool."""
    task = _task(request, uuid, TaskAct.CLAIM)
    cases.claim_task(task=task, by=request.actor, at=request.at)
    messages.success(request, _("“%(task)s” is now on you.") % {"task": local(task, "name")})
    return _to_case(task)


@staff
@require_POST
@once
def claim_next(request: Request) -> HttpResponse:
    """Claim what is due first in the person's pools and open it."""
    task = operations.claim_next(by=request.actor, at=request.at)
    messages.success(request, _("“%(task)s” is now on you.") % {"task": local(task, "name")})
    return _to_case(Task.objects.select_related("case").get(pk=task.pk))


@staff
@require_POST
@once
def claim_many(request: Request) -> HttpResponse:
    """Claim the ticked tasks of the pool, or the one whose button was pressed."""
    chosen = [request.POST["one"]] if request.POST.get("one") else request.POST.getlist("task")
    tasks = [_task(request, one, TaskAct.CLAIM) for one in _uuids(chosen[:MOST_AT_ONCE])]
    result = operations.claim_many(tasks=tasks, by=request.actor, at=request.at)
    for sentence in result.refused:
        messages.warning(request, sentence)
    number = len(result.tasks)
    if number:
        words = ngettext("%(n)s task is now on you.", "%(n)s tasks are now on you.", number)
        messages.success(request, words % {"n": number})
    if number == 1 and len(chosen) == 1:
        return _to_case(tasks[0])
    return redirect(f"{reverse('inbox:desk')}?tab={'mine' if number else 'pool'}")


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@staff
@get_or_post
@once
def release(request: Request, uuid: UUID) -> HttpResponse:
    """Give a claimed task back to its pool, after asking."""
    task = _task(request, uuid, TaskAct.GIVE_AWAY)
    form = ReasonForm(_data(request))
    if request.method == "POST" and form.is_valid():
        cases.release_task(task=task, by=request.actor, at=request.at, reason=form.cleaned_data["reason"])
        messages.success(request, _("“%(task)s” is back in its unit.") % {"task": local(task, "name")})
        return redirect(f"{reverse('inbox:desk')}?tab=mine")
    words = _("Give “%(task)s” back to the unit?") % {"task": local(task, "name")}
    return _ask(request, task, words, _("Whoever claims it next goes on from here."), _("Give back"), form)


@staff
@get_or_post
@once
def transfer(request: Request, uuid: UUID) -> HttpResponse:
    """Hand a task over to a colleague of the unit (转办)."""
    task = _task(request, uuid, TaskAct.GIVE_AWAY)
    people = _colleagues(request, task)
    if not people:
        raise NobodyToAsk(task=local(task, "name"))
    form = TransferForm(_data(request), people=people)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        to = form.cleaned_data["to"]
        cases.transfer_task(task=task, to=to, by=request.actor, at=request.at, reason=reason)
        facts = {"task": local(task, "name"), "who": dict(people)[to]}
        messages.success(request, _("“%(task)s” was handed over to %(who)s.") % facts)
        return redirect(f"{reverse('inbox:desk')}?tab=mine")
    words = _("Hand over “%(task)s”") % {"task": local(task, "name")}
    return _ask(request, task, words, "", pgettext("case", "Hand over"), form)


def _colleagues(request: Request, task: Task) -> list[tuple[int, str]]:
    """Give who else works in the task's unit, heads first; of a unit of one, those of the unit above it.

    A task that belongs to no unit goes to colleagues of the actor.
    """
    unit = _unit_of(task)
    wanted = [unit] if unit else list(request.actor.unit_ids)
    found = _members(request, task, wanted)
    if not found:
        above = Unit.objects.filter(pk__in=wanted, parent__isnull=False).values_list("parent_id", flat=True)
        found = _members(request, task, [number for number in above if number])
    return list(found.items())


def _members(request: Request, task: Task, unit_ids: list[int]) -> dict[int, str]:
    on = timezone.localdate(request.at)
    found: dict[int, str] = {}
    for unit_id in unit_ids:
        for member in members_of(unit_id, on):
            title = local(member, "post_title")
            found.setdefault(member.person_id, f"{local(member, 'name')} · {title}")
    found.pop(task.assignee_id or 0, None)
    return found


def _unit_of(task: Task) -> int | None:
    pool = task.pool
    if pool is None:
        return None
    if pool.kind == PartyKind.UNIT:
        return pool.pk
    post = getattr(pool, "post", None)
    return post.unit_id if post else None


@staff
@get_or_post
@once
def send_back(request: Request, uuid: UUID) -> HttpResponse:
    """Send a case back to an earlier step (退回) with what has to be done again."""
    task = _task(request, uuid, TaskAct.FINISH)
    targets = cases.send_back_targets(task)
    if not targets:
        raise NowhereBack(task=local(task, "name"))
    steps = [(target.node, f"{local(target, 'name')} · {target.holder}") for target in targets]
    form = SendBackForm(_data(request), steps=steps)
    if request.method == "POST" and form.is_valid():
        to, reason = form.cleaned_data["to"], form.cleaned_data["reason"]
        opened = cases.send_back(task=task, to_node=to, reason=reason, by=request.actor, at=request.at)
        facts = {"step": local(opened, "name")}
        messages.success(request, _("Sent back to “%(step)s” with your words.") % facts)
        return redirect(f"{reverse('inbox:desk')}?tab=mine")
    words = _("Send back from “%(task)s”") % {"task": local(task, "name")}
    text = _("What was done stays on record. The step comes to whoever did it last.")
    return _ask(request, task, words, text, _("Send back"), form)


@staff
@require_POST
@once
def complete(request: Request, uuid: UUID) -> HttpResponse:
    """Finish a step that has no form of its own, with an opinion."""
    task = _task(request, uuid, TaskAct.FINISH)
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
    return _to_case(task)


def _task(request: Request, uuid: UUID, act: TaskAct) -> Task:
    """Give the task to whoever may do this with it; everybody else is refused before a form is read."""
    return cases.get_task_for(uuid, by=request.actor, act=act)


def _data(request: Request) -> Any:
    """Give what was sent, or on opening the page what an ended session has kept."""
    return request.POST if request.method == "POST" else held(request)


def _to_case(task: Task) -> HttpResponse:
    return redirect("inbox:case", uuid=task.case.uuid)


def _ask(request: Request, task: Task, title: str, text: str, action: str, form: Form) -> HttpResponse:
    back = reverse("inbox:case", kwargs={"uuid": task.case.uuid})
    data = {"title": title, "text": text, "action": action, "form": form, "back_url": back}
    return render(request, "ui/confirm.html", data, status=422 if form.errors else 200)
