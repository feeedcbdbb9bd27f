"""The network of a package as arithmetic: circles, the longest path, who can begin. No table is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Leg:
    """One item of a network: how many working days it takes, and which items must be through before it."""

    key: str
    days: int
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schedule:
    """When each leg begins and ends, in working days from the beginning, and how long it all takes.

    `critical` are the legs on a longest path: a day more on any of them is a day more for the whole.
    `levels` say how many legs at most lie before one.
    """

    starts: Mapping[str, int]
    ends: Mapping[str, int]
    levels: Mapping[str, int]
    length: int
    critical: frozenset[str] = field(default_factory=frozenset)

    def is_critical(self, before: str, after: str) -> bool:
        """True where the way from one leg to the next lies on a longest path."""
        return {before, after} <= self.critical and self.ends[before] == self.starts[after]


def find_circle(after: Mapping[str, Sequence[str]]) -> list[str]:
    """Give the keys of one circle in its order, the first again at the end; empty where there is none."""
    done: set[str] = set()
    for key in after:
        circle = _walk(key, after, [], done)
        if circle:
            return circle
    return []


def _walk(key: str, after: Mapping[str, Sequence[str]], path: list[str], done: set[str]) -> list[str]:
    if key in path:
        return [*reversed([*path[path.index(key) :], key])]
    if key in done:
        return []
    for before in after.get(key, ()):
        circle = _walk(before, after, [*path, key], done)
        if circle:
            return circle
    done.add(key)
    return []


def plan(legs: Sequence[Leg]) -> Schedule:
    """Lay the legs out as early as they can begin, and find the longest path.

    What stands in a circle, or after something unknown, cannot be planned: ask `find_circle` first.
    """
    known = {leg.key: leg for leg in legs}
    starts: dict[str, int] = {}
    levels: dict[str, int] = {}
    for leg in in_order(legs):
        before = [one for one in leg.after if one in known]
        starts[leg.key] = max((starts[one] + known[one].days for one in before), default=0)
        levels[leg.key] = max((levels[one] + 1 for one in before), default=0)
    ends = {key: starts[key] + known[key].days for key in starts}
    length = max(ends.values(), default=0)
    return Schedule(starts, ends, levels, length, _critical(known, starts, ends, length))


def in_order(legs: Sequence[Leg]) -> list[Leg]:
    """Give the legs so that each stands behind those that it waits for."""
    known = {leg.key: leg for leg in legs}
    ordered: dict[str, Leg] = {}

    def place(leg: Leg) -> None:
        for before in leg.after:
            if before in known and before not in ordered:
                place(known[before])
        ordered.setdefault(leg.key, leg)

    if find_circle({leg.key: leg.after for leg in legs}):
        raise ValueError("a network with a circle cannot be put in order")
    for leg in legs:
        place(leg)
    return list(ordered.values())


def _critical(
    known: Mapping[str, Leg], starts: Mapping[str, int], ends: Mapping[str, int], length: int
) -> frozenset[str]:
    waiting = [key for key, end in ends.items() if end == length]
    critical: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key not in critical:
            critical.add(key)
            waiting += [one for one in known[key].after if one in ends and ends[one] == starts[key]]
    return frozenset(critical)
