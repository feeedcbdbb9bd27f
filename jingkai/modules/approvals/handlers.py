"""Reactions of the service hall to what happened, one call each."""

from __future__ import annotations

from django.utils import timezone

from jingkai.casework.clock.events import ClockExtended
from jingkai.kernel.events import api as events
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.events import ResultSealed
from jingkai.modules.approvals.models import Decision


def on_result_sealed(event: ResultSealed) -> None:
    """A granted review opens the way to the construction permit: ask the province for it."""
    decision = Decision.objects.get(pk=event.decision_id)
    if decision.outcome == Decision.Outcome.GRANTED:
        events.enqueue("approvals.fetch_permit", application_id=event.application_id)


def on_clock_extended(event: ClockExtended) -> None:
    """An item's limit was extended: issue the notice that tells the applicant why (行政许可法 42)."""
    operations.note_extension(clock_id=event.clock_id, at=timezone.now())
