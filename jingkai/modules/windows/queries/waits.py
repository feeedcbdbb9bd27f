"""How long somebody waits: the calls that lie ahead, played through by the rule by which numbers are called.

Each open window takes the next number that it serves as soon as it is free; a service takes as long as those
of the last thirty days did. So a general window that serves every line delays nobody who is served elsewhere.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Avg, Count, ExpressionWrapper, F
from django.db.models.fields import DurationField

from jingkai.modules.windows.data import AT_WINDOW, QUEUE, TicketState, Wait
from jingkai.modules.windows.models import Line, Sitting, Ticket, Window
from jingkai.modules.windows.rules import RuleBook

MEASURED = timedelta(days=30)
ENOUGH = 5
"""Fewer measured services than this say nothing; then the rule's minutes count."""

SOON = 1.0
"""Minutes that a visit takes on which the usual time is already spent."""


@dataclass(frozen=True, slots=True)
class Call:
    """A number of a line called to a window, in so many minutes."""

    minutes: float
    window: int
    line: int


@dataclass(slots=True)
class Forecast:
    """The calls to come: when each open window is free at last, and each waiting number's call."""

    lines: Mapping[int, set[int]]
    free: dict[int, float]
    calls: dict[int, Call] = field(default_factory=dict)

    def windows_of(self, line: int) -> list[int]:
        """The open windows that serve a line."""
        return [window for window, served in self.lines.items() if line in served]

    def before(self, mine: Call) -> int:
        """How many stand before somebody: of the same line, or of another one at the same window."""
        earlier = (call for call in self.calls.values() if call.minutes < mine.minutes)
        return sum(call.line == mine.line or call.window == mine.window for call in earlier)


def waits_of(lines: Sequence[Line], *, on: date, at: datetime) -> dict[int, Wait]:
    """Give what somebody who takes a number of a line now will meet, in four queries for all lines."""
    rows = _rows(on)
    minutes = _Minutes([*lines, *(row.line for row in rows)], on=on, at=at)
    forecast = _forecast(rows, minutes, at=at)
    found = {}
    for line in lines:
        windows = forecast.windows_of(line.pk)
        if windows:
            call = Call(*min((forecast.free[window], window) for window in windows), line.pk)
            found[line.pk] = Wait(forecast.before(call), len(windows), ceil(call.minutes))
        else:
            ahead = sum(row.state == TicketState.WAITING and row.line_id == line.pk for row in rows)
            found[line.pk] = Wait(ahead, 0, ceil(ahead * minutes.of(line.pk)))
    return found


def wait_of(ticket: Ticket, *, at: datetime) -> Wait:
    """Give how long the holder of a ticket still waits."""
    rows = _rows(ticket.on)
    minutes = _Minutes([ticket.line, *(row.line for row in rows)], on=ticket.on, at=at)
    forecast = _forecast(rows, minutes, at=at)
    only = ticket.only_window_id
    windows = [only] if only in forecast.lines else forecast.windows_of(ticket.line_id)
    call = forecast.calls.get(ticket.pk)
    if call is not None:
        return Wait(forecast.before(call), len(windows), ceil(call.minutes))
    same = [row.pk for row in rows if row.state == TicketState.WAITING and row.line_id == ticket.line_id]
    ahead = same.index(ticket.pk) if ticket.pk in same else len(same)
    return Wait(ahead, len(windows), ceil(ahead * minutes.of(ticket.line_id)))


def _rows(on: date) -> list[Ticket]:
    """Who waits, in the order of calling, and who stands at a window."""
    rows = Ticket.objects.filter(on=on, state__in=[TicketState.WAITING, *AT_WINDOW])
    return list(rows.select_related("line").order_by("rank", "queued_at", "pk"))


def _forecast(rows: Sequence[Ticket], minutes: _Minutes, *, at: datetime) -> Forecast:
    lines = _lines_of_open_windows()
    busy = {row.window_id: row for row in rows if row.state != TicketState.WAITING}
    free = {window: _left(busy.get(window), minutes, at) for window in lines}
    forecast = Forecast(lines, free)
    queues: dict[Any, deque[tuple[int, Ticket]]] = defaultdict(deque)
    for place, row in enumerate(row for row in rows if row.state == TicketState.WAITING):
        key = ("window", row.only_window_id) if row.only_window_id else ("line", row.line_id)
        queues[key].append((place, row))
    ready = [(when, window) for window, when in free.items()]
    heapq.heapify(ready)
    while ready:
        when, window = heapq.heappop(ready)
        keys = [("window", window), *(("line", line) for line in lines[window])]
        heads = [(queues[key][0][0], key) for key in keys if queues.get(key)]
        if not heads:
            continue
        _place, row = queues[min(heads)[1]].popleft()
        forecast.calls[row.pk] = Call(when, window, row.line_id)
        forecast.free[window] = when + minutes.of(row.line_id)
        heapq.heappush(ready, (forecast.free[window], window))
    return forecast


def _left(row: Ticket | None, minutes: _Minutes, at: datetime) -> float:
    """How many minutes the visit at a window will still take."""
    if row is None:
        return 0.0
    begun = row.started_at or row.called_at or at
    return max(SOON, minutes.of(row.line_id) - (at - begun).total_seconds() / 60)


class _Minutes:
    """The minutes of one service: measured where enough were, else by the rule."""

    def __init__(self, lines: Iterable[Line], *, on: date, at: datetime) -> None:
        self.on, self.book, self.measured = on, RuleBook(), _measured(at)
        self.codes = {line.pk: line.code for line in lines}
        self.found: dict[int, float] = {}

    def of(self, line: int) -> float:
        """The minutes of one service of a line."""
        if line not in self.found:
            by_rule = self.book.get(QUEUE, self.codes[line], on=self.on)["minutes"]
            self.found[line] = self.measured.get(line) or float(by_rule)
        return self.found[line]


def _measured(at: datetime) -> dict[int, float]:
    """Give the mean minutes of one service per line, where enough were measured in the last thirty days."""
    took = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    rows = (
        Ticket.objects.filter(ended_at__gte=at - MEASURED, state=TicketState.DONE, started_at__isnull=False)
        .order_by()
        .values("line_id")
        .annotate(mean=Avg(took), many=Count("pk"))
    )
    return {row["line_id"]: row["mean"].total_seconds() / 60 for row in rows if row["many"] >= ENOUGH}


def _lines_of_open_windows() -> dict[int, set[int]]:
    through: Any = Window.lines.through
    seated = Sitting.objects.filter(until=None, paused_at=None).values("window_id")
    found: dict[int, set[int]] = {}
    for window, line in through.objects.filter(window_id__in=seated).values_list("window_id", "line_id"):
        found.setdefault(window, set()).add(line)
    return found
