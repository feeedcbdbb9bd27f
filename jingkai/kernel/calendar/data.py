"""Days of law as plain values: spans of days and the days that a yearly holiday notice changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class DaySpan:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a span of days cannot end ({self.last}) before it begins ({self.first})")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def days(self) -> Iterator[date]:
        """Give every day of the span in order."""
        return (self.first + timedelta(days=n) for n in range(len(self)))


@dataclass(frozen=True, slots=True)
class NamedDay:
    """One day that a holiday notice speaks about: off, or worked although it is a weekend."""

    on: date
    working: bool
    name: str = ""
    name_en: str = ""


def to_rows(days: Iterable[NamedDay]) -> list[list[object]]:
    """Write named days as the plain rows that versions and drafts keep."""
    return [[day.on.isoformat(), day.working, day.name, day.name_en] for day in days]


def from_rows(rows: Iterable[list[Any]]) -> list[NamedDay]:
    """Read named days back from their rows."""
    return [NamedDay(date.fromisoformat(on), working, name, en) for on, working, name, en in rows]


@dataclass(frozen=True, slots=True)
class RowFault:
    """One line of an imported table that cannot be taken over, with the reason for a person."""

    line: int
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReadTable:
    """What was read from an imported table: the days, and every line that is wrong."""

    days: tuple[NamedDay, ...]
    faults: tuple[RowFault, ...]


@dataclass(frozen=True, slots=True)
class ReadNotice(ReadTable):
    """What was read from a pasted notice.

    `beside` are days of the year before or after that it arranges too; `amends` notices change single days
    of a year that is already arranged.
    """

    beside: tuple[NamedDay, ...] = ()
    source: str = ""
    amends: bool = False


def merge_spans(spans: Iterable[DaySpan]) -> tuple[DaySpan, ...]:
    """Unite spans: overlapping and touching ones become one, in order of their first day."""
    merged: list[DaySpan] = []
    for span in sorted(spans):
        if merged and span.first <= merged[-1].last + ONE_DAY:
            merged[-1] = DaySpan(merged[-1].first, max(merged[-1].last, span.last))
        else:
            merged.append(span)
    return tuple(merged)


def is_weekend(day: date) -> bool:
    """Tell whether the day is a Saturday or Sunday, before any notice is looked at."""
    return day.weekday() >= 5
