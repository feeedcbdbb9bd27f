"""A person's own long lists: ordered, how far they are, taken."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.models import Export
from jingkai.kernel.exchange.operations import whole_lists as operations
from jingkai.kernel.permissions.api import Request, may, staff
from jingkai.kernel.submissions.api import once
from jingkai.ui.data import Column, Light, Link, Progress, Row, Table
from jingkai.ui.sheets import XLSX
from jingkai.ui.words import moment

SHOWN = 50
TONES = {"waiting": "none", "running": "hold", "done": "ok", "failed": "late", "gone": "none"}
State = Export.State


@staff
@require_safe
def exports(request: Request) -> HttpResponse:
    """List a person's own lists of the last week."""
    rows = [
        Row(
            [
                Light(TONES[one.state], str(one.get_state_display())),  # type: ignore[arg-type]
                Link(_label(one), reverse("exchange:export", args=[one.uuid])),
                one.written,
                one.created_at,
            ]
        )
        for one in Export.objects.filter(person_id=request.actor.party_id).order_by("-created_at", "-pk")[
            :SHOWN
        ]
    ]
    columns = [Column(_("State"), "light"), Column(_("List"), "title"), Column(_("Rows"), "number")]
    columns.append(Column(_("Made at"), "date"))
    return render(request, "exchange/exports.html", {"table": Table(_("My lists"), columns, rows)})


def _label(row: Export) -> str:
    source = rules.export_sources.get(row.source)
    return str(source.label) if source else row.source


@staff
@require_POST
@once
def order(request: Request) -> HttpResponse:
    """Have a list written, however long it is."""
    source = rules.export_sources.get(request.POST.get("source", ""))
    if source is None or (source.permission and not may(request.actor, source.permission)):
        raise Http404
    row = operations.order_export(
        source=source.code,
        query=request.POST.get("query", "").lstrip("?")[:2000],
        language=get_language() or "zh-hans",
        by=request.actor,
        at=request.at,
    )
    messages.success(request, _("The list is being written. You may leave this page and come back."))
    return redirect("exchange:export", uuid=row.uuid)


@staff
@require_safe
def export(request: Request, uuid: UUID) -> HttpResponse:
    """Show how far a list is; asked again and again by the page itself, only the bar is answered."""
    row = _own(request, uuid)
    here = reverse("exchange:export", args=[uuid])
    running = row.state in (State.WAITING, State.RUNNING)
    progress = Progress(
        _label(row),
        percent=100 * row.written / row.total if row.total else None if running else 100.0,
        text=_text(row),
        state="running" if running else "done" if row.state == State.DONE else "failed",
        poll_url=here if running else "",
        result_url=reverse("exchange:take_export", args=[uuid]) if row.state == State.DONE else "",
        result_label=_("Download"),
    )
    context = {"row": row, "title": _label(row), "progress": progress}
    part = "exchange/progress.html" if request.headers.get("HX-Request") else "exchange/export.html"
    return render(request, part, context)


def _text(row: Export) -> str:
    match row.state:
        case State.DONE:
            text = _("%(rows)s rows, counted in the database and in the file.") % {"rows": row.written}
            if row.as_of is None:
                return text
            return text + " " + _("Read from the replica, as of %(at)s.") % {"at": moment(row.as_of)}
        case State.FAILED:
            return _("It could not be written; it is tried again by itself.")
        case State.GONE:
            return _("The file was removed after a week. Order it again.")
        case _waiting if row.total is None:
            return _("Waits for its turn.")
    return _("%(done)s of %(rows)s rows") % {"done": row.written, "rows": row.total}


def _own(request: Request, uuid: UUID) -> Export:
    return get_object_or_404(Export, uuid=uuid, person_id=request.actor.party_id or 0)


@staff
@require_safe
def take_export(request: Request, uuid: UUID) -> HttpResponseBase:
    """Give the file, piece by piece, at whichever machine was asked."""
    row = _own(request, uuid)
    file = operations.open_list(row) if row.state == State.DONE else None
    if file is None:
        raise Http404
    if request.method == "GET":
        operations.note_taken(export=row, by=request.actor, at=request.at)
    name = f"{_label(row)}-{row.created_at:%Y%m%d}.xlsx"
    return FileResponse(file, content_type=XLSX, as_attachment=True, filename=name)
