"""Acts on a clock: each checks the law, adds a line, and lets every date follow from the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.clock.data import FINE, ClockStart, EntryKind, Fact, LimitValue, State
from jingkai.casework.clock.events import (
    ClockExtended,
    ClockProjected,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockSuspended,
)
from jingkai.casework.clock.models import Clock, LedgerEntry
from jingkai.casework.clock.operations.ledger import (
    Act,
    compute,
    facts_of,
    follow_overall,
    lock_clocks,
    projection_of,
    write_act,
    write_dates,
    zone_day,
)
from jingkai.casework.clock.rules.acts import (
    CannotExtend,
    CannotResume,
    CannotStop,
    CannotSuspend,
    check_day,
    check_extension,
    check_reason,
)
from jingkai.casework.clock.rules.hours import fine_between
from jingkai.casework.clock.rules.projection import days_between, days_within, lasting_hold
from jingkai.kernel.audit import api as audit
from jingkai.kernel.calendar.api import Calendar, DaySpan, get_calendar
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.api import insert_rows
from jingkai.kernel.permissions.data import Actor


def start_clock(
    *,
    limit: LimitValue,
    label: str,
    by: Actor,
    at: datetime,
    on: date | None = None,
    label_en: str = "",
    overall: Clock | None = None,
) -> Clock:
    """Start one clock; see `start_clocks`."""
    start = ClockStart(
        limit=limit, label=label, label_en=label_en, on=on, overall_id=overall.pk if overall else None
    )
    return start_clocks(starts=[start], by=by, at=at)[0]


@transaction.atomic
def start_clocks(*, starts: Sequence[ClockStart], by: Actor, at: datetime) -> list[Clock]:
    """Start several clocks together, such as one per department, with a constant number of queries.

    Day zero (`on`, today when not given) does not count. A due date beyond the loaded calendar starts none
    of them.
    """
    if not starts:
        return []
    calendar = get_calendar()
    clocks = insert_rows([_new_clock(start, calendar, at) for start in starts])
    entries = [
        LedgerEntry(
            clock=clock,
            sequence=1,
            kind=EntryKind.START,
            on=clock.started_on,
            at=at,
            by_id=by.party_id,
            basis=f"{start.limit.source}{start.limit.article}",
            days=start.limit.amount,
            due_after=clock.due_on,
        )
        for clock, start in zip(clocks, starts, strict=True)
    ]
    insert_rows(entries)
    audit.record_many(
        [
            audit.Draft(audit.stream_of(clock), "clock.start", by, at, None, _start_facts(clock))
            for clock in clocks
        ]
    )
    events.publish(ClockStarted(clock_ids=tuple(clock.pk for clock in clocks)))
    return clocks


def _new_clock(start: ClockStart, calendar: Calendar, at: datetime) -> Clock:
    limit, on = start.limit, start.on or zone_day(at)
    clock = Clock(
        label=start.label,
        label_en=start.label_en,
        limit=limit.to_json(),
        limit_rule_id=limit.rule_id,
        limit_key=limit.key[:80],
        overall_id=start.overall_id,
        started_on=on,
        started_at=at if limit.unit in FINE and zone_day(at) == on else None,
        calendar_fingerprint=calendar.fingerprint,
    )
    projection = projection_of(clock, limit, [], calendar, ())
    write_dates(clock, limit, projection, calendar=calendar, at=at, started=True)
    return clock


def _start_facts(clock: Clock) -> dict[str, object]:
    return {
        "on": clock.started_on,
        "limit": clock.limit,
        "due_after": clock.due_on,
        "calendar": clock.calendar_fingerprint,
    }


@transaction.atomic
def suspend_clock(
    *, clock: Clock, reason: str, basis: str, by: Actor, at: datetime, on: date | None = None, note: str = ""
) -> Clock:
    """Let a clock stand still from a day on, for a reason of the closed list of 行政许可法 45 and no other.

    `on` is the first day left out. `basis` is the written notice that tells the applicant how long it takes.
    A hold cannot begin after the limit is past: it would not mend it.
    """
    act = Act(EntryKind.SUSPEND, on or zone_day(at), at, by, basis=basis.strip(), reason=reason, note=note)
    work = _open(clock, act)
    check_reason(work.limit, reason, basis)
    if lasting_hold(work.facts) is not None:
        raise CannotSuspend(_("This clock is already on hold."))
    if act.on > work.clock.due_on:
        raise CannotSuspend(_("The limit is already past; a hold cannot mend that."))
    work.compute(act)
    if work.clock.suspended_until == act.on:
        raise CannotSuspend(
            _("The days that this reason may take at most are used up; the clock keeps running.")
        )
    return work.finish(act, ClockSuspended(clock_id=clock.pk))


@transaction.atomic
def resume_clock(
    *, clock: Clock, by: Actor, at: datetime, on: date | None = None, basis: str = "", note: str = ""
) -> Clock:
    """Let a clock run again; its due date moves by exactly the days left out, at most the cap of their
    reason.

    `on` is the first day that counts again.
    """
    act = Act(EntryKind.RESUME, on or zone_day(at), at, by, basis=basis.strip(), note=note)
    work = _open(clock, act)
    reason, before = lasting_hold(work.facts), work.clock.excluded_spans
    if reason is None:
        raise CannotResume()
    act.reason = reason
    work.compute(act)
    act.days = work.count(work.clock.excluded_spans) - work.count(before)
    return work.finish(act, ClockResumed(clock_id=clock.pk))


@transaction.atomic
def end_capped_hold(*, clock: Clock, by: Actor, at: datetime) -> Clock | None:
    """Let a clock run again whose reason has used up its days, from the first day that counts again.

    Gives None when somebody else ended the hold meanwhile or the cap is not reached yet.
    """
    current = lock_clocks([clock.pk])[clock.pk]
    until = current.suspended_until
    if current.state != State.SUSPENDED or until is None or until > zone_day(at):
        return None
    last = max(fact.on for fact in facts_of([clock.pk])[clock.pk])
    exclusion = current.limit_value.exclusion(current.reason_code)
    basis = exclusion.article if exclusion else ""
    return resume_clock(clock=current, on=max(until, last), basis=basis, by=by, at=at)


@transaction.atomic
def extend_clock(
    *,
    clock: Clock,
    days: int,
    approver: str,
    reason: str,
    basis: str,
    by: Actor,
    at: datetime,
    on: date | None = None,
) -> Clock:
    """Give a clock more days, as often as its limit permits (行政许可法 42: once) and with the approval that
    its law names.

    `approver` says in which office the extension was approved (`Approver`); `reason` is told to the
    applicant.
    """
    act = Act(EntryKind.EXTEND, on or zone_day(at), at, by, basis=basis.strip(), days=days)
    act.note, act.facts = reason.strip(), {"approver": approver}
    work = _open(clock, act)
    times = sum(fact.kind is EntryKind.EXTEND for fact in work.facts)
    check_extension(work.limit, days=days, times=times, approver=approver, reason=reason)
    if act.on > work.clock.due_on:
        raise CannotExtend(_("The limit is already past; it can no longer be extended."))
    work.compute(act)
    return work.finish(act, ClockExtended(clock_id=clock.pk))


@transaction.atomic
def stop_clock(
    *, clock: Clock, outcome: str, by: Actor, at: datetime, on: date | None = None, basis: str = ""
) -> Clock:
    """End a clock with its outcome, and note how many days were used and whether it was in time.

    A hold that still lasts ends with it. In time means on the due day at the latest.
    """
    act = Act(EntryKind.STOP, on or zone_day(at), at, by, basis=basis.strip(), note=outcome)
    work = _open(clock, act)
    work.compute(act)
    ended = work.clock
    ended.used_days = work.used(act)
    ended.on_time = act.on <= ended.due_on
    if work.limit.unit in FINE and act.on == zone_day(act.at):
        ended.on_time = act.at <= ended.due_at
    ended.state, ended.stopped_on, ended.outcome = State.STOPPED, act.on, outcome
    ended.suspended_since, ended.suspended_until, ended.reason_code = None, None, ""
    ended.step_at = None
    act.facts |= {"outcome": outcome, "used": ended.used_days, "on_time": ended.on_time}
    return work.finish(act, ClockStopped(clock_id=clock.pk))


@dataclass(slots=True)
class _Work:
    """A locked clock with its ledger, on which one act is being done."""

    clock: Clock
    overall: Clock | None
    facts: list[Fact]
    calendar: Calendar
    due_before: date

    @property
    def limit(self) -> LimitValue:
        return self.clock.limit_value

    def compute(self, act: Act) -> None:
        """Let the dates follow from the ledger with this act as its next line."""
        compute(self.clock, [*self.facts, act.fact], self.calendar, at=act.at)

    def used(self, act: Act) -> int:
        """Count what was used of the limit until an act, in the limit's own unit."""
        clock, spans = self.clock, self.clock.excluded_spans
        if self.limit.unit in FINE and clock.started_at:
            zone = timezone.get_default_timezone()
            return fine_between(self.limit, clock.started_at, act.at, self.calendar, spans, zone)
        return days_between(self.limit, clock.started_on, act.on, self.calendar, spans)

    def count(self, spans: Sequence[DaySpan]) -> int:
        """Count the days of spans in the limit's own unit."""
        return sum(days_within(self.limit, span, self.calendar) for span in spans)

    def finish(self, act: Act, event: object) -> Clock:
        """Write the act down, let the overall clock follow, and tell."""
        write_act(self.clock, act, sequence=len(self.facts) + 1, due_before=self.due_before)
        moved = follow_overall(
            self.overall, calendar=self.calendar, note=self.clock.label, on=act.on, at=act.at, by=act.by
        )
        events.publish(event)
        if moved is not None:
            events.publish(ClockProjected(clock_ids=(moved,), reason=self.clock.label))
        return self.clock


def _open(clock: Clock, act: Act) -> _Work:
    """Lock a clock that has not ended, and refuse an act out of order."""
    locked = lock_clocks([clock.pk])
    current = locked[clock.pk]
    if current.state == State.STOPPED:
        raise CannotStop()
    facts = facts_of([current.pk])[current.pk]
    check_day(act.on, last=max(fact.on for fact in facts), today=zone_day(act.at))
    overall = locked.get(current.overall_id) if current.overall_id else None
    return _Work(current, overall, facts, get_calendar(), current.due_on)
