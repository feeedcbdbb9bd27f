"""Who has a task in hand: claim it, give it back, hand it over."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_POST

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.api import TaskAct
from jingkai.casework.cases.models import Task
from jingkai.casework.inbox import operations
from jingkai.casework.inbox.web.acts.entry import ask, data_of, get_or_post, task_for, to_case, uuids_of
from jingkai.casework.inbox.web.forms import ReasonForm, TransferForm
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.api import members_of
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.permissions.api import Request, staff
from jingkai.kernel.submissions.api import once

MOST_AT_ONCE = 50


class NobodyToAsk(PersonFacingError):
    """Nobody else works in the unit or in the one above it."""

    sentence = gettext_lazy("There is nobody else in the unit to whom “%(task)s” could be handed over.")
    advice = gettext_lazy("Give it back to the unit, or ask your head to hand it over.")


@staff
@require_POST
@once
def claim(request: Request, uuid: UUID) -> HttpResponse:
    """Take a task out of its pool."""
    task = task_for(request, uuid, TaskAct.CLAIM)
    cases.claim_task(task=task, by=request.actor, at=request.at)
    messages.success(request, _("“%(task)s” is now on you.") % {"task": local(task, "name")})
    return to_case(task)


@staff
@require_POST
@once
def claim_next(request: Request) -> HttpResponse:
    """Claim what is due first in the person's pools and open it."""
    task = operations.claim_next(by=request.actor, at=request.at)
    messages.success(request, _("“%(task)s” is now on you.") % {"task": local(task, "name")})
    return to_case(Task.objects.select_related("case").get(pk=task.pk))


@staff
@require_POST
@once
def claim_many(request: Request) -> HttpResponse:
    """Claim the ticked tasks of the pool, or the one whose button was pressed."""
    chosen = [request.POST["one"]] if request.POST.get("one") else request.POST.getlist("task")
    tasks = [task_for(request, one, TaskAct.CLAIM) for one in uuids_of(chosen[:MOST_AT_ONCE])]
    result = operations.claim_many(tasks=tasks, by=request.actor, at=request.at)
    for sentence in result.refused:
        messages.warning(request, sentence)
    number = len(result.tasks)
    if number:
        words = ngettext("%(n)s task is now on you.", "%(n)s tasks are now on you.", number)
        messages.success(request, words % {"n": number})
    if number == 1 and len(chosen) == 1:
        return to_case(tasks[0])
    return redirect(f"{reverse('inbox:desk')}?tab={'mine' if number else 'pool'}")


@staff
@get_or_post
@once
def release(request: Request, uuid: UUID) -> HttpResponse:
    """Give a claimed task back to its pool, after asking."""
    task = task_for(request, uuid, TaskAct.GIVE_AWAY)
    form = ReasonForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        cases.release_task(task=task, by=request.actor, at=request.at, reason=form.cleaned_data["reason"])
        messages.success(request, _("“%(task)s” is back in its unit.") % {"task": local(task, "name")})
        return redirect(f"{reverse('inbox:desk')}?tab=mine")
    words = _("Give “%(task)s” back to the unit?") % {"task": local(task, "name")}
    return ask(request, task, words, _("Whoever claims it next goes on from here."), _("Give back"), form)


@staff
@get_or_post
@once
def transfer(request: Request, uuid: UUID) -> HttpResponse:
    """Hand a task over to a colleague of the unit (转办)."""
    task = task_for(request, uuid, TaskAct.GIVE_AWAY)
    people = _colleagues(request, task)
    if not people:
        raise NobodyToAsk(task=local(task, "name"))
    form = TransferForm(data_of(request), people=people)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        to = form.cleaned_data["to"]
        cases.transfer_task(task=task, to=to, by=request.actor, at=request.at, reason=reason)
        facts = {"task": local(task, "name"), "who": dict(people)[to]}
        messages.success(request, _("“%(task)s” was handed over to %(who)s.") % facts)
        return redirect(f"{reverse('inbox:desk')}?tab=mine")
    words = _("Hand over “%(task)s”") % {"task": local(task, "name")}
    return ask(request, task, words, "", pgettext("case", "Hand over"), form)


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
