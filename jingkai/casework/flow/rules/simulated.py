"""What a simulation moves about: places, cases, worked days, tallies, and the names of pools."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from jingkai.casework.flow.data import Decision, Node, Performer, PerformerKind
from jingkai.casework.flow.data.decisions import Between, Compare, Unary
from jingkai.kernel.calendar.api import Calendar

LONGEST_DAYS = 30 * 366
HEADS = "heads"
"""The pool of the heads of units, whoever starts a case."""
OTHERS = "others"
"""The pool of whoever a variable or a party number names."""


class TooLong(ValueError):
    """The simulation does not come to an end: a loop is left too seldom for these shares."""


@dataclass(slots=True)
class Place:
    """One open place of one case."""

    case: SimulatedCase
    node: Node
    scope: str
    group: str = ""
    pool: str = ""
    came: datetime = datetime.min
    begun: datetime | None = None
    open: bool = True
    later: list[Place] = field(default_factory=list)


@dataclass(slots=True)
class SimulatedCase:
    """One case on its way: its values, open places, votes, and when it ended."""

    came: datetime
    values: dict[str, Any]
    places: list[Place] = field(default_factory=list)
    votes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    ended: datetime | None = None
    groups: int = 0


@dataclass(slots=True)
class Tally:
    """Working days added up for one node or pool."""

    visits: int = 0
    queue: float = 0.0
    work: float = 0.0
    suspended: float = 0.0


class WorkedDays:
    """The working days of a run: those of the calendar, and Monday to Friday beyond the loaded years."""

    def __init__(self, calendar: Calendar, start: date) -> None:
        every = (start + timedelta(days=number) for number in range(LONGEST_DAYS))
        self.days = [day for day in every if self._is_worked(calendar, day)]
        self.places = {day: place for place, day in enumerate(self.days)}

    @staticmethod
    def _is_worked(calendar: Calendar, day: date) -> bool:
        return calendar.is_working(day) if calendar.covers(day.year) else day.weekday() < 5

    def is_working(self, day: date) -> bool:
        """Say whether a day is worked."""
        return day in self.places

    def after(self, day: date, number: int = 1) -> date:
        """Give the n-th working day after a day."""
        place = bisect_right(self.days, day) + number - 1
        if place >= len(self.days):
            raise TooLong
        return self.days[place]

    def between(self, begin: date, end: date) -> int:
        """Count the working days after the first up to the second day."""
        return bisect_right(self.days, end) - bisect_right(self.days, begin)


def pool_of(performer: Performer) -> str:
    """Name the pool that does a performer's work, as the staff file writes it."""
    match performer.kind:
        case PerformerKind.UNIT:
            return performer.value
        case PerformerKind.ROLE:
            return f"role:{performer.value}" + (f"@{performer.unit}" if performer.unit else "")
        case PerformerKind.APPLICANT | PerformerKind.STARTER:
            return performer.kind.value
        case PerformerKind.HEAD:
            return HEADS
    return OTHERS


def chosen(value: Any, random: Random) -> Any:
    """Give a fixed value, one of a list, or one of an object by its weights."""
    if isinstance(value, list):
        return random.choice(value)  # nosec B311 - lots of a simulation
    if isinstance(value, Mapping):
        shares = [float(share) for share in value.values()]
        return _from_key(random.choices(list(value), shares)[0])  # nosec B311 - lots of a simulation
    return value


def _from_key(text: str) -> Any:
    """Read a number, true or false written as the name in an object; everything else is text."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, bool | int | float) else text


def facts_asked(table: Decision) -> dict[str, list[Any]]:
    """Give for each input of a table values that meet its cells from both sides; in a fixed order."""
    return {
        column.name: _candidates(column.type, [rule.tests[place] for rule in table.rules])
        for place, column in enumerate(table.inputs)
    }


def _candidates(kind: str, cells: Sequence[Unary]) -> list[Any]:
    found: set[Any] = {True, False} if kind == "boolean" else set()
    for cell in cells:
        for test in cell.tests:
            found |= _around(test)
    return sorted(found, key=repr)


def _around(test: Compare | Between) -> set[Any]:
    """Values at a cell's literals, beside its numbers and days, and between the ends of a range."""
    ends = [test.literal] if isinstance(test, Compare) else [test.low, test.high]
    found: set[Any] = set()
    for end in ends:
        if isinstance(end, date):
            found |= {(end + timedelta(days=step)).isoformat() for step in (-1, 0, 1)}
        elif isinstance(end, int | float) and not isinstance(end, bool):
            found |= {end - 1, end, end + 1}
        elif end is not None:
            found.add(end)
    if isinstance(test, Between) and isinstance(test.low, int | float) and isinstance(test.high, int | float):
        found.add((test.low + test.high) / 2)
    return found
