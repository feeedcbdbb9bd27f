"""The list of all cases that a person may see."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jingkai.casework.cases.data import CaseSort, Cursor
from jingkai.casework.inbox import queries
from jingkai.casework.inbox.data import ListPage
from jingkai.casework.inbox.operations import record_export
from jingkai.casework.inbox.queries import CaseLines
from jingkai.casework.inbox.web import paging
from jingkai.casework.inbox.web.desk import BATCH, default_query
from jingkai.casework.inbox.web.forms import CaseFilter
from jingkai.casework.inbox.web.shown import lists
from jingkai.casework.inbox.web.shown.filters import filter_strip
from jingkai.kernel.hooks.api import local, may_lag
from jingkai.kernel.permissions.api import Request, staff
from jingkai.ui.data import Column
from jingkai.ui.sheets import spreadsheet


@staff
@require_safe
def cases(request: Request) -> HttpResponse:
    """List the cases that the person may see; without a query the person's default view, if there is one."""
    head = queries.head_of(request)
    if not request.GET and (opens := default_query(head, ListPage.CASES)):
        return redirect(f"{reverse('inbox:cases')}?{opens}")
    form = CaseFilter(request.GET)
    sort = _sort(form)
    lines = _lines(request, form, after=paging.cursor_of(request), limit=paging.rows_of(request))
    heads = {} if form.value("unit") else _heads(request, sort)
    query = paging.query_of(request)
    context = {
        "form": form,
        "table": lists.case_table(lines, sorts=heads),
        "is_empty": not lines.rows,
        "pager": paging.pager_of(request, lines.next, paging.rows_choice(request)),
        "filters": filter_strip(form, ListPage.CASES, views=head.views_of(ListPage.CASES), query=query),
        "query": query,
        "sort": sort.value,
        "orders": _orders(request, sort),
        "unit": local(lines.unit, "name") if lines.unit else "",
    }
    return render(request, "inbox/cases.html", context)


def _orders(request: Request, chosen: CaseSort) -> list[tuple[str, str]]:
    """Give the orders of the list with their addresses; the chosen one has none."""
    labels = {
        CaseSort.UPDATED: _("last changed first"),
        CaseSort.OPENED: _("newest first"),
        CaseSort.DUE: _("due first"),
    }
    return [
        (label, "" if sort is chosen else "?" + paging.query_of(request, sort=sort.value))
        for sort, label in labels.items()
    ]


def _sort(form: CaseFilter) -> CaseSort:
    return CaseSort(form.value("sort") or CaseSort.UPDATED)


def _heads(request: Request, sort: CaseSort) -> dict[str, Column]:
    return paging.sort_heads(request, chosen=sort.value, ascending=("due",))


def _lines(request: Request, form: CaseFilter, *, after: Cursor | None, limit: int) -> CaseLines:
    if unit := form.value("unit"):
        return queries.get_unit_lines(
            unit=unit,
            actor=request.actor,
            at=request.at,
            after=after,
            limit=limit,
            free=bool(form.value("free")),
        )
    return queries.get_case_lines(
        actor=request.actor,
        at=request.at,
        filters=form.as_filters(),
        sort=_sort(form),
        after=after,
        limit=limit,
    )


@staff
@require_safe
def export(request: Request) -> HttpResponseBase:
    """Give the list with its filters as a spreadsheet."""
    form = CaseFilter(request.GET)
    record_export(page=ListPage.CASES, query=paging.query_of(request), by=request.actor, at=request.at)
    return spreadsheet(
        title=_("Cases"),
        head=lists.case_head(),
        rows=_rows(request, form),
        on=timezone.localdate(request.at),
    )


def _rows(request: Request, form: CaseFilter) -> Iterator[lists.SheetRow]:
    after: Cursor | None = None
    while True:
        lines = may_lag(_lines)(request, form, after=after, limit=BATCH)
        yield from lists.case_rows(lines)
        after = lines.next
        if after is None:
            return
