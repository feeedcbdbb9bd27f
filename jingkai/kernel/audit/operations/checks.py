"""A verification that a person asks for: run in the background with progress, written into the trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from django.db import connection, transaction

from jingkai.kernel.audit.data import DONE, FAILED, Verification
from jingkai.kernel.audit.models import TrailCheck
from jingkai.kernel.audit.operations.entries import record
from jingkai.kernel.audit.operations.verifying import verify
from jingkai.kernel.events.api import enqueue
from jingkai.kernel.permissions.data import SYSTEM, Actor

TRAIL = ("audit.trail", 1)
"""The stream of what is done to the trail itself."""
FOUND = (TrailCheck.State.INTACT, TrailCheck.State.ALTERED)


@transaction.atomic
def ask_for_check(*, by: Actor, at: datetime) -> TrailCheck:
    """Have the whole trail verified in the background."""
    check = TrailCheck.objects.create(asked_at=at, asked_by=by.party_id, total=_about_how_many())
    record(TRAIL, action="trail.check_asked", by=by, at=at, facts={"check": check.pk})
    enqueue("audit.check", check_id=check.pk)
    return check


def _about_how_many() -> int:
    """Guess the number of entries from the database's statistics; counting them would take too long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'audit_trailentry'::regclass"
        )
        return int(cursor.fetchone()[0])


def run_check(*, check_id: int, clock: Callable[[], datetime]) -> Verification | None:
    """Verify the trail, telling the page how far it is, and keep what was found.

    A check that another worker brought to its end is not run again: None.
    """
    mine = TrailCheck.objects.filter(pk=check_id)
    if not mine.exclude(state__in=FOUND).update(state=TrailCheck.State.RUNNING, done=0):
        return None
    try:
        found = verify(progress=None if connection.in_atomic_block else Progress(check_id))
    except Exception:
        mine.update(state=TrailCheck.State.BROKEN, ended_at=clock())
        raise
    _keep(check_id, found, at=clock())
    return found


@transaction.atomic
def _keep(check_id: int, found: Verification, *, at: datetime) -> None:
    """Write down what was found: once, when a worker that was given up for dead comes to its end, too."""
    check = TrailCheck.objects.select_for_update().get(pk=check_id)
    if check.state in FOUND:
        return
    check.state = TrailCheck.State.INTACT if found.intact else TrailCheck.State.ALTERED
    check.done, check.ended_at = found.entries, at
    check.outcome = {**asdict(found), "faults": [fault.line() for fault in found.faults]}
    check.save()
    record(
        TRAIL,
        action="trail.checked",
        by=SYSTEM,
        at=at,
        facts={"check": check.pk, "entries": found.entries, "faults": found.fault_count},
        result=DONE if found.intact else FAILED,
    )


class Progress:
    """Tells the page how many entries are done, over a connection of its own: the verification reads in one
    transaction, whose writes nobody would see before its end."""

    def __init__(self, check_id: int) -> None:
        self.check_id = check_id

    def __call__(self, done: int) -> None:
        """Note the number of entries done."""
        own = connection.copy()
        try:
            with own.cursor() as cursor:
                cursor.execute("UPDATE audit_trailcheck SET done = %s WHERE id = %s", [done, self.check_id])
        finally:
            own.close()
