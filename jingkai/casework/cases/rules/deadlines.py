"""Which due date a case and its tasks show, out of the clocks that run for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from jingkai.casework.clock.data import State


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock of a case, as far as lists and lights need it."""

    key: str
    state: str
    due_at: datetime
    yellow_at: datetime


@dataclass(frozen=True, slots=True)
class Deadline:
    """What rows repeat of a clock; all empty when none runs."""

    due_at: datetime | None = None
    yellow_at: datetime | None = None
    suspended: bool = False


NONE = Deadline()


def current_clocks(lines: Iterable[ClockLine]) -> dict[str, ClockLine]:
    """Return the newest clock of every key; `lines` come in the order of attachment."""
    return {line.key: line for line in lines}


def deadline_of_case(clocks: Mapping[str, ClockLine]) -> Deadline:
    """Return the nearest due date that runs; when every clock stands still, the nearest of those."""
    alive = [clock for clock in clocks.values() if clock.state != State.STOPPED]
    running = [clock for clock in alive if clock.state == State.RUNNING]
    nearest = min(running or alive, key=lambda clock: clock.due_at, default=None)
    return NONE if nearest is None else _shown(nearest)


def deadline_of_task(clocks: Mapping[str, ClockLine], key: str) -> Deadline:
    """Return the due date of a task's own clock; a stopped clock presses nobody."""
    clock = clocks.get(key)
    return NONE if clock is None or clock.state == State.STOPPED else _shown(clock)


def _shown(clock: ClockLine) -> Deadline:
    return Deadline(clock.due_at, clock.yellow_at, clock.state == State.SUSPENDED)
