"""The one way in which a clock changes: add a line to its ledger, compute its dates from all lines, tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from jingkai.casework.clock.data import STEPS, EntryKind, Fact, LimitValue, State, Step
from jingkai.casework.clock.models import Clock, LedgerEntry
from jingkai.casework.clock.operations.store import insert_rows, store_computed
from jingkai.casework.clock.rules.escalation import next_step
from jingkai.casework.clock.rules.projection import Projection, due_moment, project, yellow_moment
from jingkai.kernel.audit import api as audit
from jingkai.kernel.calendar.api import Calendar
from jingkai.kernel.permissions.data import Actor

FIRST_CARD = STEPS.index(Step.YELLOW_CARD)
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
    kept: dict[str, Any] = field(default_factory=dict)
    """What the line itself keeps beside its columns, such as the calendar's version."""

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


def compute(
    clock: Clock,
    facts: list[Fact],
    calendar: Calendar,
    *,
    at: datetime,
    parts: Sequence[Clock] | None = None,
) -> bool:
    """Write onto the clock what follows from its ledger, and tell whether any of its dates moved.

    `parts` are the clocks under it where the caller has read them already.
    """
    before = [getattr(clock, name) for name in MOVING]
    under = list(parts) if parts is not None else list(parts_of([clock]).get(clock.pk, ()))
    limit = clock.limit_value
    projection = projection_of(clock, limit, facts, calendar, under)
    write_dates(clock, limit, projection, calendar=calendar, at=at)
    clock.calendar_fingerprint = calendar.fingerprint
    _write_hold(clock, projection, under)
    return [getattr(clock, name) for name in MOVING] != before


def projection_of(
    clock: Clock, limit: LimitValue, facts: list[Fact], calendar: Calendar, parts: Sequence[Clock]
) -> Projection:
    """Compute a clock's dates from its ledger without changing it."""
    return project(
        limit,
        started_on=clock.started_on,
        started_at=clock.started_at,
        facts=facts,
        calendar=calendar,
        shared=[span for part in parts for span in part.excluded_spans],
        zone=timezone.get_default_timezone(),
    )


def parts_of(clocks: Iterable[Clock]) -> Mapping[int, list[Clock]]:
    """Read the parts of these clocks in one query; a part has none itself."""
    wanted = [clock.pk for clock in clocks if clock.overall_id is None]
    found: dict[int, list[Clock]] = {}
    for part in Clock.objects.filter(overall__in=wanted).order_by("pk") if wanted else ():
        found.setdefault(part.overall_id or 0, []).append(part)
    return found


def write_dates(
    clock: Clock,
    limit: LimitValue,
    projection: Projection,
    *,
    calendar: Calendar,
    at: datetime,
    started: bool = False,
) -> None:
    """Set the columns that lists and lights read, and when the next warning or card falls due.

    A clock that has just `started` skips the warnings whose moment is past; one whose due day moves is warned
    of its new due day from the first step on.
    """
    zone = timezone.get_default_timezone()
    before = None if started else clock.due_at
    clock.due_on, clock.promised_due_on = projection.due_on, projection.promised_due_on
    clock.due_at = projection.due_at or due_moment(limit, projection.due_on, zone)
    clock.yellow_at = projection.yellow_at or yellow_moment(limit, projection, zone)
    clock.extended_days = projection.total - limit.amount
    clock.excluded = [[span.first.isoformat(), span.last.isoformat()] for span in projection.excluded]
    reached = 2 if at >= clock.due_at else 1 if at >= clock.yellow_at else 0
    clock.warned = min(clock.warned, reached)
    if before != clock.due_at or clock.step_at is None:
        plan_step(
            clock, limit, 0 if before != clock.due_at else clock.step, calendar, past=at if started else None
        )


def plan_step(
    clock: Clock, limit: LimitValue, after: int, calendar: Calendar, *, past: datetime | None = None
) -> None:
    """Note which step comes next and when; with `past`, warnings before that moment are skipped."""
    zone = timezone.get_default_timezone()
    while True:
        clock.step, clock.step_at = next_step(
            after,
            limit,
            started_on=clock.started_on,
            due_on=clock.due_on,
            due_at=clock.due_at,
            excluded=clock.excluded_spans,
            calendar=calendar,
            zone=zone,
        )
        if past is None or clock.step_at is None or clock.step_at > past or clock.step >= FIRST_CARD:
            return
        after = clock.step + 1


def _write_hold(clock: Clock, projection: Projection, parts: Sequence[Clock]) -> None:
    if clock.state == State.STOPPED:
        return
    held = [part for part in parts if part.state == State.SUSPENDED and part.suspended_since]
    since, until, reason = projection.held_since, projection.held_until, projection.held_reason
    if since is None and held:
        first = min(held, key=lambda part: (part.suspended_since, part.pk))
        since, reason = first.suspended_since, first.reason_code
    clock.state = State.RUNNING if since is None else State.SUSPENDED
    clock.suspended_since, clock.suspended_until, clock.reason_code = since, until, reason


def write_act(clock: Clock, act: Act, *, sequence: int, due_before: date | None) -> None:
    """Store the clock with its next line and the entry in the trail."""
    clock.version += 1
    clock.save()
    _line(clock, act, sequence, due_before).save()
    audit.record(clock, action=f"clock.{act.kind}", by=act.by, at=act.at, facts=_told(clock, act, due_before))


def write_acts(lines: Sequence[tuple[Clock, int, date | None]], act: Act) -> None:
    """Store many clocks with the same act, in few queries; each comes with its sequence and old due day."""
    clocks = [clock for clock, _sequence, _before in lines]
    for clock in clocks:
        clock.version += 1
    store_computed(clocks)
    insert_rows([_line(clock, act, sequence, before) for clock, sequence, before in lines])
    audit.record_many(
        [
            audit.Draft(
                audit.stream_of(clock), f"clock.{act.kind}", act.by, act.at, None, _told(clock, act, before)
            )
            for clock, _sequence, before in lines
        ]
    )


def _line(clock: Clock, act: Act, sequence: int, due_before: date | None) -> LedgerEntry:
    return LedgerEntry(
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
        facts=act.kept,
        due_before=due_before,
        due_after=clock.due_on,
    )


def _told(clock: Clock, act: Act, due_before: date | None) -> dict[str, Any]:
    told: dict[str, Any] = {"on": act.on, "basis": act.basis, "reason": act.reason, "days": act.days}
    return {
        **{key: value for key, value in told.items() if value},
        **act.kept,
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
