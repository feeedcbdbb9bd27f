"""A compiled flow: nodes, sequence flows, matched forks and joins, what waits and what is asked of several.

Everything is frozen, so one compiled flow is shared by all cases and threads of a process.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from jingkai.casework.flow.data.conditions import Condition
from jingkai.casework.flow.data.delays import Delay


class VariableType(StrEnum):
    """The type of a declared case variable; conditions are checked against it at publish time."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    LIST = "list"


class PerformerKind(StrEnum):
    """Who a user task goes to."""

    UNIT = "unit"
    ROLE = "role"
    APPLICANT = "applicant"
    STARTER = "starter"
    HEAD = "head"
    VARIABLE = "variable"
    SAME = "same"
    PARTY = "party"


@dataclass(frozen=True, slots=True)
class Performer:
    """Who a user task goes to, as written in `jk:pool`.

    `value` is the unit code, the role code, the variable's name, the node whose last holder is meant, a party
    id, or of whom the head is meant (`starter`); `unit` narrows a role to the posts of one unit.
    """

    kind: PerformerKind
    value: str = ""
    unit: str = ""


class WaitKind(StrEnum):
    """What a place without a person waits for."""

    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    CASE = "case"
    END = "end"


class TimeoutAct(StrEnum):
    """What happens when a task has been open for too long."""

    REMIND = "remind"
    ESCALATE = "escalate"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Timeout:
    """What is done when a task is open for longer than `delay`; only a transfer names a `performer`."""

    delay: Delay
    act: TimeoutAct
    performer: Performer | None = None


@dataclass(frozen=True, slots=True)
class PassRule:
    """How many of several people must say yes: `number` of them, or else the share `of` (2, 3).

    With `early` the step ends as soon as the result cannot change any more.
    """

    number: int = 0
    of: tuple[int, int] = (1, 1)
    early: bool = True

    def needed(self, total: int) -> int:
        """Give how many of `total` people must say yes, at least one."""
        part, whole = self.of
        wanted = self.number or -(-total * part // whole)
        return max(1, min(total, wanted))


@dataclass(frozen=True, slots=True)
class Several:
    """A task that goes to several people, at once or one after the other (会签, 或签, 依次).

    Who: the performers that the list variable `variable` holds, or everybody who is a member of the units and
    roles in `performers` (`members`), or one task for each of `performers`. `passing` are the outcomes that
    count as yes; empty means every one.
    """

    performers: tuple[Performer, ...] = ()
    members: bool = False
    variable: str = ""
    sequential: bool = False
    rule: PassRule = PassRule()
    passing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which a person may finish a task, with its words in both languages."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class SequenceFlow:
    """An arrow between two nodes; only arrows out of exclusive and inclusive gateways carry a condition."""

    id: str
    source: str
    target: str
    name: str = ""
    name_en: str = ""
    condition: Condition | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place in the flow. `scope` is its fork scope (see `scopes`), known at compile time."""

    id: str
    name: str = ""
    name_en: str = ""
    scope: str = ""
    outgoing: tuple[SequenceFlow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEvent(Node):
    """Where a case begins; there is exactly one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEvent(Node):
    """Where a case closes, with `outcome` or else the outcome of the last task.

    A terminating end may stand inside a parallel part: it cancels what is still open in the case.
    """

    outcome: str = ""
    terminates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTask(Node):
    """Work for one person, or for whoever of a pool claims it first.

    `clock` names the limit that runs while the task's branch is worked on, `branch` the department's part
    of a parallel case, `form` the form shown, `send_back_to` the nodes offered first for sending back
    (empty: every node passed before), `binding` the outcomes that are formally issued, so that the matter
    never goes back to this step or behind it, `outcome_as` the variable that keeps the outcome for later
    conditions. `phone` marks a task that is fit for a phone-width screen, `batch` one that may be finished
    together with others, `skip_same` one that the system does when it falls on whoever did the step before.
    `several` sends it to several people, `timeouts` says what is done when it stays open for too long.
    `options` are further attributes.
    """

    performer: Performer = Performer(PerformerKind.STARTER)
    outcomes: tuple[Outcome, ...] = ()
    clock: str = ""
    branch: str = ""
    form: str = ""
    send_back_to: tuple[str, ...] = ()
    binding: tuple[str, ...] = ()
    outcome_as: str = ""
    phone: bool = False
    batch: bool = False
    skip_same: bool = False
    several: Several | None = None
    timeouts: tuple[Timeout, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def outcome_codes(self) -> tuple[str, ...]:
        """The codes that completing this task may give; empty when it declares none."""
        return tuple(outcome.code for outcome in self.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTask(Node):
    """A step done by the system: the registered action `action` runs inside the transaction."""

    action: str
    branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTask(Node):
    """A step decided by a published table: its outputs become case variables of the same names."""

    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchEvent(Node):
    """A place where the case waits for a moment, a message or a signal called `waits_for`.

    A moment stands still while the case's clock under the key `clock` does.
    """

    wait: WaitKind
    waits_for: str = ""
    delay: Delay | None = None
    clock: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallActivity(Node):
    """A place where the case waits for a case of another flow that it starts.

    The variables named in `gives` go into it, those in `takes` come back; `outcome_as` keeps its outcome.
    """

    called: str
    gives: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    outcome_as: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryTimer(Node):
    """A moment at which a task (or sub-case) `host` that is still open is left, or, when it does not
    interrupt, at which a side path begins beside it. `scope` is that of the host. It stands still while the
    case's clock under the key `clock` does; without one it is calendar time."""

    host: str
    delay: Delay
    interrupting: bool = True
    clock: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusiveGateway(Node):
    """Follows the first sequence flow whose condition holds, else the default one."""

    @property
    def default(self) -> SequenceFlow:
        """The flow taken when no condition holds; the only flow of a gateway that merely merges."""
        return next((flow for flow in self.outgoing if flow.is_default), self.outgoing[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelGateway(Node):
    """A fork or a join; `partner` is the id of the other one of the pair."""

    forks: bool
    partner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusiveGateway(ParallelGateway):
    """A fork that follows every sequence flow whose condition holds, else its default; or its join."""

    @property
    def default(self) -> SequenceFlow:
        """The flow taken when no condition holds."""
        return next((flow for flow in self.outgoing if flow.is_default), self.outgoing[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One compiled version of a flow.

    `nodes` keeps the order of the file. `variables` are the declared case variables, `forks` maps each
    fork to its join, `units` are the codes of all units that user tasks name, `timers` the timers at the
    boundary of each task, `sides` those of them that begin a side path. `resubmits` lets a withdrawn case be
    taken up again, `limit` is the key of the limit that runs for the whole matter.
    """

    id: str
    name: str
    name_en: str
    start: str
    nodes: Mapping[str, Node]
    variables: Mapping[str, VariableType]
    forks: Mapping[str, str]
    units: tuple[str, ...] = ()
    timers: Mapping[str, tuple[BoundaryTimer, ...]] = field(default_factory=dict)
    sides: frozenset[str] = frozenset()
    resubmits: bool = False
    limit: str = ""

    def user_tasks(self) -> Iterator[UserTask]:
        """Yield the user tasks in the order of the file."""
        return (node for node in self.nodes.values() if isinstance(node, UserTask))

    def reaches(self, begins: Iterable[str], target: str) -> bool:
        """Say whether arrows and timers at boundaries lead from one of these nodes to another one."""
        seen: set[str] = set()
        waiting = [name for name in begins if name in self.nodes]
        while waiting:
            name = waiting.pop()
            timers = self.timers.get(name, ())
            after = [arrow.target for node in (self.nodes[name], *timers) for arrow in node.outgoing]
            if target in after:
                return True
            fresh = set(after) - seen
            seen |= fresh
            waiting += fresh
        return False

    def user_task(self, node_id: str) -> UserTask | None:
        """Return a user task by its id, or nothing when the flow has none of that id."""
        node = self.nodes.get(node_id)
        return node if isinstance(node, UserTask) else None


@dataclass(frozen=True, slots=True)
class ActionCall:
    """What a registered action is told when the engine reaches its service task.

    `by` is the actor whose step led here (`kernel.permissions.data.Actor`); `variables` are the case's
    values at that moment.
    """

    case_id: int
    node: str
    branch: str
    by: Any
    at: datetime
    variables: Mapping[str, Any]
