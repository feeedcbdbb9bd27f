"""The limit of a whole matter that staff start: it begins with the matter and ends with it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, CaseClock
from jingkai.casework.clock import api as clocks
from jingkai.casework.clock.data import State
from jingkai.casework.flow import api as flows
from jingkai.kernel.permissions.data import SYSTEM, Actor


@transaction.atomic
def start_limit(*, case: Case, by: Actor, at: datetime) -> None:
    """Let the limit run that the flow names for the whole matter (`jk:limit`), unless it runs already.

    The day of the start does not count. Errors: RuleMissing, CalendarYearMissing; then nothing is started.
    """
    key = flows.compiled(case.flow_version).limit
    if not key or _running(case, key).exists():
        return
    limit = clocks.get_limit(key, on=timezone.localdate(at))
    clock = clocks.start_clock(limit=limit, label=limit.name, label_en=limit.name_en, by=by, at=at)
    cases.attach_clock(case=case, key=key, clock=clock, by=by, at=at)


@transaction.atomic
def end_limit(*, case: Case, at: datetime) -> None:
    """Stop the limit of a matter that has ended, with its outcome; safe to repeat."""
    case = Case.objects.select_related("flow_version").select_for_update(of=("self",)).get(pk=case.pk)
    key = flows.compiled(case.flow_version).limit
    if case.state == Case.State.OPEN or not key:
        return
    for row in _running(case, key).select_related("clock"):
        clocks.stop_clock(clock=row.clock, outcome=case.outcome, by=SYSTEM, at=case.closed_at or at)


def _running(case: Case, key: str) -> QuerySet[CaseClock]:
    return CaseClock.objects.filter(case=case, key=key).exclude(clock__state=State.STOPPED)
