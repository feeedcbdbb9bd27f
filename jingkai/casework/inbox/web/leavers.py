"""Tasks of people who leave a post: who has how many, and handing them over at once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from jingkai.casework.cases import api as cases
from jingkai.casework.inbox import queries
from jingkai.casework.inbox.queries import Leaver
from jingkai.casework.inbox.web.acts.entry import data_of, people_to_ask
from jingkai.casework.inbox.web.forms import HandOverForm
from jingkai.casework.inbox.web.shown import lists
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.kernel.submissions.api import once
from jingkai.ui.data import Cell, Column, Light, Link, Row, Table
from jingkai.ui.words import day


@requires(cases.MANAGE_TASKS, cases.HAND_OVER)
@require_safe
def leavers(request: Request) -> HttpResponse:
    """List who left or leaves a post and still has tasks."""
    found = queries.list_leavers(actor=request.actor, on=timezone.localdate(request.at))
    return render(request, "inbox/leavers.html", {"table": _table(found), "is_empty": not found})


def _table(found: list[Leaver]) -> Table:
    columns = [
        Column(_("State"), "light"),
        Column(_("Person"), "title"),
        Column(_("Open tasks"), "number"),
        Column(_("of these without a holder in office"), "number"),
    ]
    rows = [
        Row([_light(one), Link(local(one.person, "name"), _url(one.person.uuid)), one.tasks, one.lost])
        for one in found
    ]
    return Table(_("Tasks of people who leave"), columns, rows)


def _light(one: Leaver) -> Light:
    if one.lost:
        return Light("late", _("has left"))
    return Light("warn", _("leaves after %(day)s") % {"day": day(one.leaves_on)})


def _url(uuid: UUID) -> str:
    return reverse("inbox:leaver", kwargs={"uuid": uuid})


@requires(cases.MANAGE_TASKS, cases.HAND_OVER)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def leaver(request: Request, uuid: UUID) -> HttpResponse:
    """List one person's tasks and hand all of them over at once, to a successor or back to their units."""
    person = queries.get_leaver(uuid, actor=request.actor)
    form = HandOverForm(data_of(request), people=people_to_ask(request, without=(person.pk,)))
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        number = cases.hand_over(
            person=person.pk, to=sent["to"], by=request.actor, at=request.at, reason=sent["reason"]
        )
        words = ngettext("%(n)s task was handed over.", "%(n)s tasks were handed over.", number)
        messages.success(request, words % {"n": number})
        return redirect("inbox:leavers")
    tasks = queries.list_tasks_held(person)
    titled = may(request.actor, cases.MANAGE_TASKS)
    columns = [
        Column(pgettext("case", "Matter"), "title"),
        Column(_("Step")),
        Column(pgettext("case", "Due"), "date"),
    ]
    rows = []
    for task in tasks:
        matter: Cell = lists.case_link(task.case) if titled else task.case.reference
        rows.append(Row([matter, local(task, "name"), lists.due_cell(task)]))
    context = {
        "person": local(person, "name"),
        "form": form,
        "table": Table(_("Open tasks"), columns, rows),
        "number": len(tasks),
    }
    return render(request, "inbox/leaver.html", context, status=422 if form.errors else 200)
