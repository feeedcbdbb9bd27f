"""Reads: what happened in the hall: now, by hour, by window, by day; and the list behind every figure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Avg, Count, ExpressionWrapper, F, Max, Q, QuerySet
from django.db.models.fields import DurationField
from django.db.models.functions import ExtractHour

from jingkai.kernel.hooks.api import may_lag
from jingkai.modules.windows.data import Figures, HallNow, MonthOfHall, TicketState
from jingkai.modules.windows.models import Ticket
from jingkai.modules.windows.queries.queue import open_sittings, tickets

WAITED = ExpressionWrapper(F("first_called_at") - F("taken_at"), output_field=DurationField())
SERVED = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
AGGREGATES: Mapping[str, Any] = {
    "taken": Count("pk"),
    "served": Count("pk", filter=Q(state=TicketState.DONE)),
    "missed": Count("pk", filter=Q(state=TicketState.MISSED)),
    "left": Count("pk", filter=Q(state=TicketState.LEFT)),
    "waiting": Count("pk", filter=Q(state=TicketState.WAITING)),
    "mean_wait": Avg(WAITED),
    "mean_service": Avg(SERVED, filter=Q(state=TicketState.DONE)),
    "longest_wait": Max(WAITED),
}
TIMES = ("mean_wait", "mean_service", "longest_wait")


def between(first: date, last: date) -> QuerySet[Ticket]:
    """Give the tickets of some days, both included."""
    return tickets().filter(on__gte=first, on__lte=last)


def filtered(wanted: Mapping[str, Any]) -> QuerySet[Ticket]:
    """Give the tickets that a filter leaves: first, last, line, window, state, outcome, text."""
    rows = tickets()
    if wanted.get("first"):
        rows = rows.filter(on__gte=wanted["first"])
    if wanted.get("last"):
        rows = rows.filter(on__lte=wanted["last"])
    for name, field in (("line", "line__code"), ("state", "state"), ("outcome", "outcome")):
        if wanted.get(name):
            rows = rows.filter(**{field: wanted[name]})
    if str(wanted.get("window") or "").isdecimal():
        rows = rows.filter(window__number=int(wanted["window"]))
    if wanted.get("text"):
        text = wanted["text"]
        rows = rows.filter(Q(number__iexact=text) | Q(topic__icontains=text) | Q(uscc=text.upper()))
    return rows


def figures_of(rows: QuerySet[Ticket]) -> Figures:
    """Count what a set of tickets says."""
    return _figures(rows.order_by().aggregate(**AGGREGATES))


def _figures(found: Mapping[str, Any]) -> Figures:
    minutes: dict[str, Any] = {
        name: (found[name].total_seconds() / 60 if found[name] else 0.0) for name in TIMES
    }
    counts = {name: found[name] for name in AGGREGATES if name not in TIMES}
    return Figures(**counts, **minutes)


def by_day(first: date, last: date) -> list[tuple[date, Figures]]:
    """Count each day of a stretch on which somebody came."""
    rows = Ticket.objects.filter(on__gte=first, on__lte=last).order_by("on").values("on")
    return [(row["on"], _figures(row)) for row in rows.annotate(**AGGREGATES)]


def by_key(rows: QuerySet[Ticket], key: str) -> list[tuple[Any, Figures]]:
    """Count tickets by one of their columns (`line__name`, `window__number`, `clerk__name` …)."""
    found = rows.order_by(key).values(key).annotate(**AGGREGATES)
    return [(row[key], _figures(row)) for row in found]


def by_hour(rows: QuerySet[Ticket]) -> list[tuple[int, int, int]]:
    """Count tickets taken and served per hour of the zone's day."""
    taken = dict(rows.order_by().values_list(ExtractHour("taken_at")).annotate(n=Count("pk")))
    done = rows.filter(state=TicketState.DONE)
    served = dict(done.order_by().values_list(ExtractHour("ended_at")).annotate(n=Count("pk")))
    hours = sorted({*taken, *served, *range(9, 17)})
    return [(hour, taken.get(hour, 0), served.get(hour, 0)) for hour in hours]


@may_lag
def month_of_hall(first: date, last: date, *, line: str, clerk: Any) -> MonthOfHall:
    """Count a stretch of days in every way; `line` and `clerk` name what they are called for the reader."""
    rows = Ticket.objects.filter(on__gte=first, on__lte=last)
    return MonthOfHall(
        total=figures_of(rows),
        days=by_day(first, last),
        by_line=by_key(rows, line),
        by_window=by_key(rows.filter(window__isnull=False), "window__number"),
        by_clerk=by_key(rows.filter(clerk__isnull=False).annotate(who=clerk), "who"),
    )


def hall_now(*, on: date, at: datetime) -> HallNow:
    """Give the hall at this moment: who waits, how long already, each window, each hour; six queries."""
    rows = Ticket.objects.filter(on=on)
    figures = figures_of(rows)
    oldest = rows.filter(state=TicketState.WAITING).order_by("taken_at").values_list("taken_at", flat=True)
    first = oldest.first()
    longest = int((at - first).total_seconds() // 60) if first else 0
    by_window = dict(by_key(rows.filter(window__isnull=False), "window_id"))
    lines = [
        {
            "sitting": sitting,
            "window": sitting.window,
            "figures": by_window.get(sitting.window_id, Figures()),
        }
        for sitting in open_sittings()
    ]
    return HallNow(figures, longest, lines, by_hour(rows))
