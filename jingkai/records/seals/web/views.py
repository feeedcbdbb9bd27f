"""Looking at seals: the ledger of their use, each seal with its custody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jingkai.kernel.audit.api import mark
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.records.seals import queries
from jingkai.records.seals.data import UseLine
from jingkai.records.seals.models import Seal
from jingkai.records.seals.operations.apply import face_of
from jingkai.records.seals.operations.exporting import record_export
from jingkai.records.seals.operations.faces import face_data
from jingkai.records.seals.rules import AUTHORISE, MANAGE, SEE
from jingkai.records.seals.web.words import paper_words
from jingkai.records.typesetting.api import draw
from jingkai.ui.data import Cell, Column, Fact, Light, Lines, Link, Pager, Row, Table, Tone
from jingkai.ui.sheets import MOST_ROWS, Value, spreadsheet

PAGE = 50
SCREEN_PPI = 160
TONES: dict[str, Tone] = {"active": "ok", "suspended": "hold", "retired": "none"}


@dataclass(frozen=True, slots=True)
class Asked:
    """How a person narrowed the ledger of use, in its address."""

    text: str
    seal: str
    year: int | None

    @classmethod
    def of(cls, request: Request) -> Asked:
        """Read the address; what does not fit is left out."""
        year = _number(request.GET.get("year", "")[:4])
        return cls(request.GET.get("q", "").strip()[:80], request.GET.get("seal", "")[:40], year)

    def query(self) -> str:
        """The same, for another page of the list."""
        return urlencode({"q": self.text, "seal": self.seal, "year": self.year or ""})

    def uses(self, *, limit: int, before_id: int | None = None) -> list[UseLine]:
        """The uses that are left, newest first."""
        return queries.list_uses(
            text=self.text, seal_code=self.seal, year=self.year, before_id=before_id, limit=limit
        )


@requires(SEE, MANAGE)
@require_safe
def show_ledger(request: Request) -> HttpResponse:
    """List the seals and every use of them, newest first."""
    asked, seals = Asked.of(request), queries.list_seals()
    before = _number(request.GET.get("before", ""))
    uses = asked.uses(before_id=before, limit=PAGE + 1)
    older = f"?{asked.query()}&before={uses[PAGE - 1].id}" if len(uses) > PAGE else ""
    context = {
        "seals": _seals_table(seals),
        "codes": [(seal.code, local(seal, "name")) for seal in seals],
        "uses": _uses_table(uses[:PAGE]),
        "pager": Pager(older_url=older),
        "q": asked.text,
        "seal": asked.seal,
        "year": asked.year or "",
        "export": asked.query(),
        "may_manage": may(request.actor, MANAGE),
    }
    return render(request, "seals/ledger.html", context)


@requires(SEE, MANAGE)
@require_safe
def export_ledger(request: Request) -> HttpResponseBase:
    """Give the narrowed ledger of use as a spreadsheet; that it was taken is written to the trail."""
    asked, title = Asked.of(request), _("Ledger of use")
    uses = asked.uses(limit=MOST_ROWS + 1)
    record_export(facts={"list": title, "filter": mark(asked.query())}, by=request.actor, at=request.at)
    return spreadsheet(title=title, head=_head(), rows=_lines(uses), on=localdate(request.at))


@requires(SEE, MANAGE)
@require_safe
def show_seal(request: Request, uuid: UUID) -> HttpResponse:
    """Show one seal: its face, who held it when, and its uses."""
    seal = get_or_404(uuid)
    before = _number(request.GET.get("before", ""))
    uses = queries.list_uses(seal=seal, before_id=before, limit=PAGE + 1)
    context = {
        "seal": seal,
        "light": state_light(seal),
        "facts": _facts(seal),
        "custody": _custody_table(seal),
        "standing": _standing_table(seal, may_end=may(request.actor, AUTHORISE)),
        "may_authorise": may(request.actor, AUTHORISE) and seal.state == Seal.State.ACTIVE,
        "uses": _uses_table(uses[:PAGE]),
        "pager": Pager(older_url=f"?before={uses[PAGE - 1].id}" if len(uses) > PAGE else ""),
        "may_manage": may(request.actor, MANAGE) and seal.state != Seal.State.RETIRED,
    }
    return render(request, "seals/seal.html", context)


@requires(SEE, MANAGE)
@require_safe
def show_face(request: Request, uuid: UUID) -> HttpResponse:
    """Draw a seal for the screen; never larger than needed to recognise it."""
    seal = get_or_404(uuid)
    picture = draw("seals/seal", face_data(face_of(seal)), form="png", ppi=SCREEN_PPI)
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


def get_or_404(uuid: UUID) -> Seal:
    """Find a seal by the key of its page."""
    seal = queries.get_seal(uuid)
    if seal is None:
        raise Http404
    return seal


def state_light(seal: Seal) -> Light:
    """Give a seal's state as a light."""
    return Light(TONES[seal.state], str(Seal.State(seal.state).label))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _seals_table(seals: list[Seal]) -> Table:
    columns = [
        Column(_("Seal"), "title"),
        Column(_("State"), "light"),
        Column(_("Custodian")),
        Column(_("Made on"), "date"),
    ]
    rows = [
        Row(
            [
                Link(
                    local(seal, "name"),
                    reverse("seals:seal", args=[seal.uuid]),
                    _("demonstration seal") if seal.demo else "",
                ),
                state_light(seal),
                ", ".join(local(held.custodian, "name") for held in seal.holding),  # type: ignore[attr-defined]
                localdate(seal.made_at),
            ]
        )
        for seal in seals
    ]
    return Table(_("Seals"), columns, rows)


def _uses_table(uses: list[UseLine]) -> Table:
    columns = [
        Column(_("Use no. and seal"), "text"),
        Column(_("Paper"), "title"),
        Column(_("Authorised by")),
        Column(_("Applied by")),
        Column(_("Applied at"), "date"),
    ]
    rows = [
        Row(
            [
                Lines((use.in_year,), (use.seal_name,)),
                use.purpose,
                f"{use.authorised_by}: {use.authorisation_title}",
                use.applied_by,
                use.applied_at,
            ]
        )
        for use in uses
    ]
    return Table(_("Ledger of use"), columns, rows)


def _head() -> list[tuple[str, int]]:
    return [
        (_("Use no."), 24),
        (_("Seal"), 30),
        (_("Paper"), 50),
        (_("Authorisation"), 36),
        (_("Authorised by"), 16),
        (_("Authorised at"), 18),
        (_("Applied by"), 16),
        (_("Applied at"), 18),
        ("SHA-256", 66),
    ]


def _lines(uses: Iterable[UseLine]) -> Iterator[list[Value]]:
    for use in uses:
        yield [
            use.number,
            use.seal_name,
            use.purpose,
            use.authorisation_title,
            use.authorised_by,
            use.authorised_at,
            use.applied_by,
            use.applied_at,
            use.sealed_sha256,
        ]


def _custody_table(seal: Seal) -> Table:
    columns = [
        Column(_("Custodian"), "title"),
        Column(_("Held from"), "date"),
        Column(_("Held until"), "date"),
        Column(_("Basis of the handover")),
        Column(_("Handed over by")),
    ]
    rows = [
        Row(
            [
                local(held.custodian, "name"),
                held.starts_at,
                held.ends_at,
                held.basis,
                local(held.handed_by, "name") if held.handed_by else "",
            ]
        )
        for held in queries.custody_history(seal)
    ]
    return Table(_("Custody"), columns, rows)


def _standing_table(seal: Seal, *, may_end: bool) -> Table:
    columns = [
        Column(_("Kinds of papers"), "title"),
        Column(_("Who may seal them")),
        Column(_("Basis of the authorisation")),
        Column(_("Authorised by")),
        Column(_("From"), "date"),
        Column(_("Until"), "date"),
        Column(_("Ended")),
    ]
    rows = []
    for one in queries.standing_of(seal):
        link = Link(_("End it"), reverse("seals:end_standing", args=[one.uuid]))
        last = f"{localdate(one.ended_at)} {one.end_reason}" if one.ended_at else link if may_end else ""
        cells: list[Cell] = [
            paper_words(one.papers),
            local(one.users, "name"),
            one.basis,
            local(one.approved_by, "name"),
            one.starts_on,
            one.ends_on,
            last,
        ]
        rows.append(Row(cells))
    return Table(_("Standing use"), columns, rows)


def _facts(seal: Seal) -> list[Fact]:
    return [
        Fact(_("Seal code"), seal.code),
        Fact(_("Seal name"), local(seal, "name")),
        Fact(_("Text along the edge"), seal.ring_text),
        Fact(_("Diameter"), f"{seal.diameter_mm} mm"),
        Fact(_("Made on"), seal.made_at),
        Fact(_("Certificate no."), seal.serial, wide=True),
    ]
