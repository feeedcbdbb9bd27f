"""Telling others: give a case to people to read (传阅), ask holders to hurry (催办)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from jingkai.casework.cases import api as cases
from jingkai.casework.inbox import queries, rules
from jingkai.casework.inbox.web.acts.entry import ask, data_of, get_or_post, people_to_ask, to_case
from jingkai.casework.inbox.web.forms import CirculateForm, UrgeForm
from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.permissions.api import Request, staff
from jingkai.kernel.submissions.api import once


@staff
@get_or_post
@once
def circulate(request: Request, uuid: UUID) -> HttpResponse:
    """Give a case to units and people to read."""
    case = queries.get_case(uuid=uuid, actor=request.actor)
    people = people_to_ask(request, without=(request.actor.party_id,))
    form = CirculateForm(data_of(request), people=people, units=_units())
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        to = [*sent["people"], *sent["units"]]
        readers = cases.circulate(case=case, to=to, by=request.actor, at=request.at, note=sent["note"])
        number = len(readers)
        words = ngettext(
            "It was sent to %(n)s person to read.", "It was sent to %(n)s people to read.", number
        )
        messages.success(request, words % {"n": number})
        return redirect("inbox:case", uuid=case.uuid)
    words = _("Give %(case)s to read") % {"case": case.reference}
    text = _("Whoever gets it may open the case and is asked to note that it was read. This can't be undone.")
    return ask(request, case, words, text, _("Send"), form)


def _units() -> list[tuple[int, str]]:
    rows = Unit.objects.filter(party__active=True).select_related("party").order_by("order", "party__pinyin")
    return [(row.pk, local(row.party, "name")) for row in rows]


@staff
@require_POST
@once
def read(request: Request, uuid: UUID) -> HttpResponse:
    """Note that the reader has read what was sent to him."""
    reading = queries.get_own_reading(uuid, actor=request.actor)
    cases.mark_read(reading=reading, by=request.actor, at=request.at)
    messages.success(request, _("Noted that you have read it."))
    return redirect("inbox:case", uuid=reading.case.uuid)


@staff
@get_or_post
@once
def urge(request: Request, uuid: UUID) -> HttpResponse:
    """Ask the holder of a task, or everybody who may take it, to hurry."""
    task = queries.get_task_seen(uuid, actor=request.actor)
    if not rules.may_urge(request.actor, task.case):
        raise cases.MayNotUrge(case=task.case.reference)
    form = UrgeForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        cases.urge_task(task=task, by=request.actor, at=request.at, text=form.cleaned_data["text"])
        messages.success(request, _("“%(task)s” was urged.") % {"task": local(task, "name")})
        return to_case(task)
    words = _("Urge “%(task)s”") % {"task": local(task, "name")}
    text = _("The holder is told at once; it stands in the trail and on the leaders' board.")
    return ask(request, task, words, text, _("Urge"), form)
