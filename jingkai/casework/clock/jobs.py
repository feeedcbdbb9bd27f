"""Background work on clocks: compute all anew in batches, end capped holds, notice lights that turn."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from jingkai.casework.clock import operations, queries
from jingkai.kernel.events.api import enqueue, job, periodic
from jingkai.kernel.permissions.data import SYSTEM

REPROJECT = "clock.reproject_open"
BATCH = 200


@job(REPROJECT, lock="clock.reproject_open")
def reproject_open(*, reason: str, after_id: int = 0) -> None:
    """Compute one batch of open clocks anew and enqueue the next; a repeated batch changes nothing."""
    with transaction.atomic():
        ids = queries.list_open_ids(after_id=after_id, limit=BATCH)
        operations.reproject_clocks(clock_ids=ids, reason=reason, by=SYSTEM, at=timezone.now())
        if len(ids) == BATCH:
            enqueue(REPROJECT, reason=reason, after_id=ids[-1])


@periodic("5 16 * * *", name="clock.end_capped_holds")
def end_capped_holds() -> None:
    """Let clocks run again whose reason has used up its days; shortly after midnight in the zone."""
    at = timezone.now()
    for clock in queries.list_capped_holds(today=timezone.localdate(at)):
        operations.end_capped_hold(clock=clock, by=SYSTEM, at=at)


@periodic("*/5 * * * *", name="clock.warn")
def warn() -> None:
    """Tell of lights that have turned yellow or red."""
    at = timezone.now()
    while operations.mark_warned(at=at, limit=BATCH) == BATCH:
        pass
