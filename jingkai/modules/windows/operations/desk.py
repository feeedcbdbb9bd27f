"""The clerk's desk: sit down, call, call again, skip, hand on, serve, end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import record
from jingkai.kernel.events.api import publish
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.windows.data import AT_WINDOW, QUEUE, MissingLine, Outcome, TicketState
from jingkai.modules.windows.events import TicketCalled, TicketMissed, TicketServed
from jingkai.modules.windows.models import Sitting, Ticket, TicketCall, TicketLack, TicketMove, Window
from jingkai.modules.windows.queries import queue
from jingkai.modules.windows.rules import RuleBook


class SeatTaken(PersonFacingError):
    """Somebody else sits at the window."""

    sentence = _("%(name)s sits at window %(number)s.")
    advice = _("Take another window, or let them get up first (hand over the shift).")


class NotSeated(PersonFacingError):
    """Whoever calls numbers sits at a window."""

    sentence = _("You sit at no window.")
    advice = _("Choose your window first.")


class VisitorHere(PersonFacingError):
    """One visitor at a time."""

    sentence = _("Number %(number)s is still at your window.")
    advice = _("End this visit first: served, handed on, or did not come.")


class NobodyHere(PersonFacingError):
    """The act needs a visitor in the right state at the window."""

    sentence = _("There is no number at your window for this.")
    advice = _("Somebody may have ended it from another page. Look at the desk again.")


class NotCalledOften(PersonFacingError):
    """A number is skipped only after it was called as often as the rule says."""

    sentence = _("The number was called %(calls)s of %(wanted)s times.")
    advice = _("Call it again first; people may be at the ticket machine or in the lavatory.")


class CalledOften(PersonFacingError):
    """A number is not called for ever."""

    sentence = _("The number was called %(calls)s times already.")
    advice = _("Mark it as “did not come”. If the visitor turns up, recall it.")


class OtherWindowClosed(PersonFacingError):
    """A visitor is not sent to a window that is not in use, or to the same one."""

    sentence = _("Nobody can be sent to this window.")
    advice = _("Choose another window that is in use.")


class LacksUnnamed(PersonFacingError):
    """Who is sent home for materials is told all of them, in writing (行政许可法 32(4))."""

    status = 422
    sentence = _("Name every missing material: the visitor takes the list home.")


@transaction.atomic
def sit_down(*, window: Window, by: Actor, at: datetime) -> Sitting:
    """Open a window: from now on its numbers are called by this person. Errors: SeatTaken, VisitorHere."""
    present = _sitting(by, required=False)
    if present is not None:
        if present.window_id == window.pk:
            return present
        _require_free(present)
        present.until = at
        present.save(update_fields=("until",))
    try:
        with transaction.atomic():
            row = Sitting.objects.create(window=window, person_id=_person(by), since=at)
    except IntegrityError as error:
        other = Sitting.objects.select_related("person").filter(window=window, until=None).first()
        name = other.person.name if other else ""
        raise SeatTaken(name=name, number=window.number) from error
    record(window, action="window.opened", by=by, at=at)
    return row


@transaction.atomic
def get_up(*, by: Actor, at: datetime) -> None:
    """Leave the window; nobody is left standing at it. Errors: NotSeated, VisitorHere."""
    sitting = _seat(by)
    _require_free(sitting)
    sitting.until = at
    sitting.save(update_fields=("until",))
    record(sitting.window, action="window.closed", by=by, at=at)


@transaction.atomic
def pause(*, reason: str, by: Actor, at: datetime) -> Sitting:
    """Pause the window, or go on where it was paused; the screen and the estimates say so."""
    sitting = _seat(by)
    paused = sitting.paused_at is None
    sitting.paused_at, sitting.pause_reason = (at, reason.strip()[:100]) if paused else (None, "")
    sitting.save(update_fields=("paused_at", "pause_reason"))
    action = "window.paused" if paused else "window.resumed"
    record(sitting.window, action=action, by=by, at=at, facts={"reason": sitting.pause_reason})
    return sitting


@transaction.atomic
def call_next(*, by: Actor, at: datetime) -> Ticket | None:
    """Call the next number that this window serves, or give None when nobody waits.

    The row is taken by SKIP LOCKED: two clerks who press at once get two people, each the next in order.
    Errors: NotSeated, VisitorHere.
    """
    sitting = _seat(by)
    _require_free(sitting)
    rows = queue.callable_at(sitting.window, timezone.localdate(at))
    ticket = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if ticket is None:
        return None
    if sitting.paused_at is not None:
        sitting.paused_at, sitting.pause_reason = None, ""
        sitting.save(update_fields=("paused_at", "pause_reason"))
    return _call(ticket, sitting, by=by, at=at)


@transaction.atomic
def call_again(*, by: Actor, at: datetime) -> Ticket:
    """Call the number at the window once more. Errors: NotSeated, NobodyHere, CalledOften."""
    sitting, ticket = at_desk(by, TicketState.CALLED)
    if ticket.calls >= _rule(ticket, at)["calls"]:
        raise CalledOften(calls=ticket.calls)
    return _call(ticket, sitting, by=by, at=at)


@transaction.atomic
def recall(*, number: str, by: Actor, at: datetime) -> Ticket:
    """Call a number that did not come before: the visitor has turned up. Errors: VisitorHere, NobodyHere."""
    sitting = _seat(by)
    _require_free(sitting)
    on = timezone.localdate(at)
    rows = Ticket.objects.select_for_update(of=("self",)).filter(on=on, state=TicketState.MISSED)
    ticket = rows.filter(number=number.strip().upper()).first()
    if ticket is None:
        raise NobodyHere
    ticket.calls, ticket.ended_at = 0, None
    return _call(ticket, sitting, by=by, at=at)


def _call(ticket: Ticket, sitting: Sitting, *, by: Actor, at: datetime) -> Ticket:
    ticket.state, ticket.window, ticket.clerk_id = TicketState.CALLED, sitting.window, _person(by)
    ticket.calls += 1
    ticket.called_at, ticket.only_window = at, None
    ticket.first_called_at = ticket.first_called_at or at
    ticket.save()
    TicketCall.objects.create(ticket=ticket, window=sitting.window, at=at)
    facts = {"number": ticket.number, "window": sitting.window.number, "calls": ticket.calls}
    record(ticket, action="ticket.called", by=by, at=at, facts=facts)
    publish(TicketCalled(ticket_id=ticket.pk, window_id=sitting.window_id, calls=ticket.calls))
    return ticket


@transaction.atomic
def mark_missed(*, by: Actor, at: datetime) -> Ticket:
    """Note that nobody came, after as many calls as the rule says. Errors: NobodyHere, NotCalledOften."""
    _sitting_row, ticket = at_desk(by, TicketState.CALLED)
    wanted = _rule(ticket, at)["calls"]
    if ticket.calls < wanted:
        raise NotCalledOften(calls=ticket.calls, wanted=wanted)
    ticket.state, ticket.ended_at = TicketState.MISSED, at
    ticket.save(update_fields=("state", "ended_at"))
    record(ticket, action="ticket.missed", by=by, at=at, facts={"number": ticket.number})
    publish(TicketMissed(ticket_id=ticket.pk))
    return ticket


@transaction.atomic
def start_service(*, by: Actor, at: datetime) -> Ticket:
    """Note that the visitor has come: from here the service is measured. Errors: NobodyHere."""
    _sitting_row, ticket = at_desk(by, TicketState.CALLED)
    ticket.state, ticket.started_at = TicketState.SERVING, at
    ticket.save(update_fields=("state", "started_at"))
    record(ticket, action="ticket.started", by=by, at=at, facts={"number": ticket.number})
    return ticket


@transaction.atomic
def hand_on(*, to: Window, reason: str, by: Actor, at: datetime) -> Ticket:
    """Send the visitor to another window; the place in the queue is kept. Errors: OtherWindowClosed."""
    sitting, ticket = at_desk(by, *AT_WINDOW)
    if not to.active or to.pk == sitting.window_id:
        raise OtherWindowClosed
    TicketMove.objects.create(
        ticket=ticket, from_window=sitting.window, to_window=to, reason=reason.strip()[:200], at=at
    )
    ticket.state, ticket.window, ticket.only_window = TicketState.WAITING, None, to
    ticket.clerk, ticket.calls, ticket.started_at = None, 0, None
    ticket.save()
    facts = {"number": ticket.number, "from": sitting.window.number, "to": to.number}
    record(ticket, action="ticket.handed_on", by=by, at=at, facts=facts)
    return ticket


@transaction.atomic
def end_visit(
    *, outcome: Outcome, note: str, lacks: Sequence[MissingLine] = (), by: Actor, at: datetime
) -> Ticket:
    """End the visit with its outcome; what is missing is written down for the visitor.

    Errors: NobodyHere, LacksUnnamed.
    """
    sitting, ticket = at_desk(by, *AT_WINDOW)
    if outcome is Outcome.MISSING and not lacks:
        raise LacksUnnamed
    ticket.state, ticket.ended_at, ticket.outcome = TicketState.DONE, at, outcome
    ticket.started_at = ticket.started_at or ticket.called_at
    ticket.note = note.strip()[:500]
    ticket.save()
    TicketLack.objects.bulk_create(
        [TicketLack(ticket=ticket, name=line.name[:160], what=line.what[:300]) for line in lacks]
    )
    facts = {"number": ticket.number, "outcome": outcome.value, "missing": len(lacks)}
    record(ticket, action="ticket.served", by=by, at=at, for_=ticket.enterprise_id, facts=facts)
    publish(
        TicketServed(
            ticket_id=ticket.pk,
            window_id=sitting.window_id,
            clerk_id=_person(by),
            outcome=outcome.value,
            application_id=ticket.application_id or 0,
            phone_known=bool(ticket.phone),
        )
    )
    return ticket


def _rule(ticket: Ticket, at: datetime) -> dict[str, int]:
    return RuleBook().get(QUEUE, ticket.line.code, on=timezone.localdate(at))


def _person(by: Actor) -> int:
    if by.party_id is None:
        raise NotSeated
    return by.party_id


def _sitting(by: Actor, *, required: bool = True) -> Sitting | None:
    """Lock where a person sits: what one clerk does at one window happens one after the other."""
    rows = Sitting.objects.select_for_update(of=("self",)).select_related("window")
    found = rows.filter(person_id=_person(by), until=None).first()
    if found is None and required:
        raise NotSeated
    return found


def _seat(by: Actor) -> Sitting:
    found = _sitting(by)
    assert found is not None
    return found


def _require_free(sitting: Sitting) -> None:
    present = queue.current_ticket(sitting.window)
    if present is not None:
        raise VisitorHere(number=present.number)


def at_desk(by: Actor, *states: TicketState) -> tuple[Sitting, Ticket]:
    """Give a clerk's seat and the visitor at it, both locked. Errors: NotSeated, NobodyHere."""
    sitting = _seat(by)
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("line", "window")
    ticket = rows.filter(window=sitting.window, state__in=states).first()
    if ticket is None:
        raise NobodyHere
    return sitting, ticket
