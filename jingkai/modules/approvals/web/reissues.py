"""What a department outside the zone has to reissue, and has reissued (见文换文)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from jingkai.casework.clock import api as clock
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, requires
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import Reissue
from jingkai.modules.approvals.web.lists import MOST_ROWS, ListFilter
from jingkai.ui.data import Column, Link, Row, Table
from jingkai.ui.sheets import spreadsheet


class ReissueFilter(ListFilter):
    """The list of documents to be reissued."""

    hint = gettext_lazy("Document, project or receipt number")
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=(
            ("", gettext_lazy("Every state")),
            ("open", gettext_lazy("To be reissued")),
            ("late", gettext_lazy("Overdue")),
            ("done", gettext_lazy("Reissued")),
        ),
    )


@requires(rules.REISSUE)
@require_safe
def reissues(request: Request) -> HttpResponse:
    """The person's department's reissues, newest first, the overdue ones told."""
    form = ReissueFilter(request)
    by_day = form.sort != "oldest"
    rows, place = queries.page_after(
        _wanted(request, form), field="opened_at", ascending=not by_day, after=form.after
    )
    lights = clock.lights_of([one.clock for one in rows], request.at)
    sort = "?" + form.query(sort="oldest" if by_day else "")
    table = Table(
        caption=_("Documents to reissue"),
        columns=[
            Column(_("State"), "light"),
            Column(_("Document"), "title"),
            Column(_("The zone's document")),
            Column(_("Own document")),
            Column(_("Came"), "date", sort, "descending" if by_day else "ascending"),
            Column(_("Due by"), "date"),
        ],
        rows=[
            Row(
                [
                    lights[one.clock_id],
                    Link(local(one.run.catalogue_item, "result_name"), _case_url(one), sub=_matter(one)),
                    _seen(one),
                    one.document.number_text if one.document else "—",
                    one.opened_at,
                    one.clock.due_on,
                ]
            )
            for one in rows
        ],
    )
    context = {
        "form": form,
        "rows": table,
        "pager": form.pager(place),
        "export_url": f"{reverse('approvals:reissues_export')}?{form.query()}",
    }
    return render(request, "approvals/reissues.html", context)


@requires(rules.REISSUE)
@require_safe
def reissues_export(request: Request) -> HttpResponseBase:
    """The same list as a spreadsheet."""
    form = ReissueFilter(request)
    operations.record_export(page="reissues", query=form.query(), by=request.actor, at=request.at)
    head = [
        (_("Document"), 32),
        (_("Project name"), 36),
        (_("Receipt number"), 16),
        (_("The zone's document"), 22),
        (_("Own document"), 22),
        (_("Came"), 17),
        (_("Due by"), 12),
        (_("Reissued"), 17),
    ]
    found = _wanted(request, form).order_by("-opened_at", "-pk")[:MOST_ROWS]
    return spreadsheet(
        title=_("Documents to reissue"), head=head, rows=(_line(one) for one in found), on=_today(request)
    )


def _line(one: Reissue) -> list[Any]:
    case = one.run.application.case
    return [
        local(one.run.catalogue_item, "result_name"),
        one.run.application.project_name,
        case.reference if case else "",
        _seen(one),
        one.document.number_text if one.document else "",
        one.opened_at,
        one.clock.due_on,
        one.done_at,
    ]


def _wanted(request: Request, form: ReissueFilter) -> Any:
    return queries.filtered_reissues(
        unit_ids=request.actor.unit_ids, on=_today(request), text=form.text, state=form.value("state")
    )


def _today(request: Request) -> date:
    return timezone.localdate(request.at)


def _seen(one: Reissue) -> str:
    document = one.run.item.decision.document if one.run.item else None
    return document.number_text if document else "—"


def _matter(one: Reissue) -> str:
    case = one.run.application.case
    return f"{one.run.application.project_name} · {case.reference if case else ''}"


def _case_url(one: Reissue) -> str:
    case = one.run.application.case
    return reverse("inbox:case", args=[case.uuid]) if case else ""
