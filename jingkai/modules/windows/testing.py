"""A hall with windows for tests: the cast, 12 + 1 windows, a working day, and acts in one line each.

def test_x(counters):
    ticket = counters.take("registration")
    counters.sit("clerk", 1)
    counters.call("clerk")
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from jingkai.kernel.calendar.api import seed_calendar
from jingkai.kernel.hooks.testing import called, connected_to, copy_database, drop_database, go_on_in
from jingkai.kernel.organisation.testing import Cast, make_cast
from jingkai.kernel.permissions.data import SYSTEM, VISITOR, Actor
from jingkai.modules.windows import rules
from jingkai.modules.windows.data import MissingLine, Outcome, Priority, TicketDraft
from jingkai.modules.windows.models import Appointment, Line, RotaWeek, Shift, Sitting, Ticket, Window
from jingkai.modules.windows.operations import desk, handover, rota, tickets
from jingkai.modules.windows.operations.reference import set_up_usual_hall

OPENING = "2026-03-10 09:00"
"""A Tuesday, a working day."""


def moment(text: str) -> datetime:
    """Read a moment of the zone's own time."""
    return timezone.make_aware(datetime.fromisoformat(text))


@dataclass
class Counters:
    """The hall and its clock; `at` is the present moment of acts, `pass_minutes` moves it on."""

    cast: Cast
    at: datetime
    travellers: list[Any] = field(default_factory=list)

    def actor(self, name: str) -> Actor:
        """A member of the cast as the actor of the day."""
        return self.cast.actor(name, timezone.localdate(self.at))

    def pass_minutes(self, minutes: float) -> datetime:
        """Let time pass."""
        self.at += timedelta(minutes=minutes)
        return self.at

    def travel(self, text: str = "") -> datetime:
        """Set the clock of the process, so that pages live at that moment."""
        self.at = moment(text) if text else self.at
        for traveller in self.travellers:
            traveller.stop()
        self.travellers[:] = [time_machine.travel(self.at, tick=True)]
        self.travellers[0].start()
        return self.at

    def line(self, code: str) -> Line:
        """A line of business."""
        return Line.objects.get(code=code)

    def window(self, number: int) -> Window:
        """A window."""
        return Window.objects.get(number=number)

    def take(self, code: str = "registration", priority: Priority = Priority.NONE, **more: Any) -> Ticket:
        """Take a number."""
        draft = TicketDraft(priority=priority, **more)
        return tickets.take_ticket(line=self.line(code), draft=draft, by=VISITOR, at=self.at)

    def sit(self, name: str, number: int) -> None:
        """Sit down at a window."""
        desk.sit_down(window=self.window(number), by=self.actor(name), at=self.at)

    def call(self, name: str) -> Ticket | None:
        """Call the next number."""
        return desk.call_next(by=self.actor(name), at=self.at)

    def serve(
        self,
        name: str,
        *,
        minutes: float = 10,
        outcome: Outcome = Outcome.HANDLED,
        lacks: Sequence[MissingLine] = (),
    ) -> Ticket:
        """Serve who was called, for some minutes."""
        desk.start_service(by=self.actor(name), at=self.at)
        self.pass_minutes(minutes)
        return desk.end_visit(outcome=outcome, note="", lacks=lacks, by=self.actor(name), at=self.at)


def make_counters(at: str = OPENING) -> Counters:
    """Open a hall with its usual windows; `approval_head` is its manager."""
    begun = moment(at)
    seed_calendar(by=SYSTEM, at=begun)
    cast = make_cast(at=begun, on=timezone.localdate(begun))
    cast.empower("approval_head", rules.SEE_HALL, rules.MANAGE, rules.PLAN, rules.SEE_ROTA)
    set_up_usual_hall(by=SYSTEM, at=begun)
    return Counters(cast, begun)


@dataclass(frozen=True)
class KeptCounters:
    """The hall as it was when it opened, and the database in which it stands."""

    server: Any
    origin: str
    counters: Counters


@pytest.fixture(scope="session")
def kept_counters(
    database_server: Any, database_template: str, django_db_setup: None, django_db_blocker: Any
) -> Iterator[KeptCounters]:
    """The hall, opened once a session: to open it takes longer than most tests."""
    origin = called(connection.settings_dict["NAME"], "counters")
    with django_db_blocker.unblock():
        copy_database(database_server, template=database_template, name=origin)
        with connected_to(origin):
            kept = KeptCounters(database_server, origin, make_counters())
    yield kept
    with django_db_blocker.unblock():
        drop_database(database_server, origin)


@pytest.fixture
def counters(db: None, kept_counters: KeptCounters) -> Iterator[Counters]:
    """The hall with 12 + 1 windows on a Tuesday at nine.

    A test that commits works in a copy of the kept database; any other goes on in it, in its own transaction.
    """
    if not connection.in_atomic_block:
        name = str(connection.settings_dict["NAME"])
        copy_database(kept_counters.server, template=kept_counters.origin, name=name)
    else:
        go_on_in(kept_counters.origin)
    made = copy.deepcopy(kept_counters.counters)
    made.cast.forget()
    yield made
    for traveller in made.travellers:
        traveller.stop()


def counts() -> dict[str, Any]:
    """What a hall holds: windows by kind, weeks in force, shifts, who sits, numbers, visits, appointments."""
    return {
        "windows": sorted(str(kind) for kind in Window.objects.values_list("kind", flat=True)),
        "weeks": RotaWeek.objects.exclude(published_at=None).count(),
        "shifts": Shift.objects.count(),
        "seated": Sitting.objects.filter(until=None).count(),
        "days": {str(on) for on in Ticket.objects.values_list("on", flat=True)},
        "tickets": Ticket.objects.count(),
        "served": Ticket.objects.filter(state="done").count(),
        "booked": Appointment.objects.filter(state="booked").count(),
    }


def windows_things(cast: Cast, *, at: datetime) -> dict[str, Any]:
    """Make one of each thing that belongs to somebody: a swap asked, a hand-over, a paper at a window."""
    set_up_usual_hall(by=SYSTEM, at=at)
    on = timezone.localdate(at)
    one, two = (Window.objects.get(number=number) for number in (1, 2))
    clerk, other = cast.clerk, cast.clerk_2
    cells = {(on, "am", one.pk): clerk.party_id, (on, "am", two.pk): other.party_id}
    week = rota.draft_week(on)
    rota.save_plan(monday=on, plan=cells, version=week.version, by=SYSTEM, at=at)
    rota.publish(monday=on, by=SYSTEM, at=at)
    shifts = Shift.objects.select_related("week", "window").order_by("window__number")
    swap = rota.ask_swap(mine=shifts[0], theirs=shifts[1], reason="看病", by=clerk, at=at)
    desk.sit_down(window=one, by=clerk, at=at)
    paper = handover.receive_paper(
        window=one, name="复印件", copies=1, giver="吴先生", ticket_number="", by=clerk, at=at
    )
    sheet = handover.hand_over(window=one, taker=cast.person("clerk_2").party, note="", by=clerk, at=at)
    return {"swap": swap, "paper": paper, "handover": sheet}
