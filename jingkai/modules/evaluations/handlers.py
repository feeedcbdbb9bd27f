"""Reactions to what happens to matters and visits, one call each."""

from __future__ import annotations

from django.utils import timezone

from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals.events import ResultSealed, ServiceRated
from jingkai.modules.evaluations import operations
from jingkai.modules.windows.events import TicketServed


def on_result_sealed(event: ResultSealed) -> None:
    """A finished matter can be rated: send the link."""
    operations.invite_to_rate_matter(application_id=event.application_id, by=SYSTEM, at=timezone.now())


def on_ticket_served(event: TicketServed) -> None:
    """A visit to a window can be rated: open its code, send the link to whoever can be reached."""
    operations.invite_after_visit(ticket_id=event.ticket_id, by=SYSTEM, at=timezone.now())


def on_service_rated(event: ServiceRated) -> None:
    """A rating was given in the matter itself: keep what follows from it."""
    operations.take_over_rating(application_id=event.application_id, at=timezone.now())
