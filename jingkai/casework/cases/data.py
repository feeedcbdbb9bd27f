"""What cases, tasks and lists look like from outside. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

FAR = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for "no due date" where rows are sorted by it: such rows come last."""

MANY = 99
"""Counts shown beside a list stop here and read "99+"."""


class CaseState(StrEnum):
    """Where a case stands as a whole."""

    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    VOID = "void"


class TaskState(StrEnum):
    """Where one piece of work stands; nothing is ever deleted."""

    OPEN = "open"
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskKind(StrEnum):
    """Whether a row is somebody's work, or the place where a case waits without a person."""

    WORK = "work"
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    CASE = "case"
    END = "end"


class Added(StrEnum):
    """Where a further signer stands to the task beside which he was asked (前加签, 并加签, 后加签)."""

    BEFORE = "before"
    BESIDE = "beside"
    AFTER = "after"


class Light(StrEnum):
    """The status light of a case or task, as a list filters by it."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    SUSPENDED = "suspended"


class CaseSort(StrEnum):
    """The orders that a list of cases offers; each has its covering index."""

    UPDATED = "updated"
    DUE = "due"
    OPENED = "opened"


class TaskSort(StrEnum):
    """The orders that a list of tasks offers."""

    DUE = "due"
    OPENED = "opened"


SENT_BACK = "send_back"
"""The outcome of a task that ended by sending the case back."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the sort value and the id of its last row. Both are compared."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).strftime('%Y%m%dT%H%M%S%f')}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Read a cursor from an address; anything malformed means the first page."""
        moment, _, number = text.partition("-")
        try:
            return cls(datetime.strptime(moment, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC), int(number))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class CaseFilters:
    """What a list of cases may be narrowed by; empty fields do not narrow."""

    kind: str = ""
    state: str = ""
    light: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class TaskFilters:
    """What a list of tasks may be narrowed by; empty fields do not narrow."""

    kind: str = ""
    light: str = ""
    text: str = ""
    node: str = ""
    pools: tuple[int, ...] = ()


EVERY_CASE = CaseFilters()
EVERY_TASK = TaskFilters()


@dataclass(frozen=True, slots=True)
class Count:
    """A bounded count: exact up to `MANY`, else "99+". Counting never scans a whole table."""

    number: int
    more: bool = False

    def __str__(self) -> str:
        return f"{self.number}+" if self.more else str(self.number)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a case in hand at one open task: the person, or the pool that nobody claimed from yet."""

    task_id: int
    name: str
    name_en: str
    unit: str
    unit_en: str
    since: datetime
    node: str
    node_name: str
    node_name_en: str
    clock: str
    claimed: bool


@dataclass(frozen=True, slots=True)
class DoneTask:
    """One finished step of a case, with who did it and what was written."""

    task_id: int
    node_id: str
    name: str
    name_en: str
    branch: str
    outcome: str
    outcome_name: str
    outcome_name_en: str
    person: str
    on_behalf_of: str
    unit: str
    unit_en: str
    at: datetime
    text: str
    person_en: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """What the picture of a flow marks: the nodes where the case is, and those it has passed."""

    current: tuple[str, ...]
    done: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SendBackTarget:
    """An earlier node to which a task may be sent back, with who held it last."""

    node: str
    name: str
    name_en: str
    holder: str


@dataclass(frozen=True, slots=True)
class FateMove:
    """Where one open place of a case would stand in another version; empty where there is no such place."""

    task_id: int
    from_node: str
    to_node: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What would become of a running case in another version; `reasons` say why it must stay.

    `timers` say in words which timers begin there, and which come to an end; `due_at` is kept.
    """

    case_id: int
    uuid: str
    reference: str
    title: str
    moves: tuple[FateMove, ...]
    reasons: tuple[str, ...]
    timers: tuple[str, ...] = ()
    due_at: datetime | None = None
