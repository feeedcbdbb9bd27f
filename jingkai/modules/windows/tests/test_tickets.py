"""Taking numbers: no gaps, limits, priority, the check-in of appointments, the end of the day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jingkai.kernel.permissions.data import SYSTEM, VISITOR
from jingkai.modules.enterprises.testing import enrol
from jingkai.modules.windows.data import QUEUE, Priority, TicketState
from jingkai.modules.windows.models import DayCount, Ticket
from jingkai.modules.windows.operations import counters as setup
from jingkai.modules.windows.operations import tickets
from jingkai.modules.windows.queries import queue
from jingkai.modules.windows.testing import Counters, moment


def test_numbers_run_per_line_and_day(counters: Counters) -> None:
    taken = [counters.take("registration").number for _ in range(3)]
    other = counters.take("tax").number
    counters.at = moment("2026-03-11 09:00")
    assert (taken, other, counters.take("registration").number) == (["A001", "A002", "A003"], "J001", "A001")


def test_limit_of_the_day_gives_no_number_away(counters: Counters) -> None:
    setup.write_rule(
        kind=QUEUE,
        key="fire",
        value={"calls": 3, "minutes": 10, "daily_limit": 2},
        starts_on=timezone.localdate(counters.at),
        source="大厅管理办法",
        by=SYSTEM,
        at=counters.at,
    )
    counters.take("fire"), counters.take("fire")
    with pytest.raises(tickets.NoMoreTickets):
        counters.take("fire")
    assert DayCount.objects.get(line__code="fire").last == 2
    assert counters.take("tax").number == "J001"


@pytest.mark.parametrize(
    "when", ["2026-03-10 08:00", "2026-03-10 12:30", "2026-03-10 17:00", "2026-03-14 10:00"]
)
def test_no_numbers_while_the_hall_is_closed(counters: Counters, when: str) -> None:
    counters.at = moment(when)
    with pytest.raises(tickets.HallClosed):
        counters.take()


def test_numbers_are_given_out_shortly_before_opening(counters: Counters) -> None:
    counters.at = moment("2026-03-10 08:40")
    assert counters.take().number == "A001"


def test_elderly_are_called_first(counters: Counters) -> None:
    counters.take()
    counters.pass_minutes(5)
    elderly = counters.take(priority=Priority.ELDERLY)
    assert next(iter(queue.waiting(elderly.on))) == elderly


@pytest.mark.parametrize(("phone", "uscc"), [("12345", ""), ("abc", ""), ("", "9132")])
def test_wrong_contact_is_refused(counters: Counters, phone: str, uscc: str) -> None:
    with pytest.raises(tickets.PhoneWrong):
        counters.take(phone=phone, uscc=uscc)
    assert not Ticket.objects.exists()


def test_credit_code_finds_the_enterprise(counters: Counters) -> None:
    enterprise = enrol(counters.cast)
    assert counters.take(uscc=enterprise.uscc.lower()).enterprise_id == enterprise.pk


def test_visitor_gives_the_number_back_once(counters: Counters) -> None:
    ticket = counters.take()
    left = tickets.leave_queue(token=ticket.token, by=VISITOR, at=counters.at)
    assert left.state == TicketState.LEFT
    with pytest.raises(tickets.TicketGone):
        tickets.leave_queue(token=ticket.token, by=VISITOR, at=counters.at)


def test_end_of_day_closes_who_waits_and_who_was_called(counters: Counters) -> None:
    called, waits = counters.take(), counters.take()
    counters.sit("clerk", 1)
    counters.call("clerk")
    many = tickets.close_day(on=called.on, by=SYSTEM, at=counters.at + timedelta(hours=16))
    states = {row.pk: row.state for row in Ticket.objects.all()}
    assert many == 2
    assert states == {called.pk: TicketState.MISSED, waits.pk: TicketState.LEFT}
