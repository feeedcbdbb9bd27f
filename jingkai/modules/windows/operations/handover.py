"""Papers at the counter, and handing the window over to the next shift."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.windows.data import AT_WINDOW, TicketState
from jingkai.modules.windows.models import CounterPaper, HandOver, Ticket, Window
from jingkai.modules.windows.queries import queue, rota


class AlreadyHandedOver(PersonFacingError):
    """One hand-over of a window is signed before the next is written."""

    sentence = _("The hand-over of window %(number)s waits for the other signature.")
    advice = _("Whoever takes over signs it first.")


class NotToYou(PersonFacingError):
    """Who was named takes over, once."""

    status = 403
    sentence = _("This hand-over is not made to you, or it is signed already.")


class ToYourself(PersonFacingError):
    """A hand-over has two people."""

    status = 422
    sentence = _("A hand-over is signed by two people.")
    advice = _("Choose the colleague who takes over.")


@transaction.atomic
def receive_paper(
    *, window: Window, name: str, copies: int, giver: str, ticket_number: str, by: Actor, at: datetime
) -> CounterPaper:
    """Note a paper that was taken in at a counter, so that it is asked for until it is passed on."""
    row = CounterPaper.objects.create(
        window=window,
        name=name.strip()[:160],
        copies=copies,
        giver=giver.strip()[:100],
        ticket_number=ticket_number.strip().upper()[:8],
        received_by_id=_person(by),
        received_at=at,
    )
    record(window, action="window.paper_received", by=by, at=at, facts={"paper": row.pk, "copies": copies})
    return row


@transaction.atomic
def pass_on_paper(*, paper: CounterPaper, to: str, by: Actor, at: datetime) -> None:
    """Note to whom a paper went."""
    rows = CounterPaper.objects.filter(pk=paper.pk, passed_at=None)
    if rows.update(passed_at=at, passed_to=to.strip()[:100]):
        record(paper.window, action="window.paper_passed_on", by=by, at=at, facts={"paper": paper.pk})


@transaction.atomic
def hand_over(*, window: Window, taker: Party, note: str, by: Actor, at: datetime) -> HandOver:
    """Write down what a window is left with, as it is now, and sign it.

    Errors: ToYourself, AlreadyHandedOver.
    """
    if taker.pk == by.party_id:
        raise ToYourself
    on = timezone.localdate(at)
    try:
        with transaction.atomic():
            row = HandOver.objects.create(
                window=window,
                on=on,
                giver_id=_person(by),
                taker=taker,
                waiting=_waiting(window, at),
                matters=_matters(window, at),
                papers=_papers(window),
                note=note.strip(),
                given_at=at,
            )
    except IntegrityError as error:
        raise AlreadyHandedOver(number=window.number) from error
    facts = {"waiting": len(row.waiting), "matters": len(row.matters), "papers": len(row.papers)}
    record(row, action="window.handed_over", by=by, at=at, facts=facts)
    return row


@transaction.atomic
def take_over(*, handover: HandOver, remark: str, by: Actor, at: datetime) -> HandOver:
    """Sign for what was left. Errors: NotToYou."""
    row = HandOver.objects.select_for_update().get(pk=handover.pk)
    if row.taken_at is not None or row.taker_id != by.party_id:
        raise NotToYou
    row.taken_at, row.remark = at, remark.strip()[:300]
    row.save(update_fields=("taken_at", "remark"))
    record(row, action="window.taken_over", by=by, at=at)
    return row


def _person(by: Actor) -> int:
    if by.party_id is None:
        raise NotToYou
    return by.party_id


def _waiting(window: Window, at: datetime) -> list[dict[str, str]]:
    rows = list(queue.callable_at(window, timezone.localdate(at)).select_related("line"))
    here = Ticket.objects.select_related("line").filter(window=window, state__in=AT_WINDOW)
    return [
        {"number": row.number, "line": row.line.name, "state": str(row.state)} for row in [*here, *rows][:200]
    ]


def _matters(window: Window, at: datetime) -> list[dict[str, str]]:
    rows = Ticket.objects.filter(window=window, on=timezone.localdate(at), application_id__isnull=False)
    rows = rows.exclude(state=TicketState.LEFT).order_by("pk")
    return [{"number": row.number, "matter": row.matter} for row in rows]


def _papers(window: Window) -> list[dict[str, str]]:
    return [
        {"name": row.name, "copies": str(row.copies), "giver": row.giver, "number": row.ticket_number}
        for row in rota.papers_at(window)
    ]
