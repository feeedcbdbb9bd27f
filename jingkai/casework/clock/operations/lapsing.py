"""What the law makes of silence: a limit that ends unanswered does what its module registered, once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.module_loading import import_string

from jingkai.casework.clock.data import State
from jingkai.casework.clock.events import ClockLapsed
from jingkai.casework.clock.models import Clock
from jingkai.casework.clock.rules.subjects import lapse_rules
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.permissions.data import SYSTEM


@transaction.atomic
def lapse_clock(*, clock_id: int, at: datetime) -> bool:
    """Let silence speak for one clock: the module decides by law, the system signs in the trail.

    Note and decision are one transaction. False when somebody answered meanwhile, it was done before, or no
    module claims the clock.
    """
    clock = Clock.objects.filter(pk=clock_id, lapsed_at__isnull=True, state=State.RUNNING).first()
    if clock is None or clock.due_at > at:
        return False
    for rule in lapse_rules.all():
        if clock.limit_key not in rule.limit_keys:
            continue
        if import_string(rule.path)(clock_id=clock_id, by=SYSTEM, at=at):
            _note(clock_id, rule.name, at=at)
            return True
    Clock.objects.filter(pk=clock_id).update(lapsed_at=at)
    return False


def _note(clock_id: int, rule: str, *, at: datetime) -> None:
    clock = Clock.objects.select_for_update().get(pk=clock_id)
    clock.lapsed_at = at
    clock.on_time = None if clock.state == State.RUNNING else False
    clock.save(update_fields=["lapsed_at", "on_time"])
    audit.record(clock, action="clock.lapse", by=SYSTEM, at=at, facts={"rule": rule, "due": clock.due_on})
    events.publish(ClockLapsed(clock_id=clock_id))
