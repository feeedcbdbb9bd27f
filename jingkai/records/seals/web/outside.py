"""Papers on their way to the state seal service: where they are, and how one comes back by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jingkai.kernel.audit.api import mark
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import form_page, once
from jingkai.records.files import api as files
from jingkai.records.seals.models import OutsideSealing
from jingkai.records.seals.operations import accept_by_hand, change_keeper
from jingkai.records.seals.operations.exporting import record_export
from jingkai.records.seals.rules import APPLY, MANAGE, SEE
from jingkai.records.seals.web.forms import ArrivedForm, KeeperForm
from jingkai.records.seals.web.views import get_or_404
from jingkai.ui.data import Column, Light, Link, Pager, Row, Table
from jingkai.ui.sheets import MOST_ROWS, spreadsheet

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a person narrowed the list, in its address; what does not fit is left out."""

    text: str
    state: str

    @classmethod
    def of(cls, request: Request) -> Wanted:
        """Read the address."""
        state = request.GET.get("state", "")
        known = state if state in OutsideSealing.State.values else ""
        return cls(request.GET.get("q", "").strip()[:80], known)

    def query(self) -> str:
        """The same, for another page of the list."""
        return urlencode({"q": self.text, "state": self.state})

    def found(self) -> QuerySet[OutsideSealing]:
        """The papers that are left, newest first."""
        rows = OutsideSealing.objects.select_related("seal", "ordered_by").order_by("-pk")
        if self.text:
            rows = rows.filter(Q(purpose__icontains=self.text) | Q(outside_number__icontains=self.text))
        return rows.filter(state=self.state) if self.state else rows


@requires(SEE)
@require_safe
def listing(request: Request) -> HttpResponse:
    """The papers that were sent, those that wait first in the eye by their light."""
    wanted, before = Wanted.of(request), request.GET.get("before", "")
    found = wanted.found()
    if before.isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE + 1])
    older = f"?{wanted.query()}&before={rows[PAGE - 1].pk}" if len(rows) > PAGE else ""
    table = Table(
        caption=_("Sent to the state seal service"),
        columns=[
            Column(_("State"), "light"),
            Column(_("Paper"), "title"),
            Column(_("Seal")),
            Column(_("Ordered by")),
            Column(_("Number of the signature there")),
            Column(_("Ordered"), "date"),
        ],
        rows=[
            Row(
                [
                    outside_light(one),
                    Link(one.purpose, reverse("seals:arrived", args=[one.uuid])),
                    local(one.seal, "name"),
                    _orderer(one),
                    one.outside_number or "—",
                    one.ordered_at,
                ]
            )
            for one in rows[:PAGE]
        ],
    )
    context = {
        "table": table,
        "pager": Pager(older_url=older),
        "q": wanted.text,
        "state": wanted.state,
        "states": OutsideSealing.State.choices,
        "export": wanted.query(),
        "narrowed": bool(wanted.text or wanted.state),
    }
    return render(request, "seals/outside.html", context)


@requires(SEE)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """Give the narrowed list as a spreadsheet; that it was taken is written to the trail."""
    wanted, title = Wanted.of(request), _("Sent to the state seal service")
    record_export(facts={"list": title, "filter": mark(wanted.query())}, by=request.actor, at=request.at)
    head = [
        (_("State"), 24),
        (_("Paper"), 44),
        (_("Seal"), 30),
        (_("Ordered by"), 16),
        (_("Number of the signature there"), 28),
        (_("Ordered"), 17),
        (_("Back from the service"), 17),
    ]
    rows: Iterator[list[Any]] = (
        [
            outside_light(one).text,
            one.purpose,
            local(one.seal, "name"),
            _orderer(one),
            one.outside_number,
            one.ordered_at,
            one.done_at,
        ]
        for one in wanted.found()[:MOST_ROWS].iterator(chunk_size=500)
    )
    return spreadsheet(title=title, head=head, rows=rows, on=localdate(request.at))


def _orderer(one: OutsideSealing) -> str:
    return local(one.ordered_by, "name") if one.ordered_by else _("by the system itself")


def outside_light(one: OutsideSealing) -> Light:
    """Where a paper is."""
    done = one.state == OutsideSealing.State.DONE
    return Light("ok" if done else "hold", str(OutsideSealing.State(one.state).label))


@requires(APPLY)
@require_http_methods(["GET", "POST"])
@once
def arrived(request: Request, uuid: UUID) -> HttpResponse:
    """Hand in a paper that was sealed in the state service by hand."""
    order = get_object_or_404(OutsideSealing.objects.select_related("seal", "paper"), uuid=uuid)
    form = ArrivedForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = files.receive_uploaded(form.cleaned_data["paper"], kinds=("pdf",))
        content = upload.received.path.read_bytes()
        upload.received.path.unlink(missing_ok=True)
        number = form.cleaned_data["number"]
        try:
            accept_by_hand(order=order, content=content, number=number, by=request.actor, at=request.at)
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            messages.success(request, _("The sealed paper was checked and entered in the ledger."))
            return HttpResponseRedirect(reverse("seals:outside"))
    context = {
        "order": order,
        "form": form,
        "light": outside_light(order),
        "waits": order.state == OutsideSealing.State.WAITING,
    }
    return render(request, "seals/arrived.html", context, status=422 if request.method == "POST" else 200)


@requires(APPLY)
@require_safe
def paper(request: Request, uuid: UUID) -> HttpResponseBase:
    """The paper to be sealed, for the custodian who seals it in the state service by hand."""
    order = get_object_or_404(OutsideSealing.objects.select_related("paper"), uuid=uuid)
    return files.send_file(request, order.paper, name=f"{order.purpose}.pdf"[-120:], inline=False)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
@once
def keeper(request: Request, uuid: UUID) -> HttpResponse:
    """Say where a seal's key is kept."""
    seal = get_or_404(uuid)
    initial = {"version": seal.version, "keeper": seal.keeper, "outside_code": seal.outside_code}
    form = KeeperForm(request.POST or None, initial=initial)
    back = reverse("seals:seal", args=[uuid])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        change_keeper(
            seal_id=seal.pk,
            keeper=given["keeper"],
            outside_code=given["outside_code"],
            basis=given["basis"],
            seen_version=given["version"],
            by=request.actor,
            at=request.at,
        )
        messages.success(request, _("Noted where the key is kept."))
        return HttpResponseRedirect(back)
    title = _("Where the key is kept: %(seal)s") % {"seal": local(seal, "name")}
    return form_page(request, form, title, _("Save"), back)
