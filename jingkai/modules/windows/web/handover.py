"""Hand-over between shifts: papers at the counter, the sheet, both signatures, the list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.kernel.submissions.api import once
from jingkai.modules.windows.models import CounterPaper, HandOver, Window
from jingkai.modules.windows.operations import handover as operations
from jingkai.modules.windows.queries import counters, queue
from jingkai.modules.windows.queries import rota as queries
from jingkai.modules.windows.rules import PLAN, SEE_ROTA, SERVE
from jingkai.modules.windows.web.forms import HandOverForm, PaperForm, words_of
from jingkai.ui.data import Pager
from jingkai.ui.sheets import spreadsheet

PAGE = 50


def _rows(request: Request) -> Any:
    """Whoever plans sees all; others what they gave or took."""
    rows = queries.handovers()
    if not may(request.actor, PLAN):
        mine = request.actor.party_id or 0
        rows = rows.filter(Q(giver_id=mine) | Q(taker_id=mine))
    window = request.GET.get("window", "")
    if window.isdecimal() and len(window) < 5:
        rows = rows.filter(window__number=int(window))
    if request.GET.get("state") == "open":
        rows = rows.filter(taken_at=None)
    return rows.order_by("pk" if request.GET.get("sort") == "oldest" else "-pk")


@requires(SEE_ROTA)
@require_GET
def listing(request: Request) -> HttpResponse:
    """The hand-overs one may see, the newest first."""
    rows, after = _rows(request), request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        way = "gt" if request.GET.get("sort") == "oldest" else "lt"
        rows = rows.filter(**{f"pk__{way}": int(after)})
    found = list(rows[: PAGE + 1])
    kept = {name: value for name, value in request.GET.items() if name != "after" and value}
    older = "?" + urlencode({**kept, "after": found[PAGE - 1].pk}) if len(found) > PAGE else ""
    newer = "?" + urlencode(kept) if after else ""
    context = {
        "rows": found[:PAGE],
        "windows": counters.list_windows(active=False),
        "wanted": {name: request.GET.get(name, "") for name in ("window", "state", "sort")},
        "pager": Pager(newer, older) if newer or older else None,
        "export_url": f"{reverse('windows:handovers_export')}?{urlencode(kept)}",
        "may_give": may(request.actor, SERVE),
    }
    return render(request, "windows/handovers.html", context)


@requires(SEE_ROTA)
@require_GET
def export(request: Request) -> FileResponse:
    """Give the hand-overs as a spreadsheet."""
    head = [
        (_("Day"), 12),
        (_("Window"), 8),
        (_("Handed over by"), 14),
        (_("Taken over by"), 14),
        (_("Waiting now"), 10),
        (_("Matters begun"), 12),
        (_("Papers"), 10),
        (_("Handed over"), 18),
        (_("Taken over"), 18),
        (_("Note"), 40),
    ]
    return spreadsheet(
        title=_("Hand-overs"), head=head, rows=_lines(_rows(request)), on=timezone.localdate(request.at)
    )


def _lines(rows: Any) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=500):
        yield [
            row.on,
            row.window.number,
            row.giver.name,
            row.taker.name,
            len(row.waiting),
            len(row.matters),
            len(row.papers),
            row.given_at,
            row.taken_at,
            row.note,
        ]


@requires(SERVE)
@once
def new(request: Request) -> HttpResponse:
    """Write down what the window is left with, and sign."""
    on = timezone.localdate(request.at)
    people = [(one.pk, one.name) for one in queries.people(on) if one.pk != request.actor.party_id]
    windows = [(window.pk, f"{window.number} {window.name}") for window in counters.list_windows()]
    sitting = queue.sitting_of(request.actor.party_id)
    form = HandOverForm(
        request.POST or None,
        windows=windows,
        people=people,
        initial={"window": sitting.window_id if sitting else None},
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = operations.hand_over(
                window=Window.objects.get(pk=form.cleaned_data["window"]),
                taker=Party.objects.get(pk=form.cleaned_data["taker"]),
                note=form.cleaned_data["note"],
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, words_of(error))
        else:
            return redirect("windows:handover", row.uuid)
    context = {
        "form": form,
        "title": _("Hand over a window"),
        "text": _(
            "Waiting numbers, matters begun and papers at the counter are put into the sheet as they are."
        ),
        "action": _("Sign and hand over"),
        "back": _("Hand-overs"),
        "back_url": reverse("windows:handovers"),
    }
    return render(request, "windows/form.html", context, status=422 if form.errors else 200)


@requires(SEE_ROTA)
@once
def sheet(request: Request, uuid: UUID) -> HttpResponse:
    """The sheet; who takes over signs it here."""
    rows = queries.handovers()
    if not may(request.actor, PLAN):
        mine = request.actor.party_id or 0
        rows = rows.filter(Q(giver_id=mine) | Q(taker_id=mine))
    row: HandOver = get_object_or_404(rows, uuid=uuid)
    if request.method == "POST":
        try:
            operations.take_over(
                handover=row, remark=request.POST.get("remark", ""), by=request.actor, at=request.at
            )
        except PersonFacingError as error:
            messages.warning(request, words_of(error))
        else:
            messages.success(request, _("Signed. The window is yours."))
        return redirect("windows:handover", uuid)
    may_sign = row.taken_at is None and row.taker_id == request.actor.party_id
    return render(request, "windows/handover.html", {"row": row, "may_sign": may_sign})


@requires(SERVE)
@once
def papers(request: Request) -> HttpResponse:
    """The papers that lie at one's window; note a new one."""
    sitting = queue.sitting_of(request.actor.party_id)
    if sitting is None:
        messages.warning(request, _("Choose your window first."))
        return redirect("windows:desk")
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.receive_paper(window=sitting.window, by=request.actor, at=request.at, **form.cleaned_data)
        messages.success(request, _("Noted."))
        return redirect("windows:papers")
    context = {"form": form, "window": sitting.window, "papers": queries.papers_at(sitting.window)}
    return render(request, "windows/papers.html", context, status=422 if form.errors else 200)


@requires(SERVE)
@require_POST
@once
def pass_on(request: Request, uuid: UUID) -> HttpResponse:
    """Note to whom a paper of one's own window went."""
    sitting = queue.sitting_of(request.actor.party_id)
    paper = get_object_or_404(CounterPaper, uuid=uuid, window_id=sitting.window_id if sitting else 0)
    operations.pass_on_paper(paper=paper, to=request.POST.get("to", ""), by=request.actor, at=request.at)
    messages.success(request, _("Noted."))
    return redirect("windows:papers")
