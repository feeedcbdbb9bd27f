"""What background work looks like from outside. Standard library only."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, TypeVar
from uuid import UUID

E = TypeVar("E")

JobState = Literal["todo", "doing", "succeeded", "failed", "cancelled", "aborted"]
"""Waiting or to be retried; running; done; given up; cancelled by a person; stopped while running."""

JOB_STATES: tuple[JobState, ...] = ("todo", "doing", "succeeded", "failed", "cancelled", "aborted")


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often failed work is tried, and how many seconds apart: `first`, then `factor` times longer."""

    attempts: int = 6
    first: int = 10
    factor: int = 4
    longest: int = 6 * 3600

    def wait_after(self, attempts: int) -> int | None:
        """Give the seconds to wait after so many earlier attempts, or None to give up."""
        if attempts + 1 >= self.attempts:
            return None
        return int(min(self.first * self.factor**attempts, self.longest))


@dataclass(frozen=True, slots=True)
class AdminAct:
    """What an administrator did to a job, for the trail."""

    action: Literal["job.retried", "job.cancelled", "jobs.retried"]
    job_id: int | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs an administrator looks at; an empty field means all.

    Without `routine`, work of the kinds `by_clock` that ended well is left out, unless its kind is asked for.
    """

    state: str = ""
    queue: str = ""
    task: str = ""
    routine: bool = True
    by_clock: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as the administrator sees it; `arguments` is JSON, `error` the last one."""

    id: int
    name: str
    queue: str
    state: str
    attempts: int
    due_at: datetime | None
    arguments: str
    changed_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class JobPage:
    """One page of jobs, newest first."""

    rows: tuple[JobRow, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """One failed try of a job."""

    number: int
    at: datetime
    error: str
    trace: str


def to_wire(event: Any) -> dict[str, Any]:
    """Write an event's fields as JSON values; only ids, texts, numbers, days and moments may travel."""
    return {field.name: plain(getattr(event, field.name)) for field in fields(event)}


def plain(value: Any) -> Any:
    """Write one value as JSON can hold it."""
    match value:
        case None | bool() | int() | str():
            return value.value if isinstance(value, Enum) else value
        case Enum():
            return plain(value.value)
        case UUID() | Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case tuple() | list() | frozenset():
            return [plain(item) for item in value]
    raise TypeError(f"an event carries ids and plain facts, not {type(value).__name__}")


def from_wire(kind: type[E], wire: Mapping[str, Any]) -> E:
    """Read an event back from its JSON values, each by the type of its field."""
    hints = typing.get_type_hints(kind)
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: _typed(hints[name], value) for name, value in wire.items() if name in known})


_READERS: dict[Any, Callable[[str], Any]] = {
    UUID: UUID,
    Decimal: Decimal,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


def _typed(hint: Any, value: Any) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        return _typed(next(arg for arg in args if arg is not type(None)), value)
    if origin in (tuple, list, frozenset):
        return origin(_typed(args[0], item) for item in value)
    if hint in _READERS:
        return _READERS[hint](value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return value
