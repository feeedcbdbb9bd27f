"""The one way in which a clock changes: add a line to its ledger, compute its dates from all lines, tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from jingkai.casework.clock.data import EntryKind, Fact, LimitValue, State
from jingkai.casework.clock.models import Clock, LedgerEntry
from jingkai.casework.clock.rules.projection import Projection, due_moment, project, yellow_moment
from jingkai.kernel.audit import api as audit
from jingkai.kernel.calendar.api import Calendar
from jingkai.kernel.permissions.data import Actor

MOVING = ("due_on", "due_at", "yellow_at", "promised_due_on", "excluded", "state", "suspended_since")


@dataclass(slots=True)
class Act:
    """One line about to be written, and who writes it."""

    kind: EntryKind
    on: date
    at: datetime
    by: Actor
    basis: str = ""
    reason: str = ""
    days: int = 0
    note: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def fact(self) -> Fact:
        """The line as far as it bears on the due date."""
        return Fact(self.kind, self.on, self.reason, self.days)


def zone_day(at: datetime) -> date:
    """Give the day of a moment in the zone's time zone."""
    return timezone.localdate(at, timezone.get_default_timezone())


def lock_clocks(ids: Iterable[int]) -> dict[int, Clock]:
    """Lock clocks and the overall clocks above them, always in the order of their numbers."""
    wanted = set(ids)
    wanted |= set(
        Clock.objects.filter(pk__in=wanted, overall__isnull=False).values_list("overall_id", flat=True)
    )
    return {
        clock.pk: clock for clock in Clock.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    }


def facts_of(ids: Iterable[int]) -> dict[int, list[Fact]]:
    """Read the ledgers of clocks in one query."""
    facts: dict[int, list[Fact]] = {pk: [] for pk in ids}
    rows = LedgerEntry.objects.filter(clock_id__in=facts).order_by("clock_id", "sequence")
    for pk, kind, on, reason, days in rows.values_list("clock_id", "kind", "on", "reason_code", "days"):
        facts[pk].append(Fact(EntryKind(kind), on, reason, days))
    return facts


def compute(clock: Clock, facts: list[Fact], calendar: Calendar, *, at: datetime) -> bool:
    """Write onto the clock what follows from its ledger, and tell whether any of its dates moved."""
    before = [getattr(clock, name) for name in MOVING]
    parts = _parts(clock)
    shared = [span for part in parts for span in part.excluded_spans]
    limit = clock.limit_value
    projection = project(limit, started_on=clock.started_on, facts=facts, calendar=calendar, shared=shared)
    write_dates(clock, limit, projection, at=at)
    clock.calendar_fingerprint = calendar.fingerprint
    _write_hold(clock, projection, parts)
    return [getattr(clock, name) for name in MOVING] != before


def write_dates(clock: Clock, limit: LimitValue, projection: Projection, *, at: datetime) -> None:
    """Set the columns that lists and lights read."""
    zone = timezone.get_default_timezone()
    clock.due_on, clock.promised_due_on = projection.due_on, projection.promised_due_on
    clock.due_at = due_moment(limit, projection.due_on, zone)
    clock.yellow_at = yellow_moment(limit, projection, zone)
    clock.extended_days = projection.total - limit.amount
    clock.excluded = [[span.first.isoformat(), span.last.isoformat()] for span in projection.excluded]
    reached = 2 if at >= clock.due_at else 1 if at >= clock.yellow_at else 0
    clock.warned = min(clock.warned, reached)


def _write_hold(clock: Clock, projection: Projection, parts: list[Clock]) -> None:
    if clock.state == State.STOPPED:
        return
    held = [part for part in parts if part.state == State.SUSPENDED and part.suspended_since]
    since, until, reason = projection.held_since, projection.held_until, projection.held_reason
    if since is None and held:
        first = min(held, key=lambda part: (part.suspended_since, part.pk))
        since, reason = first.suspended_since, first.reason_code
    clock.state = State.RUNNING if since is None else State.SUSPENDED
    clock.suspended_since, clock.suspended_until, clock.reason_code = since, until, reason


def _parts(clock: Clock) -> list[Clock]:
    return [] if clock.overall_id else list(Clock.objects.filter(overall=clock.pk).order_by("pk"))


def write_act(clock: Clock, act: Act, *, sequence: int, due_before: date | None) -> None:
    """Store the clock with its next line and the entry in the trail."""
    clock.version += 1
    clock.save()
    LedgerEntry.objects.create(
        clock=clock,
        sequence=sequence,
        kind=act.kind,
        on=act.on,
        at=act.at,
        by_id=act.by.party_id,
        basis=act.basis,
        reason_code=act.reason,
        days=act.days,
        note=act.note,
        due_before=due_before,
        due_after=clock.due_on,
    )
    audit.record(clock, action=f"clock.{act.kind}", by=act.by, at=act.at, facts=_told(clock, act, due_before))


def _told(clock: Clock, act: Act, due_before: date | None) -> dict[str, Any]:
    told: dict[str, Any] = {"on": act.on, "basis": act.basis, "reason": act.reason, "days": act.days}
    return {
        **{key: value for key, value in told.items() if value},
        **act.facts,
        "due_before": due_before,
        "due_after": clock.due_on,
        "calendar": clock.calendar_fingerprint,
    }


def follow_overall(
    overall: Clock | None, *, calendar: Calendar, note: str, on: date, at: datetime, by: Actor
) -> int | None:
    """Let the overall clock leave out the days on which its parts stand still; give its id when it moved."""
    if overall is None or overall.state == State.STOPPED:
        return None
    facts, before = facts_of([overall.pk])[overall.pk], overall.due_on
    if not compute(overall, facts, calendar, at=at):
        return None
    act = Act(EntryKind.REPROJECT, on, at, by, note=note)
    write_act(overall, act, sequence=len(facts) + 1, due_before=before)
    return overall.pk
