"""The arithmetic of working days: 行政许可法 82, with the make-up days (调休) of the yearly notice.

Nothing here touches the database. A `Calendar` knows only the years that were loaded; every question that
needs another year is answered by `CalendarYearMissing`, never by a guess.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import lazy
from django.utils.translation import gettext as say
from django.utils.translation import gettext_noop

from jingkai.kernel.calendar.data import ONE_DAY, DaySpan, is_weekend, merge_spans
from jingkai.kernel.hooks.data import PersonFacingError

MISSING = gettext_noop("The working-day calendar of %(year)s is not loaded, so this date cannot be computed.")
MISSING_ADVICE = gettext_noop(
    "Ask the system administrator to load %(year)s under System › Working-day calendar, from the State "
    "Council's holiday notice for that year; then do this again."
)


class CalendarYearMissing(PersonFacingError):
    """A date beyond the loaded calendar was needed; nothing was computed and nothing was changed.

    Its words are read when they are shown, so that the arithmetic also works where no language is loaded.
    """

    def __init__(self, year: int) -> None:
        Exception.__init__(self, year)
        self.year, self.facts = year, {"year": year}
        self.sentence, self.advice = _later(MISSING, year), _later(MISSING_ADVICE, year)


def _in_words(text: str, year: int) -> str:
    return say(text) % {"year": year}


_later = lazy(_in_words, str)


@dataclass(frozen=True, eq=False)
class Calendar:
    """The working days of the loaded years, frozen: the same question always has the same answer.

    Built by `Calendar.of`; `fingerprint` names its content, so a computed date can say which calendar it
    came from.
    """

    years: frozenset[int]
    fingerprint: str
    source: str
    _working: tuple[date, ...]

    @classmethod
    def of(cls, years: Mapping[int, Mapping[date, bool]], *, source: str = "") -> Calendar:
        """Build a calendar from each year's changed days: `{2026: {date(2026, 2, 14): True, …}}`."""
        working = tuple(
            day
            for year in sorted(years)
            for day in _days_of(year)
            if years[year].get(day, not is_weekend(day))
        )
        prints = {year: fingerprint_of(year, years[year]) for year in years}
        return cls(frozenset(years), fingerprint_of_all(prints), source, working)

    def covers(self, year: int) -> bool:
        """Tell whether the year is loaded."""
        return year in self.years

    def is_working(self, day: date) -> bool:
        """Tell whether the day is worked; a year that is not loaded raises."""
        self._need(day.year, day.year)
        at = bisect_left(self._working, day)
        return at < len(self._working) and self._working[at] == day

    def next_working_day(self, day: date) -> date:
        """Give the first working day after the given one."""
        return self._nth_after(day, 1)

    def working_day_from(self, day: date) -> date:
        """Give the day itself when it is worked, else the next working day (民法典 203)."""
        return self._nth_after(day - ONE_DAY, 1)

    def add_working_days(self, start: date, days: int, excluded: Iterable[DaySpan] = ()) -> date:
        """Give the day on which a limit of so many working days ends, counted from the day after `start`.

        Day zero does not count; days inside `excluded` do not count (行政许可法 45, 82). Zero days end on
        the first countable day from `start` on.
        """
        if days < 0:
            raise ValueError("a limit cannot be negative")
        if days == 0:
            start, days = start - ONE_DAY, 1
        spans = merge_spans(excluded)
        due = self._nth_after(start, days)
        while spans:
            skipped = sum(self._overlap(span, start, due) for span in spans)
            later = self._nth_after(start, days + skipped)
            if later == due:
                break
            due = later
        return due

    def working_days_between(self, start: date, end: date, excluded: Iterable[DaySpan] = ()) -> int:
        """Count the working days after `start` up to and including `end`; negative when `end` comes first.

        It undoes `add_working_days`: the days between a start and its due date are the limit.
        """
        if end < start:
            return -self.working_days_between(end, start, excluded)
        if end == start:
            return 0
        skipped = sum(self._overlap(span, start, end) for span in merge_spans(excluded))
        return self._count(start + ONE_DAY, end) - skipped

    def count_working_days(self, span: DaySpan) -> int:
        """Count the working days of a span, both ends included."""
        return self._count(span.first, span.last)

    def count_year(self, year: int) -> int:
        """Count the working days of a year."""
        return self._count(date(year, 1, 1), date(year, 12, 31))

    def add_natural_days(
        self, start: date, days: int, excluded: Iterable[DaySpan] = (), *, roll: bool = True
    ) -> date:
        """Give the day on which a limit of natural days ends; a last day off moves to the next working day.

        民法典 203: when the last day is a legal day off, the day after the days off is the last one.
        """
        if days < 0:
            raise ValueError("a limit cannot be negative")
        spans = merge_spans(excluded)
        due = start + timedelta(days=days)
        while spans:
            skipped = sum(natural_days_within(span, start, due) for span in spans)
            later = start + timedelta(days=days + skipped)
            if later == due:
                break
            due = later
        return self.working_day_from(due) if roll else due

    def _nth_after(self, day: date, n: int) -> date:
        """Give the n-th working day after a day, with every year on the way loaded."""
        first_year = (day + ONE_DAY).year
        at = bisect_right(self._working, day) + n - 1
        if at >= len(self._working):
            raise CalendarYearMissing(self._first_missing(first_year))
        self._need(first_year, self._working[at].year)
        return self._working[at]

    def _overlap(self, span: DaySpan, start: date, end: date) -> int:
        """Count the working days of a span that lie after `start` and not after `end`."""
        first, last = max(span.first, start + ONE_DAY), min(span.last, end)
        return self._count(first, last) if first <= last else 0

    def _count(self, first: date, last: date) -> int:
        self._need(first.year, last.year)
        return bisect_right(self._working, last) - bisect_left(self._working, first)

    def _need(self, first_year: int, last_year: int) -> None:
        missing = self._first_missing(first_year)
        if missing <= last_year:
            raise CalendarYearMissing(missing)

    def _first_missing(self, year: int) -> int:
        while year in self.years:
            year += 1
        return year


def natural_days_within(span: DaySpan, start: date, end: date) -> int:
    """Count the days of a span that lie after `start` and not after `end`."""
    first, last = max(span.first, start + ONE_DAY), min(span.last, end)
    return (last - first).days + 1 if first <= last else 0


def fingerprint_of(year: int, days: Mapping[date, bool]) -> str:
    """Name a year's working days by a digest: two years with the same digest compute the same dates."""
    changed = sorted(day for day, working in days.items() if working == is_weekend(day))
    text = f"{year}:" + ",".join(day.isoformat() for day in changed)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def fingerprint_of_all(prints: Mapping[int, str]) -> str:
    """Name a whole calendar by the digests of its years."""
    text = ";".join(f"{year}={prints[year]}" for year in sorted(prints))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _days_of(year: int) -> Iterable[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
