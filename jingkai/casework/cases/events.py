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
class TaskSkipped:
    """The system finished a task that fell on the very person who did the step before."""

    case_id: int
    task_id: int


@dataclass(frozen=True, slots=True)
class SignerAdded:
    """A further signer was asked beside a task; his own task is announced by `TaskOpened` when it opens."""

    case_id: int
    task_id: int
    beside_task_id: int


@dataclass(frozen=True, slots=True)
class TaskEntrusted:
    """A task went to somebody for an opinion."""

    case_id: int
    task_id: int
    to_party_id: int


@dataclass(frozen=True, slots=True)
class TaskReturned:
    """An entrusted task came back to its holder."""

    case_id: int
    task_id: int


@dataclass(frozen=True, slots=True)
class StepRecalled:
    """Somebody took back what he had finished; the task is announced by `TaskOpened`."""

    case_id: int
    task_id: int


@dataclass(frozen=True, slots=True)
class TaskUrged:
    """The holder of a task was asked to hurry."""

    case_id: int
    task_id: int


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer of a task did what it was set for; `act` is empty for a timer in the drawing."""

    case_id: int
    task_id: int
    act: str


@dataclass(frozen=True, slots=True)
class CaseCirculated:
    """A case was given to people to read."""

    case_id: int
    reading_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CaseResubmitted:
    """A withdrawn case was taken up again from its start."""

    case_id: int


@dataclass(frozen=True, slots=True)
class CaseMigrated:
    """A running case follows another version of its flow from now on."""

    case_id: int


@dataclass(frozen=True, slots=True)
class SubcaseEnded:
    """A sub-case came to its end, however: the task of the other case that waits for it may go on."""

    case_id: int
    parent_task_id: int


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
