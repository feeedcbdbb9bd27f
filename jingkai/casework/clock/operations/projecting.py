"""Computing clocks anew when the calendar has changed, and noting which lights have turned."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from jingkai.casework.clock.data import EntryKind, Fact, Move, Reprojected, State
from jingkai.casework.clock.events import ClockDueSoon, ClockOverdue, ClockProjected
from jingkai.casework.clock.models import Clock
from jingkai.casework.clock.operations.ledger import (
    Act,
    compute,
    facts_of,
    follow_overall,
    lock_clocks,
    parts_of,
    projection_of,
    write_acts,
    zone_day,
)
from jingkai.casework.clock.operations.store import store_computed
from jingkai.kernel.calendar.api import Calendar, CalendarYearMissing, get_calendar
from jingkai.kernel.events import api as events
from jingkai.kernel.permissions.data import Actor

logger = logging.getLogger(__name__)


@transaction.atomic
def reproject_clock(*, clock: Clock, reason: str, by: Actor, at: datetime) -> bool:
    """Compute one clock's dates anew and tell whether they moved; a needed year that is missing raises."""
    done = _Reprojecting([clock.pk], Act(EntryKind.REPROJECT, zone_day(at), at, by, note=reason)).run()
    for error in done.errors:
        raise error
    return clock.pk in done.moved


@transaction.atomic
def reproject_clocks(
    *,
    clock_ids: Sequence[int],
    reason: str,
    by: Actor,
    at: datetime,
    basis: str = "",
    kept: Mapping[str, Any] | None = None,
) -> Reprojected:
    """Compute clocks' dates anew from their ledgers with the calendar as it is now; ended ones stay as they
    are.

    Only a clock whose dates move gets a line with the reason, so doing it again changes nothing. A clock that
    needs a year which is not loaded keeps its dates and is given back as stuck. The number of queries does
    not grow with the number of clocks.
    """
    act = Act(EntryKind.REPROJECT, zone_day(at), at, by, basis=basis, note=reason, kept=dict(kept or {}))
    done = _Reprojecting(clock_ids, act).run()
    return Reprojected(tuple(sorted(done.moved)), tuple(sorted(done.stuck)), tuple(done.moves()))


def preview_moves(*, clock_ids: Sequence[int], calendar: Calendar) -> list[Move]:
    """Tell which due days would move with another calendar; nothing is changed and nothing locked."""
    clocks = list(Clock.objects.filter(pk__in=clock_ids).exclude(state=State.STOPPED).order_by("pk"))
    facts, parts = facts_of(clock.pk for clock in clocks), parts_of(clocks)
    moves = []
    for clock in clocks:
        try:
            under = parts.get(clock.pk, ())
            found = projection_of(clock, clock.limit_value, facts[clock.pk], calendar, under)
        except CalendarYearMissing as error:
            moves.append(Move(clock.pk, clock.due_on, clock.due_on, needs=error.year))
            continue
        if found.due_on != clock.due_on:
            moves.append(Move(clock.pk, clock.due_on, found.due_on))
    return moves


@dataclass(slots=True)
class _Reprojecting:
    """A batch of clocks that is being computed: parts before the clocks above them, written together."""

    ids: Sequence[int]
    act: Act
    moved: set[int] = field(default_factory=set)
    stuck: set[int] = field(default_factory=set)
    errors: list[CalendarYearMissing] = field(default_factory=list)
    lines: list[tuple[Clock, int, date | None]] = field(default_factory=list)
    noted: list[Clock] = field(default_factory=list)
    found: dict[int, Move] = field(default_factory=dict)

    def run(self) -> _Reprojecting:
        """Compute, store what moved, and tell."""
        calendar, locked = get_calendar(), lock_clocks(self.ids)
        wanted = [locked[pk] for pk in sorted(self.ids) if pk in locked and locked[pk].state != State.STOPPED]
        facts = facts_of(clock.pk for clock in wanted)
        below = [clock for clock in wanted if clock.overall_id]
        above = [clock for clock in wanted if not clock.overall_id]
        for clock in below:
            self._one(clock, facts[clock.pk], calendar, ())
        self._write()
        parts = parts_of(above)
        for clock in above:
            self._one(clock, facts[clock.pk], calendar, parts.get(clock.pk, ()))
        self._write()
        self._follow(locked, {clock.overall_id for clock in below if clock.pk in self.moved}, calendar)
        if self.moved:
            events.publish(ClockProjected(clock_ids=tuple(sorted(self.moved)), reason=self.act.note))
        return self

    def moves(self) -> list[Move]:
        """Give what moved, and what could not be computed."""
        return [self.found[pk] for pk in sorted(self.found)]

    def _one(self, clock: Clock, facts: list[Fact], calendar: Calendar, parts: Sequence[Clock]) -> None:
        before, fingerprint = clock.due_on, clock.calendar_fingerprint
        try:
            moved = compute(clock, facts, calendar, at=self.act.at, parts=parts)
        except CalendarYearMissing as error:
            logger.warning("clock %s needs the calendar of %s", clock.pk, error.year)
            self.stuck.add(clock.pk)
            self.errors.append(error)
            self.found[clock.pk] = Move(clock.pk, before, before, needs=error.year)
            return
        if moved:
            self.lines.append((clock, len(facts) + 1, before))
            self.moved.add(clock.pk)
            if clock.due_on != before:
                self.found[clock.pk] = Move(clock.pk, before, clock.due_on)
        elif clock.calendar_fingerprint != fingerprint:
            self.noted.append(clock)

    def _write(self) -> None:
        if self.lines:
            write_acts(self.lines, self.act)
        store_computed(self.noted)
        self.lines, self.noted = [], []

    def _follow(self, locked: Mapping[int, Clock], above: set[int | None], calendar: Calendar) -> None:
        for pk in sorted(pk for pk in above if pk and pk not in self.moved):
            before = locked[pk].due_on
            follow = follow_overall(
                locked[pk],
                calendar=calendar,
                note=self.act.note,
                on=self.act.on,
                at=self.act.at,
                by=self.act.by,
            )
            if follow:
                self.moved.add(follow)
                self.found[follow] = Move(follow, before, locked[pk].due_on)


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
