"""Reads: the queue of a day, what a desk sees, the last calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from jingkai.modules.windows.data import AT_WINDOW, TicketState
from jingkai.modules.windows.models import Sitting, Ticket, TicketCall, Window

WITH_NAMES = ("line", "window", "clerk", "enterprise", "only_window", "appointment")


def tickets() -> QuerySet[Ticket]:
    """Give tickets with the names around them."""
    return Ticket.objects.select_related(*WITH_NAMES)


def waiting(on: date) -> QuerySet[Ticket]:
    """Give who waits on a day, in the order of calling."""
    return tickets().filter(on=on, state=TicketState.WAITING).order_by("rank", "queued_at", "pk")


def callable_at(window: Window, on: date) -> QuerySet[Ticket]:
    """Give who may be called to a window, the next one first."""
    lines = list(window.lines.values_list("pk", flat=True))
    mine = Q(only_window=window) | Q(only_window=None, line_id__in=lines)
    return Ticket.objects.filter(mine, on=on, state=TicketState.WAITING).order_by("rank", "queued_at", "pk")


def sitting_of(person_id: int | None) -> Sitting | None:
    """Give where a person sits now."""
    return Sitting.objects.select_related("window").filter(person_id=person_id, until=None).first()


def open_sittings() -> QuerySet[Sitting]:
    """Give who sits where now."""
    return Sitting.objects.select_related("window", "person").filter(until=None).order_by("window__number")


def current_ticket(window: Window) -> Ticket | None:
    """Give the ticket that is at a window."""
    return tickets().filter(window=window, state__in=AT_WINDOW).first()


def missed_today(on: date) -> QuerySet[Ticket]:
    """Give the numbers of a day that were called in vain, the newest first."""
    return tickets().filter(on=on, state=TicketState.MISSED).order_by("-called_at")


def last_calls(on: date, *, limit: int = 8) -> Sequence[TicketCall]:
    """Give the newest call of each number of the day, the newest first."""
    rows = TicketCall.objects.select_related("ticket", "window").filter(ticket__on=on)
    found: dict[int, TicketCall] = {}
    for call in rows.order_by("-at", "-pk")[: limit * 4]:
        found.setdefault(call.ticket_id, call)
    return list(found.values())[:limit]
