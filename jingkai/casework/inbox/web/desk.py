"""The desk: what is on me, what waits in my units, what I started, what I handled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from jingkai.casework.cases.data import Count, Cursor, TaskSort
from jingkai.casework.inbox import queries
from jingkai.casework.inbox.data import DeskTab, ListPage
from jingkai.casework.inbox.operations import record_export
from jingkai.casework.inbox.queries import DeskPage, Head
from jingkai.casework.inbox.web import paging
from jingkai.casework.inbox.web.forms import DeskFilter
from jingkai.casework.inbox.web.shown import lists
from jingkai.casework.inbox.web.shown.filters import filter_strip
from jingkai.kernel.permissions.api import Request, staff
from jingkai.ui.data import Tab, Table
from jingkai.ui.sheets import spreadsheet

BATCH = 500


@staff
@require_safe
def desk(request: Request) -> HttpResponse:
    """Show one tab of the desk; without a query the person's default view, if there is one."""
    head = queries.head_of(request)
    if not request.GET and (opens := default_query(head, ListPage.DESK)):
        return redirect(f"{reverse('inbox:desk')}?{opens}")
    form = DeskFilter(request.GET, units=head.units)
    tab, sort = _tab(form), TaskSort(form.value("sort") or TaskSort.DUE)
    page = queries.get_desk_page(
        tab=tab,
        actor=request.actor,
        at=request.at,
        filters=form.as_filters(),
        sort=sort,
        after=paging.cursor_of(request),
        limit=paging.rows_of(request),
    )
    table = _table(request, page, tab, sort)
    context = {
        "form": form,
        "tab": tab.value,
        "tabs": _tabs(tab, head),
        "table": table,
        "is_empty": not page.case_ids,
        "may_batch": tab is DeskTab.MINE and bool(table.select),
        "pager": paging.pager_of(request, page.next, paging.rows_choice(request)),
        "subheading": _subheading(request, head),
        "filters": filter_strip(
            form, ListPage.DESK, views=head.views_of(ListPage.DESK), query=paging.query_of(request)
        ),
        "waits": head.pool.number,
        "delegations_url": _delegations_url(),
    }
    return render(request, "inbox/desk.html", context)


def default_query(head: Head, page: ListPage) -> str:
    """Give the query of the view by which this list opens, empty where none was chosen."""
    return next((view.query for view in head.views_of(page) if view.is_default), "")


def _tab(form: DeskFilter) -> DeskTab:
    return DeskTab(form.value("tab") or DeskTab.MINE)


def _tabs(current: DeskTab, head: Head) -> list[Tab]:
    labels = {
        DeskTab.MINE: (_("On me"), head.mine),
        DeskTab.POOL: (_("To be claimed"), head.pool),
        DeskTab.READ: (_("To read"), head.to_read),
        DeskTab.STARTED: (_("I started"), None),
        DeskTab.HANDLED: (_("I handled"), None),
    }
    address = reverse("inbox:desk")
    return [
        Tab(label, f"{address}?tab={tab.value}", _shown(count), tab is current)
        for tab, (label, count) in labels.items()
    ]


def _shown(count: Count | None) -> int | None:
    """A bounded count reads "99+"; the tab only prints it."""
    return cast("int | None", count)


def _subheading(request: Request, head: Head) -> str:
    parts = [lists.today_words(request.at)]
    if head.late:
        parts.append(ngettext("%(n)s overdue", "%(n)s overdue", head.late) % {"n": head.late})
    due = ngettext("%(n)s due today", "%(n)s due today", head.today) % {"n": head.today}
    return " · ".join([*parts, due])


def _table(request: Request, page: DeskPage, tab: DeskTab, sort: TaskSort) -> Table:
    if tab is DeskTab.STARTED:
        return lists.case_table(
            queries.lines_of(page.cases, at=request.at), caption=_("Cases that I started")
        )
    clocks = queries.clocks_of(page.case_ids, at=request.at)
    if tab is DeskTab.READ:
        return lists.reading_table(page.readings, clocks)
    sorts = paging.sort_heads(request, chosen=sort.value, ascending=("due", "opened"), opened=_("Arrived"))
    return lists.task_table(page.tasks, clocks, tab=tab, actor=request.actor, sorts=sorts)


def _delegations_url() -> str:
    """Give the address of the delegations, empty where the organisation's pages are not mounted."""
    try:
        return reverse("organisation:delegations")
    except NoReverseMatch:
        return ""


@staff
@require_safe
def export(request: Request) -> HttpResponseBase:
    """Give the tab with its filters as a spreadsheet."""
    form = DeskFilter(request.GET, units=queries.head_of(request).units)
    tab = _tab(form)
    record_export(page=ListPage.DESK, query=paging.query_of(request), by=request.actor, at=request.at)
    is_cases = tab in (DeskTab.STARTED, DeskTab.READ)
    return spreadsheet(
        title=_("Desk"),
        head=lists.case_head() if is_cases else lists.task_head(),
        rows=_rows(request, form, tab),
        on=timezone.localdate(request.at),
    )


def _rows(request: Request, form: DeskFilter, tab: DeskTab) -> Iterator[lists.SheetRow]:
    after: Cursor | None = None
    while True:
        page = queries.get_desk_page(
            tab=tab,
            actor=request.actor,
            at=request.at,
            filters=form.as_filters(),
            sort=TaskSort(form.value("sort") or TaskSort.DUE),
            after=after,
            limit=BATCH,
        )
        if tab is DeskTab.STARTED:
            yield from lists.case_rows(queries.lines_of(page.cases, at=request.at))
        elif tab is DeskTab.READ:
            found = [reading.case for reading in page.readings]
            yield from lists.case_rows(queries.lines_of(found, at=request.at))
        else:
            clocks = queries.clocks_of(page.case_ids, at=request.at)
            yield from lists.task_rows(page.tasks, clocks, request.actor)
        after = page.next
        if after is None:
            return
