"""The ledger of document numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jingkai.kernel.audit.api import mark
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.rules import api as rules
from jingkai.records.numbering import queries
from jingkai.records.numbering.data import NumberLine
from jingkai.records.numbering.operations import record_export
from jingkai.records.numbering.rules import SEE, SERIES
from jingkai.ui.data import Column, Light, Pager, Row, Table
from jingkai.ui.sheets import MOST_ROWS, Value, spreadsheet

PAGE = 50


@requires(SEE)
@require_safe
def show_ledger(request: Request) -> HttpResponse:
    """List the numbers given, newest first, void ones marked with their reason."""
    series, year = request.GET.get("series", "")[:40], _number(request.GET.get("year", ""))
    before = _number(request.GET.get("before", ""))
    found = queries.list_numbers(series=series, year=year, before_id=before, limit=PAGE + 1)
    names = _series(request)
    older = (
        urlencode({"series": series, "year": year or "", "before": found[PAGE - 1].id})
        if len(found) > PAGE
        else ""
    )
    context = {
        "table": _table(found[:PAGE], names),
        "pager": Pager(older_url=f"?{older}" if older else ""),
        "names": sorted(names.items()),
        "series": series,
        "year": year or "",
        "gaps": queries.find_gaps(),
        "export": urlencode({"series": series, "year": year or ""}),
    }
    return render(request, "numbering/ledger.html", context)


@requires(SEE)
@require_safe
def export_ledger(request: Request) -> HttpResponseBase:
    """Give the narrowed ledger as a spreadsheet; that it was taken is written to the trail."""
    series, year = request.GET.get("series", "")[:40], _number(request.GET.get("year", ""))
    lines = queries.list_numbers(series=series, year=year, limit=MOST_ROWS + 1)
    names, title = _series(request), _("Ledger of document numbers")
    asked = urlencode({"series": series, "year": year or ""})
    record_export(facts={"list": title, "filter": mark(asked)}, by=request.actor, at=request.at)
    return spreadsheet(title=title, head=_head(), rows=_lines(lines, names), on=localdate(request.at))


def _series(request: Request) -> dict[str, str]:
    return {rule.key: local(rule, "name") for rule in rules.list_rules(SERIES, on=localdate(request.at))}


def _head() -> list[tuple[str, int]]:
    return [
        (_("Document number"), 28),
        (_("Series"), 20),
        (_("Standing"), 10),
        (_("Given at"), 18),
        (_("Reason it is void"), 40),
    ]


def _lines(lines: Iterable[NumberLine], names: dict[str, str]) -> Iterator[list[Value]]:
    for line in lines:
        standing = _("void") if line.voided_at else _("in use")
        yield [line.text, names.get(line.series, line.series), standing, line.issued_at, line.void_reason]


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _table(lines: list[NumberLine], names: dict[str, str]) -> Table:
    columns = [
        Column(_("Document number"), "title"),
        Column(_("Series"), "text"),
        Column(_("Standing"), "light"),
        Column(_("Given at"), "date"),
        Column(_("Reason it is void"), "text"),
    ]
    rows = [
        Row(
            [
                line.text,
                names.get(line.series, line.series),
                Light("none", _("void")) if line.voided_at else Light("ok", _("in use")),
                line.issued_at,
                line.void_reason,
            ],
            muted=line.voided_at is not None,
        )
        for line in lines
    ]
    return Table(_("Ledger of document numbers"), columns, rows)
