"""The trail for the audit administrator: list, one entry, verification with progress, export."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from jingkai.kernel.audit.data import Place
from jingkai.kernel.audit.models import Checkpoint, TrailCheck, TrailEntry
from jingkai.kernel.audit.operations import TRAIL, ask_for_check, record
from jingkai.kernel.audit.queries import exports, page_of_entries
from jingkai.kernel.audit.queries.entries import entry_position, in_words
from jingkai.kernel.audit.rules import EXPORT_LIMIT, SEE
from jingkai.kernel.audit.rules.chain import fingerprint
from jingkai.kernel.audit.web import shown
from jingkai.kernel.audit.web.forms import FilterForm
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import once
from jingkai.ui.data import Pager

PAGE = 50


@requires(SEE)
@require_safe
def trail(request: Request) -> HttpResponse:
    """List entries, newest first, by what, of what, who and when."""
    form = FilterForm(request.GET)
    before, after = _place(request.GET.get("before")), _place(request.GET.get("after"))
    rows, more = page_of_entries(form.as_filter(), before=before, after=after, size=PAGE)
    context = {
        "form": form,
        "table": shown.entries_table(in_words(rows)),
        "rows": rows,
        "pager": _pager(request, rows, before, after, more=more),
        "query": _query(request),
        "last": Checkpoint.objects.order_by("-number").first(),
        "checks": shown.checks_table(TrailCheck.objects.order_by("-pk")[:5]),
    }
    return render(request, "audit/trail.html", context)


def _place(text: str | None) -> Place | None:
    """Read a place from a link; a damaged one is the beginning."""
    try:
        at, _dot, number = (text or "").rpartition("~")
        moment = datetime.fromisoformat(at)
        return Place(moment, int(number)) if moment.tzinfo and 0 <= int(number) < 2**63 else None
    except ValueError:
        return None


def _query(request: Request, **extra: str) -> str:
    given = {name: value for name, value in request.GET.items() if value and name not in {"before", "after"}}
    return urlencode({**given, **extra})


def _pager(
    request: Request, rows: list[TrailEntry], before: Place | None, after: Place | None, *, more: bool
) -> Pager | None:
    if not rows:
        return None
    older = more if after is None else True
    newer = more if after is not None else before is not None
    places = [f"{row.at.isoformat()}~{row.pk}" for row in (rows[0], rows[-1])]
    return Pager(
        newer_url="?" + _query(request, after=places[0]) if newer else "",
        older_url="?" + _query(request, before=places[1]) if older else "",
    )


@requires(SEE)
@require_safe
def entry(request: Request, number: int) -> HttpResponse:
    """Show all of one entry, recomputed, with its neighbours in the chain."""
    row = get_object_or_404(TrailEntry, pk=number)
    line = in_words([row])[0]
    near = {one.sequence - row.sequence: one for one in entry_position(row)}
    former = near.get(-1)
    sound = fingerprint(row) == row.hash
    linked = former.hash == row.previous_hash if former else row.sequence == 1
    context = {
        "line": line,
        "row": row,
        "facts": shown.entry_facts(line),
        "told": shown.told_facts(row),
        "sound": sound and linked,
        "former": former,
        "later": near.get(1),
    }
    return render(request, "audit/entry.html", context)


@requires(SEE)
@require_GET
def export(request: Request) -> HttpResponseBase:
    """Give the filtered entries as a file, oldest first, and write into the trail that it was taken."""
    form = FilterForm(request.GET)
    kind = request.GET.get("format", "csv")
    kind = kind if kind in exports.FORMATS else "csv"
    facts = {name: value for name, value in request.GET.items() if value and name in form.fields}
    record(
        TRAIL,
        action="trail.exported",
        by=request.actor,
        at=request.at,
        facts={"filter": facts, "format": kind},
    )
    types = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
    lines = _marked(islice(exports.export_lines(form.as_filter(), kind), EXPORT_LIMIT), kind)
    response = StreamingHttpResponse(lines, content_type=types[kind])
    response["Content-Disposition"] = f'attachment; filename="trail-{request.at:%Y%m%d-%H%M}.{kind}"'
    return response


def _marked(lines: Iterator[str], kind: str) -> Iterator[str]:
    """Begin a CSV with the mark by which spreadsheets know UTF-8."""
    if kind == "csv":
        yield "\ufeff"
    yield from lines


@requires(SEE)
@require_POST
@once
def ask(request: Request) -> HttpResponse:
    """Have the whole trail verified."""
    check = ask_for_check(by=request.actor, at=request.at)
    return redirect("audit_check", uuid=check.uuid)


@requires(SEE)
@require_safe
def check(request: Request, uuid: UUID) -> HttpResponse:
    """Show how far a verification is and what it found."""
    found = get_object_or_404(TrailCheck, uuid=uuid)
    context = {
        "check": found,
        "progress": shown.check_progress(found),
        "stats": shown.check_stats(found),
        "more": found.outcome.get("fault_count", 0) - len(found.outcome.get("faults", [])),
    }
    return render(request, "audit/check.html", context)


@requires(SEE)
@require_safe
def progress(request: Request, uuid: UUID) -> HttpResponse:
    """Answer the page that asks how far the verification is; once it ended, the page is drawn anew."""
    found = get_object_or_404(TrailCheck, uuid=uuid)
    if found.ended_at:
        return HttpResponse(headers={"HX-Redirect": reverse("audit_check", kwargs={"uuid": uuid})})
    return render(request, "audit/progress.html", {"progress": shown.check_progress(found)})
