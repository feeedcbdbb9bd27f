"""The clerk's desk: the next in order, calls, skips, hand-on, outcome, figures."""

from __future__ import annotations

import pytest
from django.utils import timezone

from jingkai.kernel.events.testing import watching
from jingkai.modules.windows.data import MissingLine, Outcome, Priority, TicketState
from jingkai.modules.windows.events import TicketCalled, TicketServed
from jingkai.modules.windows.models import Sitting
from jingkai.modules.windows.operations import desk
from jingkai.modules.windows.queries import queue, waits
from jingkai.modules.windows.testing import Counters


def test_next_is_the_first_of_the_lines_served(counters: Counters) -> None:
    other, first, second = counters.take("land"), counters.take("registration"), counters.take("registration")
    counters.sit("clerk", 1)
    called = counters.call("clerk")
    assert called is not None
    assert called == first
    assert (called.state, called.calls, called.window_id) == ("called", 1, counters.window(1).pk)
    assert set(queue.waiting(called.on)) == {other, second}


def test_one_visitor_at_a_time(counters: Counters) -> None:
    counters.take(), counters.take()
    counters.sit("clerk", 1)
    counters.call("clerk")
    with pytest.raises(desk.VisitorHere):
        counters.call("clerk")
    with pytest.raises(desk.VisitorHere):
        desk.get_up(by=counters.actor("clerk"), at=counters.at)


def test_nobody_waits(counters: Counters) -> None:
    counters.sit("clerk", 1)
    assert counters.call("clerk") is None


def test_who_sits_nowhere_calls_nobody(counters: Counters) -> None:
    with pytest.raises(desk.NotSeated):
        counters.call("clerk")


def test_a_window_has_one_clerk(counters: Counters) -> None:
    counters.sit("clerk", 1)
    with pytest.raises(desk.SeatTaken, match="1"):
        counters.sit("clerk_2", 1)
    counters.sit("clerk", 2)
    counters.sit("clerk_2", 1)
    assert Sitting.objects.filter(until=None).count() == 2


def test_skipped_only_after_three_calls_and_recalled(counters: Counters) -> None:
    counters.take()
    counters.sit("clerk", 1)
    counters.call("clerk")
    by = counters.actor("clerk")
    with pytest.raises(desk.NotCalledOften):
        desk.mark_missed(by=by, at=counters.at)
    desk.call_again(by=by, at=counters.at)
    desk.call_again(by=by, at=counters.at)
    with pytest.raises(desk.CalledOften):
        desk.call_again(by=by, at=counters.at)
    assert desk.mark_missed(by=by, at=counters.at).state == TicketState.MISSED
    again = desk.recall(number="a001", by=by, at=counters.at)
    assert (again.state, again.calls) == (TicketState.CALLED, 1)


def test_handed_on_keeps_the_place(counters: Counters) -> None:
    first = counters.take("registration")
    counters.pass_minutes(1)
    later = counters.take("planning")
    counters.sit("clerk", 1)
    counters.call("clerk")
    desk.hand_on(to=counters.window(5), reason="应到规划窗口", by=counters.actor("clerk"), at=counters.at)
    counters.sit("clerk_2", 5)
    assert counters.call("clerk_2") == first
    counters.serve("clerk_2")
    assert counters.call("clerk_2") == later


def test_a_visitor_is_not_sent_to_a_closed_window(counters: Counters) -> None:
    counters.take()
    counters.sit("clerk", 1)
    counters.call("clerk")
    closed = counters.window(7)
    closed.active = False
    closed.save()
    for target in (closed, counters.window(1)):
        with pytest.raises(desk.OtherWindowClosed):
            desk.hand_on(to=target, reason="x", by=counters.actor("clerk"), at=counters.at)


def test_served_is_told_once_with_clerk_and_window(counters: Counters) -> None:
    ticket = counters.take(phone="13812345678")
    counters.sit("clerk", 1)
    with watching() as seen:
        counters.call("clerk")
        counters.serve("clerk", outcome=Outcome.CONSULTED)
    kinds = [type(event) for event in seen]
    assert kinds == [TicketCalled, TicketServed]
    assert seen[1] == TicketServed(
        ticket_id=ticket.pk,
        window_id=counters.window(1).pk,
        clerk_id=counters.actor("clerk").party_id,
        outcome="consulted",
        application_id=0,
        phone_known=True,
    )


def test_missing_materials_are_named(counters: Counters) -> None:
    counters.take()
    counters.sit("clerk", 1)
    counters.call("clerk")
    with pytest.raises(desk.LacksUnnamed):
        counters.serve("clerk", outcome=Outcome.MISSING)
    ended = desk.end_visit(
        outcome=Outcome.MISSING,
        note="",
        lacks=[MissingLine("营业执照", "副本复印件")],
        by=counters.actor("clerk"),
        at=counters.at,
    )
    assert [(lack.name, lack.what) for lack in ended.lacks.all()] == [("营业执照", "副本复印件")]


def test_wait_is_computed_from_measured_services(counters: Counters) -> None:
    line = counters.line("registration")
    before = waits.waits_of([line], on=timezone.localdate(counters.at), at=counters.at)[line.pk]
    assert (before.ahead, before.windows, before.minutes) == (0, 0, 0)
    counters.sit("clerk", 1)
    for _number in range(6):
        counters.take()
        counters.call("clerk")
        counters.serve("clerk", minutes=4)
    for _number in range(3):
        counters.take()
    now = waits.waits_of([line], on=timezone.localdate(counters.at), at=counters.at)[line.pk]
    assert (now.ahead, now.windows, now.minutes) == (3, 1, 12)
    urgent = counters.take(priority=Priority.DISABLED)
    assert waits.wait_of(urgent, at=counters.at).ahead == 0


def test_wait_follows_the_order_in_which_windows_call(counters: Counters) -> None:
    """Who is served at a specialist window does not wait for those of the general one."""
    lines = {code: counters.line(code) for code in ("land", "tax", "emergency")}

    def ahead(code: str) -> tuple[int, int, int]:
        found = waits.waits_of(list(lines.values()), on=timezone.localdate(counters.at), at=counters.at)[
            lines[code].pk
        ]
        return found.ahead, found.windows, found.minutes

    counters.sit("clerk", 7)
    counters.sit("clerk_2", 13)
    for code in ("tax", "tax", "tax", "land"):
        counters.take(code)
    assert ahead("land") == (1, 2, 12), "window 7 has one of land, window 13 the three others"
    assert ahead("tax") == (3, 1, 36)
    assert ahead("emergency") == (3, 1, 36)
    counters.call("clerk_2")
    counters.pass_minutes(4)
    assert ahead("tax") == (2, 1, 32), "eight minutes are left of the visit at the window"
    last = counters.take("tax")
    assert (waits.wait_of(last, at=counters.at).ahead, waits.wait_of(last, at=counters.at).minutes) == (2, 32)
    desk.pause(reason="", by=counters.actor("clerk_2"), at=counters.at)
    assert ahead("tax") == (3, 0, 36), "nobody calls: all who wait are named, one after the other"
    assert waits.wait_of(last, at=counters.at).windows == 0
