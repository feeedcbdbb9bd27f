"""Why is it still running? Every day of a clock accounted for: counted, off, or left out with its basis.

The account follows from the same facts as the due date, so it always adds up to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from jingkai.casework.clock.data import DayKind, DayRun, EntryKind, LimitValue, Unit
from jingkai.casework.clock.models import Clock, LedgerEntry
from jingkai.casework.clock.queries.lights import union_excluded
from jingkai.kernel.calendar.api import Calendar, CalendarYearMissing, get_calendar, name_days
from jingkai.kernel.calendar.data import NamedDay
from jingkai.kernel.hooks.api import Prepared, local
from jingkai.kernel.rules.api import cited

MOST_DAYS = 800
FAR = date(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class Account:
    """A clock with its days in order, and the lines of its ledger; `missing` is a year that is not loaded."""

    clock: Clock
    runs: tuple[DayRun, ...]
    entries: tuple[LedgerEntry, ...]
    missing: int | None = None


def accounts_of(clocks: Sequence[Clock], at: datetime, calendar: Calendar | None = None) -> list[Account]:
    """Account for every day of these clocks up to today, in a constant number of queries.

    A page that has the calendar already hands it in.
    """
    if not clocks:
        return []
    calendar, today = calendar or get_calendar(), timezone.localdate(at, timezone.get_default_timezone())
    ledger: dict[int, list[LedgerEntry]] = {}
    for row in _ENTRIES.fetch(clocks=[clock.pk for clock in clocks]):
        ledger.setdefault(row.clock_id, []).append(row)
    names = name_days(min(clock.started_on for clock in clocks), today)
    return [_account(clock, ledger.get(clock.pk, []), names, calendar, today) for clock in clocks]


_ENTRIES = Prepared(
    lambda slots: LedgerEntry.objects.filter(clock_id__in=slots.numbers("clocks")).order_by("sequence")
)


def _account(
    clock: Clock,
    entries: list[LedgerEntry],
    names: Mapping[date, NamedDay],
    calendar: Calendar,
    today: date,
) -> Account:
    try:
        return Account(clock, tuple(_runs(clock, entries, names, calendar, today)), tuple(entries))
    except CalendarYearMissing as error:
        return Account(clock, (), tuple(entries), missing=error.year)


def _runs(
    clock: Clock,
    entries: list[LedgerEntry],
    names: Mapping[date, NamedDay],
    calendar: Calendar,
    today: date,
) -> Iterator[DayRun]:
    """Join days in a row that are explained alike; `days` counts them in the limit's own unit."""
    end = min(clock.stopped_on or today, clock.started_on + timedelta(days=MOST_DAYS))
    day_of = _Days(clock, entries, names, calendar)
    run: DayRun | None = None
    for number in range(max((end - clock.started_on).days, 0) + 1):
        found = day_of.explain(clock.started_on + timedelta(days=number))
        if run and (run.kind, run.reason, run.basis) == (found.kind, found.reason, found.basis):
            run = DayRun(run.first, found.last, run.kind, run.days + found.days, run.reason, run.basis)
            continue
        if run:
            yield run
        run = found
    if run:
        yield run


class _Days:
    """Explains single days of one clock."""

    def __init__(
        self,
        clock: Clock,
        entries: Sequence[LedgerEntry],
        names: Mapping[date, NamedDay],
        calendar: Calendar,
    ) -> None:
        self.clock, self.names, self.calendar = clock, names, calendar
        self.limit: LimitValue = clock.limit_value
        self.spans = union_excluded([clock], until=clock.stopped_on or FAR)
        self.holds = [entry for entry in entries if entry.kind == EntryKind.SUSPEND]

    def explain(self, on: date) -> DayRun:
        """Say what one day is to the clock."""
        working = self.calendar.is_working(on)
        counts = working or self.limit.unit is Unit.NATURAL
        if on == self.clock.started_on:
            return DayRun(on, on, DayKind.ZERO, 0)
        if any(on in span for span in self.spans):
            return self._excluded(on, counts)
        if not counts:
            named = self.names.get(on)
            return DayRun(on, on, DayKind.OFF, 0, local(named, "name") if named else "")
        kind = DayKind.LATE if on > self.clock.due_on else DayKind.COUNTED
        return DayRun(on, on, kind, 1)

    def _excluded(self, on: date, counts: bool) -> DayRun:
        hold = next((entry for entry in reversed(self.holds) if entry.on <= on), None)
        since = self.clock.suspended_since
        kind = DayKind.HELD if since and on >= since else DayKind.EXCLUDED
        if hold is None:
            return DayRun(on, on, kind, int(counts))
        exclusion = self.limit.exclusion(hold.reason_code)
        article = exclusion.article if exclusion else ""
        name = (local(exclusion, "name") if exclusion else "") or hold.reason_code
        basis = " · ".join(part for part in (cited(article), cited(hold.basis)) if part)
        return DayRun(on, on, kind, int(counts), name, basis)
