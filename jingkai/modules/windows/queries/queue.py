"""Reads: the queue of a day, what a desk sees, the last calls, how long somebody waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Avg, Count, ExpressionWrapper, F, Q, QuerySet
from django.db.models.fields import DurationField

from jingkai.modules.windows.data import AT_WINDOW, QUEUE, TicketState, Wait
from jingkai.modules.windows.models import Line, Sitting, Ticket, TicketCall, Window
from jingkai.modules.windows.rules import RuleBook

MEASURED = timedelta(days=30)
ENOUGH = 5
"""Fewer measured services than this say nothing; then the rule's minutes count."""

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


def served_minutes(at: datetime) -> dict[int, float]:
    """Give the mean minutes of one service per line, where enough were measured in the last thirty days."""
    took = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    rows = (
        Ticket.objects.filter(ended_at__gte=at - MEASURED, state=TicketState.DONE, started_at__isnull=False)
        .order_by()
        .values("line_id")
        .annotate(mean=Avg(took), many=Count("pk"))
    )
    return {row["line_id"]: row["mean"].total_seconds() / 60 for row in rows if row["many"] >= ENOUGH}


def waits_of(lines: Sequence[Line], *, on: date, at: datetime) -> dict[int, Wait]:
    """Give what somebody who takes a number of a line now will meet, in four queries for all lines."""
    return _waits(lines, on=on, at=at, before=None)


def wait_of(ticket: Ticket, *, at: datetime) -> Wait:
    """Give how long the holder of a ticket still waits."""
    return _waits([ticket.line], on=ticket.on, at=at, before=ticket)[ticket.line_id]


def _waits(lines: Sequence[Line], *, on: date, at: datetime, before: Ticket | None) -> dict[int, Wait]:
    """Windows that serve several lines serve all their queues: whoever stands in any of them is counted."""
    book, measured = RuleBook(), served_minutes(at)
    served = _lines_of_open_windows()
    rows = Ticket.objects.filter(on=on, state=TicketState.WAITING)
    if before is not None:
        earlier = Q(rank=before.rank, queued_at__lt=before.queued_at) | Q(rank__lt=before.rank)
        same_moment = Q(rank=before.rank, queued_at=before.queued_at, pk__lt=before.pk)
        rows = rows.filter(earlier | same_moment)
    counts = dict(rows.order_by().values_list("line_id").annotate(many=Count("pk")))
    found = {}
    for line in lines:
        sets = [each for each in served.values() if line.pk in each]
        rivals = set().union(*sets) | {line.pk}
        ahead = sum(counts.get(number, 0) for number in rivals)
        one = measured.get(line.pk) or float(book.get(QUEUE, line.code, on=on)["minutes"])
        found[line.pk] = Wait(ahead, len(sets), ceil(ahead / max(1, len(sets)) * one))
    return found


def _lines_of_open_windows() -> dict[int, set[int]]:
    through: Any = Window.lines.through
    seated = Sitting.objects.filter(until=None, paused_at=None).values("window_id")
    found: dict[int, set[int]] = {}
    for window, line in through.objects.filter(window_id__in=seated).values_list("window_id", "line_id"):
        found.setdefault(window, set()).add(line)
    return found
