"""Copy sheets of connectors beside the journal: what waits, and each thing on one screen for copying."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.data import CopySheet
from jingkai.kernel.exchange.operations import by_hand as operations
from jingkai.kernel.exchange.rules.troubles import problem_words
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import once
from jingkai.ui.data import Column, Link, Row, Table


@requires(rules.WORK_EXCHANGE)
@require_safe
def sheets(request: Request) -> HttpResponse:
    """List, for each connector, what a person can copy over now."""
    found = [
        {"name": local(one, "name"), "advice": one.advice, "table": _table(one, request)}
        for one in rules.copy_sheets.all()
    ]
    return render(request, "exchange/by_hand.html", {"sheets": found})


def _table(one: CopySheet, request: Request) -> Table:
    columns = [Column(_("Subject"), "title"), Column(_("Note")), Column(_("Since"), "date")]
    rows = [
        Row(
            [
                Link(line.subject, reverse("exchange:by_hand_sheet", args=[one.code, line.key])),
                problem_words(str(line.note)),
                line.since,
            ]
        )
        for line in one.lines(request.at)
    ]
    return Table(local(one, "name"), columns, rows)


@requires(rules.WORK_EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def sheet(request: Request, code: str, key: str) -> HttpResponse:
    """Show one thing on one screen, ready to be copied; note that it was done. Who looked is written down."""
    one = rules.copy_sheets.get(code)
    if one is None:
        raise Http404
    if request.method == "POST":
        number = request.POST.get("number", "").replace("\x00", "")
        operations.note_done(sheet=one, key=key, number=number, by=request.actor, at=request.at)
        messages.success(request, _("Noted as done by hand."))
        return redirect("exchange:by_hand")
    told = one.fields(key)
    if told is None:
        raise Http404
    if request.method == "GET":
        operations.note_opened(sheet=one, key=key, by=request.actor, at=request.at)
    context = {"sheet": one, "name": local(one, "name"), "told": told}
    return render(request, "exchange/by_hand_sheet.html", context)
