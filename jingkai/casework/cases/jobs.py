"""Background work on cases: timers, signals, migrations, tasks of people who have left."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import operations, queries
from jingkai.casework.cases.data import TaskKind
from jingkai.kernel.events.api import enqueue, job, periodic
from jingkai.kernel.hooks.data import PersonFacingError

logger = logging.getLogger(__name__)

BATCH = 200


@periodic("* * * * *", name="cases.fire_timers", label=_("Timers and time-outs of tasks"))
def fire_timers() -> None:
    """Do what every timer that is due was set for; one that cannot is tried again a minute later."""
    at = timezone.now()
    after: tuple[Any, int] | None = None
    while rows := queries.list_due_timers(at=at, after=after, limit=BATCH):
        for timer_id, due in rows:
            after = (due, timer_id)
            try:
                operations.fire_timer(timer_id=timer_id, at=at)
            except PersonFacingError as error:
                logger.warning("timer %s could not fire: %s", timer_id, error)


@job(operations.SIGNAL, label=_("Signals to waiting cases"))
def deliver_signal(*, name: str, values: str, after_id: int = 0) -> None:
    """Tell the next cases that wait for a signal; enqueues the rest. `values` are JSON."""
    found = json.loads(values)
    at = timezone.now()
    ids = queries.list_waiting_cases(TaskKind.SIGNAL, name, after_id=after_id, limit=BATCH)
    for case_id in ids:
        try:
            operations.deliver_signal(case_id=case_id, name=name, values=found, at=at)
        except PersonFacingError as error:
            logger.warning("case %s could not take the signal %s: %s", case_id, name, error)
    if len(ids) == BATCH:
        enqueue(operations.SIGNAL, name=name, values=values, after_id=ids[-1])


@job(operations.MIGRATE, lock=operations.MIGRATE, label=_("Running cases move to another version"))
def migrate(*, migration_id: int) -> None:
    """Move the next cases of a migration; enqueues the rest."""
    if operations.migrate_batch(migration_id=migration_id, at=timezone.now()):
        enqueue(operations.MIGRATE, migration_id=migration_id)


@job(operations.RECOUNT, lock=operations.RECOUNT, label=_("Timers counted anew with the changed calendar"))
def recount_timers(*, reason: str, after_id: int = 0) -> None:
    """Count the timers of the next cases anew; enqueues the rest.

    A timer that would end in a year without calendar keeps its moment until that year is there.
    """
    ids = queries.list_cases_by_working_days(after_id=after_id, limit=BATCH)
    at = timezone.now()
    for case_id in ids:
        try:
            operations.recount_timers(case_id=case_id, reason=reason, at=at)
        except PersonFacingError as error:
            logger.warning("timers of case %s could not be counted anew: %s", case_id, error)
    if len(ids) == BATCH:
        enqueue(operations.RECOUNT, reason=reason, after_id=ids[-1])


@periodic("20 * * * *", name="cases.hand_over_lost", label=_("Tasks of people who have left a post"))
def hand_over_lost() -> None:
    """Move the tasks of people who have left office, or the unit whose task they hold."""
    operations.hand_over_lost(at=timezone.now())
