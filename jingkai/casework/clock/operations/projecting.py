"""Computing clocks anew when the calendar has changed, and noting which lights have turned."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from jingkai.casework.clock.data import EntryKind, Fact, Reprojected, State
from jingkai.casework.clock.events import ClockDueSoon, ClockOverdue, ClockProjected
from jingkai.casework.clock.models import Clock
from jingkai.casework.clock.operations.ledger import (
    Act,
    compute,
    facts_of,
    follow_overall,
    lock_clocks,
    write_act,
    zone_day,
)
from jingkai.kernel.calendar.api import Calendar, CalendarYearMissing, get_calendar
from jingkai.kernel.events import api as events
from jingkai.kernel.permissions.data import Actor

logger = logging.getLogger(__name__)


@transaction.atomic
def reproject_clock(*, clock: Clock, reason: str, by: Actor, at: datetime) -> bool:
    """Compute one clock's dates anew and tell whether they moved; a needed year that is missing raises."""
    done = _reproject([clock.pk], reason=reason, by=by, at=at)
    for error in done.errors:
        raise error
    return clock.pk in done.moved


@transaction.atomic
def reproject_clocks(*, clock_ids: Sequence[int], reason: str, by: Actor, at: datetime) -> Reprojected:
    """Compute clocks' dates anew from their ledgers with the calendar as it is now; ended ones stay as they
    are.

    Only a clock whose dates move gets a line with the reason, so doing it again changes nothing. A clock that
    needs a year which is not loaded keeps its dates and is given back as stuck.
    """
    done = _reproject(clock_ids, reason=reason, by=by, at=at)
    return Reprojected(tuple(sorted(done.moved)), tuple(sorted(done.stuck)))


@dataclass(slots=True)
class _Done:
    """What has been computed so far."""

    moved: set[int] = field(default_factory=set)
    stuck: set[int] = field(default_factory=set)
    errors: list[CalendarYearMissing] = field(default_factory=list)


def _reproject(clock_ids: Sequence[int], *, reason: str, by: Actor, at: datetime) -> _Done:
    calendar, locked, done = get_calendar(), lock_clocks(clock_ids), _Done()
    wanted = [locked[pk] for pk in sorted(clock_ids) if locked[pk].state != State.STOPPED]
    facts = facts_of(clock.pk for clock in wanted)
    act = Act(EntryKind.REPROJECT, zone_day(at), at, by, note=reason)
    for clock in sorted(wanted, key=lambda clock: clock.overall_id is None):
        try:
            _project_one(clock, facts[clock.pk], calendar, act, done)
        except CalendarYearMissing as error:
            logger.warning("clock %s needs the calendar of %s", clock.pk, error.year)
            done.stuck.add(clock.pk)
            done.errors.append(error)
    above = {clock.overall_id for clock in wanted if clock.pk in done.moved and clock.overall_id}
    for pk in sorted(above - done.moved):
        follow = follow_overall(locked[pk], calendar=calendar, note=reason, on=act.on, at=at, by=by)
        done.moved |= {follow} if follow else set()
    if done.moved:
        events.publish(ClockProjected(clock_ids=tuple(sorted(done.moved)), reason=reason))
    return done


def _project_one(clock: Clock, facts: list[Fact], calendar: Calendar, act: Act, done: _Done) -> None:
    """Compute one clock, parts before their overall clock; store it only when something changed."""
    before, fingerprint = clock.due_on, clock.calendar_fingerprint
    if compute(clock, facts, calendar, at=act.at):
        write_act(clock, act, sequence=len(facts) + 1, due_before=before)
        done.moved.add(clock.pk)
    elif clock.calendar_fingerprint != fingerprint:
        clock.save(update_fields=["calendar_fingerprint", "suspended_until"])


@transaction.atomic
def mark_warned(*, at: datetime, limit: int = 500) -> int:
    """Tell of every running clock whose light has turned yellow or red since the last look, each once.

    Gives the number of clocks told of; with a full batch the caller looks again.
    """
    turned = Q(warned=0, yellow_at__lte=at) | Q(warned__lt=2, due_at__lte=at)
    due = Clock.objects.filter(turned, state=State.RUNNING).order_by("pk")
    clocks = list(due.select_for_update(skip_locked=True)[:limit])
    for clock in clocks:
        late = clock.due_at <= at
        clock.warned = 2 if late else 1
        events.publish(ClockOverdue(clock_id=clock.pk) if late else ClockDueSoon(clock_id=clock.pk))
    Clock.objects.bulk_update(clocks, ["warned"])
    return len(clocks)
