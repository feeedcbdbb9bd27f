"""Reads for other modules: one visit to the hall as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from jingkai.modules.windows.data import TicketState
from jingkai.modules.windows.models import Ticket, Topic
from jingkai.modules.windows.queries.queue import tickets


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: who served whom, where, for what, how long. `phone` is in the clear, for asking once.

    `key` names the visit for ever (day and number).
    """

    id: int
    key: str
    token: str
    number: str
    on: date
    line: str
    line_name: str
    line_name_en: str
    topic: str
    topic_en: str
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
    return _visit(tickets().get(pk=ticket_id), _topics())


def list_visits(first: date, last: date) -> list[Visit]:
    """Give the visits served in a stretch of days, both included, in their order."""
    rows = tickets().filter(on__gte=first, on__lte=last, state=TicketState.DONE).order_by("on", "pk")
    english = _topics()
    return [_visit(row, english) for row in rows]


def _topics() -> dict[tuple[int, str], str]:
    """The English name of each topic of each line."""
    return {
        (line, name): english for line, name, english in Topic.objects.values_list("line", "name", "name_en")
    }


def _visit(row: Ticket, english: Mapping[tuple[int, str], str]) -> Visit:
    return Visit(
        id=row.pk,
        key=row.visit_key,
        token=row.token,
        number=row.number,
        on=row.on,
        line=row.line.code,
        line_name=row.line.name,
        line_name_en=row.line.name_en,
        topic=row.topic,
        topic_en=english.get((row.line_id, row.topic), ""),
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
