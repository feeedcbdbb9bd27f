"""Yellow and red cards: the list with filter and export, one card, its appeal and the decision."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from jingkai.casework.clock import operations, queries
from jingkai.casework.clock.models import Card
from jingkai.casework.clock.operations.exporting import record_card_export
from jingkai.casework.clock.queries import CardCursor
from jingkai.casework.clock.rules.cards import may_appeal, may_decide, sees_all
from jingkai.casework.clock.rules.subjects import may_see_clock, subjects_of
from jingkai.casework.clock.web.forms import AppealForm, CardFilterForm, DecisionForm
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.permissions.api import Request, staff
from jingkai.kernel.rules.api import cited
from jingkai.kernel.submissions.api import held, once
from jingkai.ui.data import Column, Fact, Light, Link, Pager, Row, Table
from jingkai.ui.sheets import Value, spreadsheet

BATCH, MOST = 500, 10_000


@staff
@require_GET
def cards(request: Request) -> HttpResponse:
    """List the cards that the person may see: all for supervisors, else one's own and one's unit's."""
    form = _form(request)
    after = CardCursor.parse(request.GET.get("after", ""))
    rows, more = queries.list_cards(actor=request.actor, wanted=form.wanted(), after=after)
    query = urlencode({name: value for name, value in request.GET.items() if value and name != "after"})
    context = {
        "form": form,
        "table": _table(rows) if rows else None,
        "narrowed": bool(query),
        "query": query,
        "all": sees_all(request.actor),
        "pager": _pager(query, first=after is None, more=more),
    }
    return render(request, "clock/cards.html", context)


def _form(request: Request) -> CardFilterForm:
    units = Unit.objects.select_related("party").order_by("order", "pk")
    if not sees_all(request.actor):
        units = units.filter(pk__in=request.actor.unit_ids)
    choices = [(str(unit.party.uuid), local(unit.party, "name")) for unit in units]
    return CardFilterForm(request.GET, units=choices)


def _pager(query: str, *, first: bool, more: CardCursor | None) -> Pager | None:
    if first and more is None:
        return None
    older = "?" + "&".join(filter(None, (query, urlencode({"after": str(more)})))) if more else ""
    return Pager(newer_url="" if first else f"?{query}", older_url=older)


def card_light(card: Card) -> Light:
    """Show a card's colour with its word; one withdrawn on appeal has none."""
    if card.state == Card.State.WITHDRAWN:
        return Light("none", f"{card.get_colour_display()} · {card.get_state_display()}")
    tone = "late" if card.colour == Card.Colour.RED else "warn"
    return Light(tone, f"{card.get_colour_display()} · {card.get_state_display()}")  # type: ignore[arg-type]


def _table(rows: list[Card]) -> Table:
    columns = [
        Column(_("Card"), "light"),
        Column(pgettext("case", "Matter"), "title"),
        Column(_("Limit")),
        Column(_("In whose hand")),
        Column(_("Due day"), "date"),
        Column(_("Issued"), "date"),
    ]
    lines = [
        Row(
            [
                card_light(card),
                Link(local(card, "title"), reverse("clock:card", args=[card.uuid]), card.reference),
                local(card.clock, "label"),
                _hand(card),
                card.due_on,
                timezone.localdate(card.issued_at),
            ],
            muted=card.state == Card.State.WITHDRAWN,
        )
        for card in rows
    ]
    return Table(_("Cards"), columns, lines)


def _hand(card: Card) -> str:
    names = [local(party, "name") for party in (card.unit, card.holder) if party is not None]
    return " · ".join(names) or _("nobody yet")


@staff
@require_GET
def export(request: Request) -> HttpResponseBase:
    """Give the cards of the filter as a spreadsheet; the export stands in the trail."""
    record_card_export(query=request.GET.urlencode(), by=request.actor, at=request.at)
    head = [
        (_("Card"), 12),
        (_("State"), 16),
        (_("Number"), 20),
        (pgettext("case", "Matter"), 48),
        (_("Limit"), 30),
        (_("Unit"), 24),
        (_("Holder"), 16),
        (_("Due day"), 12),
        (_("Issued"), 18),
        (_("Appeal"), 40),
        (_("Decision on the appeal"), 40),
    ]
    on = timezone.localdate(request.at)
    return spreadsheet(title=_("Cards"), head=head, rows=_sheet_rows(request), on=on)


def _sheet_rows(request: Request) -> Iterator[list[Value]]:
    wanted, after, written = _form(request).wanted(), None, 0
    while written < MOST:
        rows, after = queries.list_cards(actor=request.actor, wanted=wanted, after=after, limit=BATCH)
        written += len(rows)
        for card in rows:
            yield [
                str(card.get_colour_display()),
                str(card.get_state_display()),
                card.reference,
                local(card, "title"),
                local(card.clock, "label"),
                local(card.unit, "name") if card.unit else "",
                card.holder.name if card.holder else "",
                card.due_on,
                card.issued_at,
                card.appeal,
                card.decision,
            ]
        if after is None:
            return


@staff
@require_GET
def card(request: Request, uuid: UUID) -> HttpResponse:
    """Show a card: for what, in whose hands, its appeal and the decision, and what one may do."""
    return _page(request, _card(request, uuid))


def _page(
    request: Request,
    found: Card,
    *,
    appealing: AppealForm | None = None,
    deciding: DecisionForm | None = None,
) -> HttpResponse:
    subject = subjects_of([found.clock_id]).get(found.clock_id)
    visible = subject is not None and may_see_clock(request.actor, found.clock_id)
    context = {
        "card": found,
        "light": card_light(found),
        "facts": _facts(found),
        "case_url": (subject.staff_url or subject.url) if subject and visible else "",
        "appealing": (appealing or AppealForm(held(request)))
        if may_appeal(request.actor, found, timezone.localdate(request.at))
        else None,
        "deciding": (deciding or DecisionForm(held(request))) if may_decide(request.actor, found) else None,
    }
    return render(request, "clock/card.html", context)


def _facts(found: Card) -> list[Fact]:
    limit = found.clock.limit_value
    return [
        Fact(_("Number"), found.reference),
        Fact(_("Limit"), local(found.clock, "label")),
        Fact(_("In whose hand"), _hand(found)),
        Fact(_("Due day"), found.due_on),
        Fact(_("Issued"), found.issued_at),
        Fact(_("Appeal until"), found.appeal_until),
        Fact(_("Basis in law"), cited(limit.source, limit.article), wide=True),
    ]


@staff
@require_http_methods(["POST"])
@once
def appeal(request: Request, uuid: UUID) -> HttpResponse:
    """Appeal a card in writing."""
    found, form = _card(request, uuid), AppealForm(request.POST)
    if form.is_valid():
        try:
            operations.appeal_card(card=found, by=request.actor, at=request.at, **form.cleaned_data)
        except PersonFacingError as error:
            if error.status == 403:
                raise
            form.add_error(None, f"{error} {error.advice}")
        else:
            messages.success(request, _("The appeal was sent to the supervisor."))
            return redirect("clock:card", found.uuid)
    return _page(request, found, appealing=form)


@staff
@require_http_methods(["POST"])
@once
def decide(request: Request, uuid: UUID) -> HttpResponse:
    """Decide an appeal."""
    found, form = _card(request, uuid), DecisionForm(request.POST)
    if form.is_valid():
        operations.decide_card(card=found, by=request.actor, at=request.at, **form.cleaned_data)
        messages.success(request, _("The appeal was decided; whoever appealed was told."))
        return redirect("clock:card", found.uuid)
    return _page(request, found, deciding=form)


def _card(request: Request, uuid: UUID) -> Card:
    found = queries.get_card(uuid=uuid, actor=request.actor)
    if found is None:
        raise Http404
    return found
