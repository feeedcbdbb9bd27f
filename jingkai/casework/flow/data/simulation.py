"""What a simulation is told (staff, arrivals) and what it finds (where the days go)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_CASES = 100_000
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|m)\Z")
_PER = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(day|week)\Z")


class BadPlan(ValueError):
    """The arrivals or the staff file cannot be read; the text says where."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How cases come: `a_day` on each working day at random, or one every `minutes` of office time."""

    a_day: float = 0.0
    minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is there and how long things take.

    `people` per pool (`fire`, `role:signer`, `role:officer@fire`), `hours` of work a day, `absent` the share
    of days on which a person is away, `work` minutes of work per node (`*`: every other), `waits` natural
    days for what nobody of the staff does, per node or `applicant`, `starter`, `message`, `case` …;
    `outcomes` the share of each outcome per node, `variables` fixed values, lists to choose from, or values
    with their weights.
    """

    people: Mapping[str, int] = field(default_factory=dict)
    hours: float = 7.0
    absent: float = 0.0
    work: Mapping[str, float] = field(default_factory=dict)
    waits: Mapping[str, float] = field(default_factory=dict)
    outcomes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeLine:
    """Where the days of one node went, on average per visit, in working days."""

    node: str
    name: str
    name_en: str
    visits: int
    queue: float
    work: float
    suspended: float
    open: int


@dataclass(frozen=True, slots=True)
class UnitLine:
    """What one pool of people did: visits, average queue, share of its time that was work."""

    unit: str
    people: int
    visits: int
    queue: float
    work: float
    busy: float


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """What a simulation found; days are working days."""

    cases: int
    finished: int
    mean: float
    median: float
    ninth: float
    queue: float
    work: float
    suspended: float
    nodes: tuple[NodeLine, ...]
    units: tuple[UnitLine, ...]


def parse_arrivals(text: str) -> Arrivals:
    """Read `8/day`, `20/week` (at random on working days), `every 30m` (office time) or `at once`."""
    text = text.strip()
    if text == "at once":
        return Arrivals()
    if found := _PER.match(text):
        a_day = float(found[1]) / (5 if found[2] == "week" else 1)
        if 0 < a_day <= 10_000:
            return Arrivals(a_day=a_day)
    minutes = _minutes(text.removeprefix("every ")) if text.startswith("every ") else None
    if minutes:
        return Arrivals(minutes=minutes)
    raise BadPlan(text)


def read_staff(text: str) -> Staff:
    """Read a staff file (JSON); raises `BadPlan` naming what is wrong."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BadPlan(str(error)) from error
    if not isinstance(found, dict):
        raise BadPlan("{…}")
    known = {"people", "hours", "absent", "work", "waits", "outcomes", "variables"}
    if unknown := set(found) - known:
        raise BadPlan(", ".join(sorted(unknown)))
    people = {str(pool): _whole(pool, number) for pool, number in _object(found, "people").items()}
    return Staff(
        people=people,
        hours=_number(found, "hours", 7.0, 0.5, 24),
        absent=_number(found, "absent", 0.0, 0, 0.9),
        work={node: _span(node, span, 60) for node, span in _object(found, "work").items()},
        waits={node: _span(node, span, 1440) / 1440 for node, span in _object(found, "waits").items()},
        outcomes={node: _shares(node, shares) for node, shares in _object(found, "outcomes").items()},
        variables={
            name: _shares(name, value) if isinstance(value, dict) else value
            for name, value in _object(found, "variables").items()
        },
    )


def _object(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = found.get(name, {})
    if not isinstance(value, dict):
        raise BadPlan(name)
    return value


def _number(found: Mapping[str, Any], name: str, usual: float, low: float, high: float) -> float:
    value = found.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadPlan(f"{name}: {value}")
    return float(value)


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 10_000:
        raise BadPlan(f"{name}: {value}")
    return value


def _span(name: str, value: Any, day: float) -> float:
    minutes = _minutes(value) if isinstance(value, str) else None
    if minutes is None:
        raise BadPlan(f"{name}: {value}")
    return minutes if day != 60 or not str(value).strip().endswith("d") else minutes / 1440 * 7 * 60


def _minutes(text: str) -> float | None:
    found = _SPAN.match(text.strip())
    return float(found[1]) * {"d": 1440, "h": 60, "m": 1}[found[2]] if found else None


def _shares(node: str, shares: Any) -> dict[str, float]:
    if not isinstance(shares, dict) or not shares:
        raise BadPlan(node)
    found = {str(code): float(share) for code, share in shares.items() if isinstance(share, int | float)}
    if len(found) < len(shares) or min(found.values()) < 0 or sum(found.values()) <= 0:
        raise BadPlan(node)
    return found
