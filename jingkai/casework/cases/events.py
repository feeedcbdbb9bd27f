"""What happened to cases, for whoever subscribes. Ids only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseStarted:
    """A case was opened; its first tasks are announced by `TaskOpened`."""

    case_id: int


@dataclass(frozen=True, slots=True)
class TaskOpened:
    """A task came to a person or a pool."""

    case_id: int
    task_id: int


@dataclass(frozen=True, slots=True)
class TaskClaimed:
    """A person took a task out of its pool."""

    case_id: int
    task_id: int


@dataclass(frozen=True, slots=True)
class TaskReleased:
    """A claimed task went back to its pool."""

    case_id: int
    task_id: int


@dataclass(frozen=True, slots=True)
class TaskCompleted:
    """A person finished a task with an outcome."""

    case_id: int
    task_id: int
    outcome: str


@dataclass(frozen=True, slots=True)
class TaskSentBack:
    """A person sent the case back to an earlier node; the task there is announced by `TaskOpened`."""

    case_id: int
    task_id: int
    to_node: str


@dataclass(frozen=True, slots=True)
class TaskTransferred:
    """A task went from one holder to another."""

    case_id: int
    task_id: int
    from_party_id: int | None
    to_party_id: int


@dataclass(frozen=True, slots=True)
class TaskCancelled:
    """A task was taken off the table because the case moved elsewhere; the history keeps it."""

    case_id: int
    task_id: int


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """A case reached its end."""

    case_id: int
    outcome: str


@dataclass(frozen=True, slots=True)
class CaseWithdrawn:
    """The applicant or the starter took the case back."""

    case_id: int


@dataclass(frozen=True, slots=True)
class CaseVoided:
    """A case was declared void, with a reason in the trail."""

    case_id: int
