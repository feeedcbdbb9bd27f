"""Monthly reports: ask for one, see how far it is, read it, issue it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import once
from jingkai.modules.efficiency import operations, queries, rules
from jingkai.modules.efficiency.models import Report
from jingkai.modules.efficiency.web.forms import ReportForm
from jingkai.ui.data import Column, Light, Link, Progress, Row, Table

TONES = {"asked": "hold", "running": "hold", "draft": "warn", "issued": "ok", "failed": "late"}


@requires(rules.SEE_ZONE, rules.REPORT)
@require_http_methods(["GET", "POST"])
@once
def reports(request: Request) -> HttpResponse:
    """The reports of all months; who may makes another."""
    form = ReportForm(request.POST if request.method == "POST" else None, initial=_last_month(request))
    if request.method == "POST":
        if rules.REPORT not in request.actor.permissions:
            raise Http404
        if form.is_valid():
            try:
                found = operations.ask_for_report(
                    month=form.cleaned_data["month"], by=request.actor, at=timezone.localtime(request.at)
                )
            except PersonFacingError as error:
                form.add_error("month", f"{error} {error.advice}")
            else:
                return redirect("efficiency:report", uuid=found.uuid)
    rows = queries.list_reports()
    context = {
        "form": form if rules.REPORT in request.actor.permissions else None,
        "table": _table(rows) if rows else None,
    }
    return render(request, "efficiency/reports.html", context, status=422 if form.errors else 200)


def _last_month(request: Request) -> dict[str, Any]:
    return {"month": rules.months_before(timezone.localdate(request.at).replace(day=1), 1)}


def _table(rows: list[Report]) -> Table:
    columns = [
        Column(_("Month"), "title"),
        Column(_("Version"), "number"),
        Column(_("State"), "light"),
        Column(_("Number")),
        Column(_("Asked for by")),
        Column(_("Made"), "date"),
    ]
    lines = [
        Row(
            [
                Link(f"{one.month:%Y-%m}", reverse("efficiency:report", args=[one.uuid])),
                one.version,
                _light(one),
                one.document.number_text if one.document else "—",
                local(one.asked_by, "name") if one.asked_by else _("The system"),
                one.made_at,
            ]
        )
        for one in rows
    ]
    return Table(_("Monthly reports"), columns, lines)


def _light(one: Report) -> Light:
    return Light(TONES[one.state], str(one.get_state_display()))  # type: ignore[arg-type]


@requires(rules.SEE_ZONE, rules.REPORT)
@require_safe
def report(request: Request, uuid: UUID) -> HttpResponse:
    """One report: how far it is, its document, and the act of issuing it."""
    found = _report(uuid)
    context = {
        "report": found,
        "light": _light(found),
        "progress": _progress(found),
        "may_try_again": found.state == Report.State.FAILED and rules.REPORT in request.actor.permissions,
        "may_issue": found.state == Report.State.DRAFT and rules.REPORT in request.actor.permissions,
    }
    return render(request, "efficiency/report.html", context)


@requires(rules.SEE_ZONE, rules.REPORT)
@require_safe
def progress(request: Request, uuid: UUID) -> HttpResponse:
    """How far a report is, for the page that waits."""
    html = render_to_string("efficiency/progress.html", {"progress": _progress(_report(uuid))}, request)
    return HttpResponse(html)


def _progress(found: Report) -> Progress:
    title = _("Monthly report")
    if found.document is not None:
        url = reverse("documents:file", args=[found.document.uuid])
        return Progress(title, 100, "", "done", result_url=url, result_label=_("Read the report"))
    if found.state == Report.State.FAILED:
        return Progress(title, found.percent, rules.problem_words(found.problem), "failed")
    poll = reverse("efficiency:report_progress", args=[found.uuid])
    return Progress(title, found.percent, _("Figures are put together and typeset."), poll_url=poll)


@requires(rules.REPORT)
@require_POST
@once
def issue(request: Request, uuid: UUID) -> HttpResponse:
    """Issue a draft; from now on its code says that it is valid."""
    operations.issue_report(report=_report(uuid), by=request.actor, at=request.at)
    messages.success(request, _("The report was issued."))
    return redirect("efficiency:report", uuid=uuid)


@requires(rules.REPORT)
@require_POST
@once
def try_again(request: Request, uuid: UUID) -> HttpResponse:
    """Have a report that failed made once more."""
    operations.try_again(report=_report(uuid), by=request.actor, at=request.at)
    messages.success(request, _("The report is being made once more."))
    return redirect("efficiency:report", uuid=uuid)


def _report(uuid: UUID) -> Report:
    found = queries.get_report(uuid)
    if found is None:
        raise Http404
    return found
