"""Which due days a calendar moves: all for whoever keeps the calendar, one's own for everybody else."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from jingkai.casework.clock import queries
from jingkai.casework.clock.models import ClockMove, Reprojection
from jingkai.casework.clock.rules.subjects import subjects_of
from jingkai.kernel.calendar.api import MANAGE
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, may, staff
from jingkai.ui.data import Cell, Column, Link, Pager, Row, Table

PAGE = 50
MOST_BACK = 40


@staff
@require_GET
def moves(request: Request, uuid: UUID) -> HttpResponse:
    """List the due days that a calendar moves: old, new, matter; page by page."""
    run = _run(uuid)
    everything = may(request.actor, MANAGE)
    if run.is_preview and not everything:
        raise Http404
    after = _number(request.GET.get("after", ""))
    holder = None if everything else request.actor.party_id or 0
    found = queries.list_moves(run=run, after=after, holder_id=holder, limit=PAGE + 1)
    page = found[:PAGE]
    context = {
        "run": run,
        "progress": replace(queries.progress_of(run), result_url="") if everything else None,
        "table": _table(page) if page else None,
        "pager": _pager(request, page, more=len(found) > PAGE),
        "everything": everything,
    }
    return render(request, "clock/moves.html", context)


@staff
@require_GET
def progress(request: Request, uuid: UUID) -> HttpResponse:
    """Tell how far a computation is, for the page that asks again by itself."""
    if not may(request.actor, MANAGE):
        raise Http404
    return render(request, "clock/parts/progress.html", {"progress": queries.progress_of(_run(uuid))})


def _run(uuid: UUID) -> Reprojection:
    run = queries.get_run(uuid=uuid)
    if run is None:
        raise Http404
    return run


def _number(text: str) -> int:
    return min(int(text), 2**63 - 1) if text.isascii() and text.isdigit() else 0


def _table(page: list[ClockMove]) -> Table:
    subjects = subjects_of([move.clock_id for move in page])
    columns = [
        Column(pgettext("case", "Matter"), "title"),
        Column(_("Limit")),
        Column(_("Due before"), "date"),
        Column(_("Due after"), "date"),
        Column(_("Why")),
    ]
    rows = []
    for move in page:
        subject = subjects.get(move.clock_id)
        matter: Cell = local(move.clock, "label")
        if subject:
            matter = Link(local(subject, "title"), subject.staff_url or subject.url, subject.reference)
        why = _("needs %(year)s, which is not loaded") % {"year": move.needs} if move.needs else ""
        rows.append(
            Row([matter, local(move.clock, "label"), move.due_before, move.due_after, why or _way(move)])
        )
    return Table(_("Due days that move"), columns, rows)


def _way(move: ClockMove) -> str:
    return _("earlier") if move.due_after < move.due_before else _("later")


def _pager(request: Request, page: list[ClockMove], *, more: bool) -> Pager | None:
    here = _number(request.GET.get("after", ""))
    back = [part for part in request.GET.get("back", "").split(".") if part.isascii() and part.isdigit()]
    if not here and not more:
        return None
    older = newer = ""
    if more:
        way = [*back, str(here)] if here else back
        older = f"?after={page[-1].pk}&back={'.'.join(way[-MOST_BACK:])}"
    if here:
        newer = f"?after={back[-1] if back else 0}&back={'.'.join(back[:-1])}"
    return Pager(newer_url=newer, older_url=older)
