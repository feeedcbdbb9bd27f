"""Reactions to what came in, one call each."""

from __future__ import annotations

from django.utils import timezone

from jingkai.kernel.exchange.events import WorkOrderReceived
from jingkai.modules.hotline import operations


def on_work_order(event: WorkOrderReceived) -> None:
    """A work order came in: open its case."""
    operations.open_order(exchange_id=event.exchange_id, at=timezone.now())
