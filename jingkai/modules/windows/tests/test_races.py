"""Many at once, on real connections: nobody is called twice, no number twice, no slot over its capacity."""

from __future__ import annotations

import pytest

from jingkai.kernel.hooks.testing import at_once
from jingkai.kernel.parties.api import register_person
from jingkai.kernel.permissions.data import SYSTEM, VISITOR
from jingkai.modules.windows.data import BookingDraft, TicketDraft
from jingkai.modules.windows.models import Appointment, DayCount, Sitting, Ticket, TicketCall
from jingkai.modules.windows.operations import appointments, desk, tickets
from jingkai.modules.windows.queries import slots
from jingkai.modules.windows.testing import Counters

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 50


def test_fifty_visitors_get_fifty_numbers_without_a_gap(counters: Counters) -> None:
    line, at = counters.line("registration"), counters.at

    def take() -> Ticket:
        return tickets.take_ticket(line=line, draft=TicketDraft(), by=VISITOR, at=at)

    found = at_once(*[take] * MANY)
    assert sorted(ticket.sequence for ticket in found) == list(range(1, MANY + 1))
    assert DayCount.objects.get(line=line).last == MANY


def test_thirteen_clerks_call_at_once_and_fifty_visitors_are_each_called_once(counters: Counters) -> None:
    for _number in range(MANY):
        counters.take("registration")
    line = counters.line("registration")
    clerks = []
    for number in range(1, 14):
        window = counters.window(number)
        window.lines.add(line)
        party = register_person(name=f"窗口{number}", by=SYSTEM, at=counters.at)
        clerks.append(SYSTEM.__class__(party.pk, None, f"窗口{number}", "staff"))
        Sitting.objects.create(window=window, person_id=party.pk, since=counters.at)
    called: list[str] = []
    while len(called) < MANY:
        found = at_once(*[lambda by=by: desk.call_next(by=by, at=counters.at) for by in clerks])
        called += [ticket.number for ticket in found if ticket is not None]
        for by, ticket in zip(clerks, found, strict=True):
            if ticket is not None:
                desk.start_service(by=by, at=counters.at)
                desk.end_visit(outcome=desk.Outcome.HANDLED, note="", by=by, at=counters.at)
    assert len(called) == len(set(called)) == MANY
    assert TicketCall.objects.count() == MANY


def test_one_clerk_who_presses_fifty_times_gets_one_visitor(counters: Counters) -> None:
    for _number in range(5):
        counters.take()
    counters.sit("clerk", 1)
    by = counters.actor("clerk")
    results = at_once(*[lambda: desk.call_next(by=by, at=counters.at)] * MANY)
    refused = [one for one in results if isinstance(one, desk.VisitorHere)]
    assert (len(refused), Ticket.objects.filter(state="called").count()) == (MANY - 1, 1)


def test_two_clerks_want_one_window(counters: Counters) -> None:
    window = counters.window(1)
    people = [counters.actor(name) for name in ("clerk", "clerk_2")]
    results = at_once(*[lambda by=by: desk.sit_down(window=window, by=by, at=counters.at) for by in people])
    assert sorted(type(one).__name__ for one in results) == ["SeatTaken", "Sitting"]


def test_fifty_people_want_the_last_places_of_a_slot(counters: Counters) -> None:
    line = counters.line("fire")
    day, found = next(iter(slots.list_slots(line, at=counters.at).items()))
    slot = found[-1]
    people = [
        register_person(name=f"访客{number}", phone=f"137{number:08d}", by=SYSTEM, at=counters.at)
        for number in range(MANY)
    ]
    draft = BookingDraft(name="访客", on=day, starts=slot.starts)
    results = at_once(
        *[
            lambda person=person: appointments.book(
                line=line, person=person, draft=draft, by=VISITOR, at=counters.at
            )
            for person in people
        ]
    )
    full = [one for one in results if isinstance(one, appointments.SlotFull)]
    assert Appointment.objects.count() == slot.capacity
    assert len(full) == MANY - slot.capacity
