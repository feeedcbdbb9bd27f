"""Background work on clocks: compute all anew in batches, end capped holds, warn, issue cards, let lapse."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.clock import operations, queries
from jingkai.casework.clock.rules.subjects import lapse_rules
from jingkai.kernel.events.api import enqueue, job, periodic
from jingkai.kernel.permissions.data import SYSTEM

BATCH = 500
LAPSE = "clock.lapse_one"


@job(operations.RUN, lock="clock.reproject_open", label=_("Open clocks counted anew"))
def reproject_open(*, run_id: int) -> None:
    """Compute all open clocks anew in batches, each committed with how far the work is.

    After a crash it goes on where it stood.
    """
    while operations.run_batch(run_id=run_id, size=BATCH, at=timezone.now()):
        pass


@periodic("5 16 * * *", name="clock.end_capped_holds")
def end_capped_holds() -> None:
    """Let clocks run again whose reason has used up its days; shortly after midnight in the zone."""
    at = timezone.now()
    for clock in queries.list_capped_holds(today=timezone.localdate(at)):
        operations.end_capped_hold(clock=clock, by=SYSTEM, at=at)


@periodic("*/5 * * * *", name="clock.warn")
def warn() -> None:
    """Tell of lights that have turned yellow or red, warn, and issue the cards that have fallen due."""
    at = timezone.now()
    while operations.mark_warned(at=at, limit=BATCH) == BATCH:
        pass
    while operations.take_steps(at=at):
        pass


@periodic("*/5 * * * *", name="clock.lapse")
def lapse() -> None:
    """Find limits that ended unanswered and whose law turns silence into a decision; one job for each."""
    keys = sorted({key for rule in lapse_rules.all() for key in rule.limit_keys})
    for clock_id in queries.list_lapsed_ids(keys=keys, at=timezone.now(), limit=BATCH) if keys else ():
        enqueue(LAPSE, clock_id=clock_id, unless_waiting=f"{LAPSE}.{clock_id}")


@job(LAPSE, label=_("What the law makes of silence"))
def lapse_one(*, clock_id: int) -> None:
    """Do for one clock what the law makes of silence."""
    operations.lapse_clock(clock_id=clock_id, at=timezone.now())
