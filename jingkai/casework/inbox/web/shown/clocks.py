"""Clocks of a case as bars and sentences, and their ledgers as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from jingkai.casework.cases.models import CaseClock
from jingkai.casework.clock.api import light_of, limit_words, reason_name, unit_name, usage
from jingkai.casework.clock.data import EntryKind, State, Unit
from jingkai.casework.clock.models import Clock, LedgerEntry
from jingkai.kernel.calendar.api import Calendar, CalendarYearMissing
from jingkai.kernel.hooks.api import local
from jingkai.kernel.parties.api import mask_name
from jingkai.kernel.rules.api import cited
from jingkai.ui.data import ClockBar, Column, Fact, Light, Row, Span, Table
from jingkai.ui.words import day

ONE_DAY = timedelta(days=1)


def clock_bars(
    rows: Sequence[CaseClock], holders: Mapping[str, str], *, at: datetime, calendar: Calendar, url: str = ""
) -> list[ClockBar]:
    """Draw one bar for each clock of a case: `holders` names who works against it, by the clock's key."""
    return [
        _Axis(row.clock, at, calendar).bar(_label(row), holders.get(row.key, ""), f"{url}#clock-{row.pk}")
        for row in rows
    ]


def _label(row: CaseClock) -> str:
    return local(row, "label") or local(row.clock, "label")


class _Axis:
    """The time axis of one clock in its own unit, from day zero to the later of its due date and today."""

    def __init__(self, clock: Clock, at: datetime, calendar: Calendar) -> None:
        self.clock, self.at, self.calendar = clock, at, calendar
        self.today = clock.stopped_on or timezone.localdate(at)
        self.total = max(self._length(), self._position(self.today), 1)

    def bar(self, label: str, holder: str, url: str) -> ClockBar:
        """Draw it."""
        clock = self.clock
        worked_until = clock.suspended_since - ONE_DAY if clock.suspended_since else self.today
        spans = [(span.first, min(span.last, self.today)) for span in clock.excluded_spans]
        if clock.suspended_since:
            spans.append((clock.suspended_since, self.today))
        promised = clock.promised_due_on
        return ClockBar(
            label=label,
            light=self._light(holder),
            used_percent=self._percent(worked_until),
            promised_percent=self._percent(promised) if promised else None,
            held=[self._span(first, last) for first, last in spans if first <= last],
            detail=usage_words(clock, self.at, self.calendar),
            url=url,
        )

    def _light(self, holder: str) -> Light:
        clock = self.clock
        if clock.state == State.STOPPED:
            used = ngettext("%(n)d day used", "%(n)d days used", clock.used_days or 0)
            text = _("Done · %(used)s") % {"used": used % {"n": clock.used_days or 0}}
            return Light("ok" if clock.on_time else "late", text)
        light = light_of(clock, self.at, self.calendar)
        if holder and clock.state == State.RUNNING:
            return Light(light.tone, f"{holder} · {light.text}")
        return light

    def _length(self) -> int:
        """The whole axis: until the due date, and for a clock on hold what the hold adds to it so far."""
        held = 0
        if self.clock.suspended_since:
            held = self._days(self.clock.suspended_since - ONE_DAY, self.today)
        ends = [self.clock.due_on, self.clock.promised_due_on or self.clock.due_on]
        return self._position(max(ends)) + max(held, 0)

    def _position(self, on: date) -> int:
        return max(self._days(self.clock.started_on, on), 0)

    def _percent(self, on: date) -> float:
        return self._position(on) * 100 / self.total

    def _span(self, first: date, last: date) -> Span:
        return Span(self._percent(first - ONE_DAY), self._percent(last))

    def _days(self, start: date, end: date) -> int:
        """Count in the limit's unit; where a calendar year is missing, natural days keep the proportions."""
        if self.clock.limit["unit"] == Unit.WORKING:
            try:
                return self.calendar.working_days_between(start, end)
            except CalendarYearMissing:
                pass
        return (end - start).days


def usage_words(clock: Clock, at: datetime, calendar: Calendar) -> str:
    """Say how many days are used, promised, allowed and left out."""
    try:
        used = usage(clock, at, calendar)
    except CalendarYearMissing as missing:
        return str(missing.sentence)
    parts = [_("used %(n)s") % {"n": used.used}]
    if used.promised is not None:
        parts.append(_("promised %(n)s") % {"n": used.promised})
    parts.append(_("statutory %(n)s") % {"n": used.statutory})
    if used.suspended:
        parts.append(_("not counted %(n)s") % {"n": used.suspended})
    return _("%(figures)s (%(unit)s)") % {"figures": _(", ").join(parts), "unit": unit_name(used.unit)}


def clocks_note(clock: Clock | None, at: datetime, calendar: Calendar) -> str:
    """Explain the bars under them: the promise's red line, the law, the days, and what is not counted."""
    if clock is None:
        return ""
    limit = clock.limit_value
    parts = [_("The red line is the promised limit.") if clock.promised_due_on else ""]
    law = cited(limit.source, limit.article)
    words = usage_words(clock, at, calendar)
    parts.append(_("%(clock)s: %(words)s.") % {"clock": local(clock, "label"), "words": words})
    if law:
        parts.append(_("Basis: %(law)s.") % {"law": law})
    return " ".join(part for part in parts if part)


def why_words(clock: Clock) -> str:
    """Answer "why is it still running?" or "why does it stand still?" in one or two sentences."""
    if clock.state == State.STOPPED:
        return _("It ended on %(day)s.") % {"day": day(clock.stopped_on)}
    if clock.state == State.SUSPENDED:
        words = _("It has stood still since %(day)s: %(reason)s. These days are not counted.")
        return words % {"day": day(clock.suspended_since), "reason": reason_name(clock)}
    reasons = [local(item, "name") or item.reason for item in clock.limit_value.exclusions]
    if not reasons:
        return _("It runs. The law knows no reason for which this limit stands still.")
    words = _("It runs. Only this makes it stand still: %(reasons)s. A question to the applicant does not.")
    return words % {"reasons": _(", ").join(reasons)}


def clock_facts(row: CaseClock, at: datetime, calendar: Calendar) -> list[Fact]:
    """Draw what a clock stands on: the limit, its article, day zero, due dates."""
    clock = row.clock
    limit = clock.limit_value
    promised = limit_words(limit.promised, limit.unit) if limit.promised is not None else None
    return [
        Fact(_("Day zero (not counted)"), clock.started_on),
        Fact(pgettext("case", "Due"), clock.due_on),
        Fact(_("Promised until"), clock.promised_due_on),
        Fact(_("Statutory limit"), limit_words(limit.amount + clock.extended_days, limit.unit)),
        Fact(_("Promised limit"), promised),
        Fact(_("Days so far"), usage_words(clock, at, calendar)),
        Fact(_("Basis in law"), f"{local(limit, 'name')} · {cited(limit.source, limit.article)}", wide=True),
    ]


def ledger_table(row: CaseClock, entries: Sequence[LedgerEntry]) -> Table:
    """Draw a clock's ledger: each act with its day, its basis, and how the due date moved."""
    columns = [
        Column(_("Day"), "date"),
        Column(_("Act")),
        Column(_("Reason and basis"), "title"),
        Column(_("Days"), "number"),
        Column(_("Due before"), "date"),
        Column(_("Due after"), "date"),
        Column(_("Entered by")),
    ]
    caption = _("Ledger of %(clock)s") % {"clock": _label(row)}
    return Table(caption, columns, [_ledger_row(row.clock, entry) for entry in entries])


def _ledger_row(clock: Clock, entry: LedgerEntry) -> Row:
    note = "" if entry.kind == EntryKind.STOP else entry.note
    text = " · ".join(part for part in (ledger_reason(clock, entry), cited(entry.basis), note) if part)
    dates = (entry.due_before, entry.due_after)
    return Row(
        [entry.on, ledger_act(entry), text, entry.days or None, *dates, entered_by(entry)],
        muted=entry.kind == EntryKind.REPROJECT,
    )


def entered_by(entry: LedgerEntry) -> str:
    """Name who entered an act: an officer by name, an applicant's person by the first character only."""
    if entry.by is None:
        return _("The system")
    return local(entry.by, "name") if getattr(entry, "by_officer", False) else mask_name(entry.by.name)


def ledger_act(entry: LedgerEntry) -> str:
    """Name an act of the ledger."""
    return str(entry.get_kind_display())


def ledger_reason(clock: Clock, entry: LedgerEntry) -> str:
    """Name the reason of a hold, if the entry has one."""
    if not entry.reason_code:
        return ""
    exclusion = clock.limit_value.exclusion(entry.reason_code)
    return local(exclusion, "name") if exclusion and exclusion.name else entry.reason_code
