"""Reads for other modules: one visit to the hall as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from jingkai.modules.windows.data import TicketState
from jingkai.modules.windows.models import Ticket
from jingkai.modules.windows.queries.queue import tickets


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: who served whom, where, for what, how long. `phone` is in the clear, for asking once."""

    id: int
    token: str
    number: str
    on: date
    line: str
    line_name: str
    topic: str
    window: int | None
    clerk_id: int | None
    clerk_name: str
    enterprise_id: int | None
    application_id: int | None
    outcome: str
    phone: str
    taken_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


def get_visit(ticket_id: int) -> Visit:
    """Give one visit; raises `Ticket.DoesNotExist`."""
    return _visit(tickets().get(pk=ticket_id))


def list_visits(first: date, last: date) -> list[Visit]:
    """Give the visits served in a stretch of days, both included, in their order."""
    rows = tickets().filter(on__gte=first, on__lte=last, state=TicketState.DONE).order_by("on", "pk")
    return [_visit(row) for row in rows]


def _visit(row: Ticket) -> Visit:
    return Visit(
        id=row.pk,
        token=row.token,
        number=row.number,
        on=row.on,
        line=row.line.code,
        line_name=row.line.name,
        topic=row.topic,
        window=row.window.number if row.window else None,
        clerk_id=row.clerk_id,
        clerk_name=row.clerk.name if row.clerk else "",
        enterprise_id=row.enterprise_id,
        application_id=row.application_id,
        outcome=row.outcome,
        phone=row.phone or "",
        taken_at=row.taken_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
