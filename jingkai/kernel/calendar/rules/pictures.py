"""A year as twelve month pictures, for the editor."""

from __future__ import annotations

import calendar as weeks
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from jingkai.kernel.calendar.data import NamedDay, is_weekend

DayLook = Literal["work", "weekend", "off", "made_up"]
"""A plain working day, a plain weekend, a day off by notice, a weekend that is worked."""


@dataclass(frozen=True, slots=True)
class PicturedDay:
    """One cell of a month."""

    on: date
    look: DayLook
    name: str = ""
    name_en: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class PicturedMonth:
    """A month as weeks from Monday to Sunday; None where the week belongs to the month beside."""

    month: date
    weeks: tuple[tuple[PicturedDay | None, ...], ...]


def picture(
    year: int, days: Mapping[date, NamedDay], former: Mapping[date, NamedDay] | None = None
) -> tuple[PicturedMonth, ...]:
    """Draw a year; with `former`, days that would be worked otherwise than before are marked."""
    return tuple(_month(year, month, days, former) for month in range(1, 13))


def works(day: date, days: Mapping[date, NamedDay]) -> bool:
    """Tell whether a day is worked under the named days of its year."""
    return days[day].working if day in days else not is_weekend(day)


def _month(
    year: int, month: int, days: Mapping[date, NamedDay], former: Mapping[date, NamedDay] | None
) -> PicturedMonth:
    rows = weeks.Calendar(firstweekday=0).monthdatescalendar(year, month)
    cells = (tuple(_cell(on, days, former) if on.month == month else None for on in row) for row in rows)
    return PicturedMonth(date(year, month, 1), tuple(cells))


def _cell(on: date, days: Mapping[date, NamedDay], former: Mapping[date, NamedDay] | None) -> PicturedDay:
    named, working = days.get(on), works(on, days)
    look: DayLook
    if is_weekend(on):
        look = "made_up" if working else "off" if named and named.name else "weekend"
    else:
        look = "work" if working else "off"
    changed = former is not None and works(on, former) != working
    return PicturedDay(on, look, named.name if named else "", named.name_en if named else "", changed)
