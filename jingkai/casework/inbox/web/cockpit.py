"""The leaders' board: what is open, late and soon due, who holds how much, how long matters take."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jingkai.casework.cases.data import CaseFilters, CaseSort, CaseState, Cursor
from jingkai.casework.inbox import queries
from jingkai.casework.inbox.data import ListPage
from jingkai.casework.inbox.operations import record_export
from jingkai.casework.inbox.queries import CaseLines, Standing
from jingkai.casework.inbox.rules import SEE_COCKPIT
from jingkai.casework.inbox.web import paging
from jingkai.casework.inbox.web.desk import BATCH
from jingkai.casework.inbox.web.shown import cockpit as shown
from jingkai.casework.inbox.web.shown import lists
from jingkai.casework.inbox.web.shown.board import board_tabs
from jingkai.kernel.hooks.api import cockpit_tiles, may_lag
from jingkai.kernel.hooks.data import CockpitTile
from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.ui.sheets import spreadsheet

OPEN = CaseFilters(state=CaseState.OPEN.value)
PAGE = 20


@requires(SEE_COCKPIT)
@require_safe
def cockpit(request: Request) -> HttpResponse:
    """Show the board over the cases that the actor may see."""
    board = queries.get_board(actor=request.actor, at=request.at)
    standing, moved = board.standing, board.moved
    first, every = _lists(request, standing)
    context = {
        "tabs": board_tabs("cockpit"),
        "stats": shown.strip(standing, moved, standing.calendar, request.at),
        "bars": shown.load_bars(standing.loads),
        "legend": shown.legend(),
        "cut": shown.cut_note(standing, moved),
        "counted": board.counted_at,
        "chart": shown.weekly_chart(moved),
        "pressing": lists.case_table(first, caption=_("Overdue and due soon")),
        "has_pressing": bool(first.rows),
        "matters": lists.case_table(every, caption=_("All matters")),
        "has_matters": bool(every.rows),
        "pager": paging.pager_of(request, every.next),
        "tiles": _tiles(request),
        "at": request.at,
        "query": paging.query_of(request),
    }
    return render(request, "inbox/cockpit.html", context)


def _lists(request: Request, standing: Standing) -> tuple[CaseLines, CaseLines]:
    """Read the pressing and all matters, with holders and clocks."""
    return queries.get_board_lines(
        pressing=standing.pressing,
        actor=request.actor,
        at=request.at,
        after=paging.cursor_of(request),
        limit=PAGE,
    )


def _tiles(request: Request) -> list[CockpitTile]:
    """Give what modules tell on the board to this person; each is read by itself, after the page."""
    return [tile for tile in cockpit_tiles.all() if _may_see(request, tile)]


def _may_see(request: Request, tile: CockpitTile) -> bool:
    return tile.permission is None or may(request.actor, tile.permission)


@requires(SEE_COCKPIT)
@require_safe
def tile(request: Request, key: str) -> HttpResponse:
    """Give one tile of the board: the piece that the board asks for, or a page by itself.

    A tile with nothing to say is an empty piece, which takes its place on the board away.
    """
    found = cockpit_tiles.get(key)
    if found is None or not _may_see(request, found):
        raise Http404
    data = found.context(request, None)
    html = "" if data is None else render_to_string(found.template, dict(data), request)
    piece = "HX-Request" in request.headers
    if piece and not html:
        return HttpResponse()
    template = "inbox/cockpit_tile_shown.html" if piece else "inbox/cockpit_tile_page.html"
    return render(request, template, {"tile": found, "html": html})


@requires(SEE_COCKPIT)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """Give all open matters, the most urgent first, as a spreadsheet."""
    record_export(page=ListPage.COCKPIT, query="state=open", by=request.actor, at=request.at)
    return spreadsheet(
        title=_("Open matters"),
        head=lists.case_head(),
        rows=_rows(request),
        on=timezone.localdate(request.at),
    )


def _rows(request: Request) -> Iterator[lists.SheetRow]:
    after: Cursor | None = None
    while True:
        lines = may_lag(queries.get_case_lines)(
            actor=request.actor, at=request.at, filters=OPEN, sort=CaseSort.DUE, after=after, limit=BATCH
        )
        yield from lists.case_rows(lines)
        after = lines.next
        if after is None:
            return
