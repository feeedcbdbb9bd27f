"""Figures of efficiency, crossed tables, the matters behind a figure; each also as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from jingkai.kernel.permissions.api import Request, requires
from jingkai.modules.efficiency import operations, queries, rules
from jingkai.modules.efficiency.data import Dimension
from jingkai.modules.efficiency.models import MatterFact
from jingkai.modules.efficiency.queries import Cursor, Labels
from jingkai.modules.efficiency.web import charts, shown
from jingkai.modules.efficiency.web.forms import FigureForm
from jingkai.ui.data import Pager
from jingkai.ui.sheets import MOST_ROWS, Page, spreadsheet, workbook

BATCH = 500
WIDE = 14


@requires(rules.SEE)
@require_safe
def figures(request: Request) -> HttpResponse:
    """Volumes, days, shares, what was left out: by item, unit, month, service or person, or two across."""
    form, names = _form(request)
    context: dict[str, Any] = {"form": form, "may_report": rules.REPORT in request.actor.permissions}
    found = queries.figures(by=form.row_key, scope=form.scope)
    if form.column_key is not None:
        cells = queries.crossed(
            rows=form.row_key, columns=form.column_key, measure=form.cell_measure, scope=form.scope
        )
        context["crossed"] = shown.crossed_table(cells, form=form, names=names)
    context |= {
        "stats": shown.stats(found.totals[:1]),
        "units": len(found.totals),
        "is_empty": not found.rows,
        "table": shown.table(found, form=form, names=names),
        "held": charts.held_chart(found.totals),
        "days": charts.days_charts(found, form=form, names=names),
        "months": charts.months_chart(found),
        "export_url": f"{reverse('efficiency:figures_export')}?{form.query()}",
        "all_url": f"{reverse('efficiency:matters')}?{form.query(by='', across='', measure='')}",
    }
    return render(request, "efficiency/figures.html", context)


def _form(request: Request) -> tuple[FigureForm, Labels]:
    names = queries.labels(request.actor)
    form = FigureForm(request, names=names, actor=request.actor, today=timezone.localdate(request.at))
    return form, names


@requires(rules.SEE)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """The figures as they are narrowed, as a spreadsheet: rows, months, days left out."""
    form, names = _form(request)
    operations.record_export(page="figures", query=form.query(), by=request.actor, at=request.at)
    found = queries.figures(by=form.row_key, scope=form.scope)
    head, months = _widths(form.row_key), _widths(Dimension.MONTH)
    rows = shown.ordered(found.rows, by=form.row_key, names=names)
    pages = [
        Page(
            _("Efficiency"),
            head,
            [
                *(shown.line(one, shown.name_of(form.row_key, one.key, names)) for one in rows),
                *(shown.line(one, _("All")) for one in found.totals),
            ],
        ),
        Page(_("Per month"), months, [shown.line(one, one.key) for one in found.months]),
        Page(
            _("Days left out by reason"),
            [(_("Reason for leaving them out"), 30), (_("Unit of days"), WIDE), (_("Days left out"), WIDE)],
            shown.held_lines(found.totals),
        ),
    ]
    return workbook(title=_("Efficiency"), pages=pages, on=timezone.localdate(request.at))


def _widths(by: Dimension) -> list[tuple[str, int]]:
    return [(label, 30 if number == 0 else WIDE) for number, label in enumerate(shown.head(by))]


@requires(rules.SEE)
@require_safe
def matters(request: Request) -> HttpResponse:
    """The matters behind a figure; each leads to its case where the person may read it."""
    form, names = _form(request)
    after = Cursor.parse(request.GET.get("after", ""))
    rows, more = queries.list_matters(scope=form.scope, only=_only(request), sort=_sort(request), after=after)
    open_to = queries.readable(rows, actor=request.actor)
    longest = _sort(request) == "actual"
    sorts = {
        "actual": "" if longest else "?" + form.query(sort="actual"),
        "": "?" + form.query(sort="") if longest else "",
    }
    lines = [shown.matter_row(one, names=names, readable=one.case_id in open_to) for one in rows]
    older = "?" + form.query(after=str(more)) if more else ""
    newer = "?" + form.query() if after else ""
    context = {
        "form": form,
        "only": dict(ONLY).get(_only(request), ""),
        "table": shown.matter_table(lines, sorts=sorts) if lines else None,
        "pager": Pager(newer, older) if newer or older else None,
        "export_url": f"{reverse('efficiency:matters_export')}?{form.query()}",
        "back_url": f"{reverse('efficiency:figures')}?{form.query(only='', sort='')}",
        "hidden": [(name, request.GET[name]) for name in ("only", "sort") if request.GET.get(name)],
    }
    return render(request, "efficiency/matters.html", context)


ONLY = (
    ("late", gettext_lazy("Only those that were late")),
    ("trips", gettext_lazy("Only those that needed more than one visit")),
    ("returned", gettext_lazy("Only those that were sent back")),
    ("corrected", gettext_lazy("Only those that were corrected")),
    ("held", gettext_lazy("Only those with days left out")),
    ("simulated", gettext_lazy("Only simulated approvals")),
)


def _only(request: Request) -> str:
    return request.GET.get("only", "")


def _sort(request: Request) -> str:
    return "actual" if request.GET.get("sort") == "actual" else ""


@requires(rules.SEE)
@require_safe
def export_matters(request: Request) -> HttpResponseBase:
    """The matters behind a figure as a spreadsheet."""
    form, names = _form(request)
    operations.record_export(page="matters", query=form.query(), by=request.actor, at=request.at)
    rows = (shown.matter_line(one, names=names) for one in _all(request, form))
    on = timezone.localdate(request.at)
    return spreadsheet(title=_("Items handled"), head=shown.matter_head(), rows=rows, on=on)


def _all(request: Request, form: FigureForm) -> Iterator[MatterFact]:
    after, given = None, 0
    while given <= MOST_ROWS:
        rows, after = queries.list_matters(
            scope=form.scope, only=_only(request), sort=_sort(request), after=after, limit=BATCH
        )
        yield from rows
        given += len(rows)
        if after is None:
            return
