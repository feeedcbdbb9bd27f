"""How a case moves: from one finished node to the next places, or to its end.

Pure: it reads a compiled flow, the scopes of the tasks that stay open, and the values for conditions; it
returns what is to be opened. Nothing of it is stored, so there is no engine memory that could disagree with
the rows. A join fires when no open task remains under its fork; since a flow is refused at publish time
unless every fork has its join and no path crosses between, this can neither fire early nor wait for ever.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jingkai.casework.flow.data import (
    CallActivity,
    CatchEvent,
    DecisionTask,
    EndEvent,
    ExclusiveGateway,
    Flow,
    InclusiveGateway,
    Node,
    ParallelGateway,
    SequenceFlow,
    ServiceTask,
    UserTask,
    branches_of,
)

MOST_STEPS = 10_000
"""Silent steps in one move after which the flow counts as broken; lint makes this unreachable."""

Perform = Callable[[ServiceTask | DecisionTask, Mapping[str, Any]], Mapping[str, Any]]
"""Does a step of the system: it is told the values as the way has left them, and gives what it changes."""


class EngineFault(Exception):
    """The flow and the rows of a case contradict each other: a fault of the program, never of a person."""


@dataclass(slots=True)
class Move:
    """What one step leads to: the places where the case stands next, or the end event if it is through.

    A place is a user task, an event that waits, a sub-case, or an end event: that one waits for the side
    paths which are still under way. `values` holds the case variables as actions may have changed them,
    `performed` the steps that the system did on the way.
    """

    opened: list[Node] = field(default_factory=list)
    end: EndEvent | None = None
    outcome: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    performed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Parked:
    """An end event that was reached while side paths were under way, and the outcome it brings."""

    end: EndEvent
    outcome: str


@dataclass(slots=True)
class _Walk:
    flow: Flow
    staying: tuple[str, ...]
    perform: Perform
    move: Move
    tokens: deque[tuple[Node, str]]
    parked: Parked | None = None
    arrived: dict[str, ParallelGateway] = field(default_factory=dict)
    reached: Parked | None = None


def advance(
    flow: Flow,
    node: Node,
    *,
    outcome: str,
    values: Mapping[str, Any],
    staying: Iterable[str] = (),
    perform: Perform,
    parked: Parked | None = None,
) -> Move:
    """Leave `node`, which ended with `outcome`, and walk on to the next places or the end.

    `staying` are the scopes of the case's other open places, without the end event that is `parked`.
    """
    targets = [flow.nodes[arrow.target] for arrow in node.outgoing]
    tokens = deque((target, outcome) for target in targets)
    return _walk(_Walk(flow, tuple(staying), perform, Move(values=dict(values)), tokens, parked))


def enter(
    flow: Flow,
    node: Node,
    *,
    values: Mapping[str, Any],
    staying: Iterable[str] = (),
    perform: Perform,
    parked: Parked | None = None,
) -> Move:
    """Go straight to `node`, as when a case is sent back to it."""
    tokens = deque([(node, "")])
    return _walk(_Walk(flow, tuple(staying), perform, Move(values=dict(values)), tokens, parked))


def _walk(walk: _Walk) -> Move:
    for _step in range(MOST_STEPS):
        if walk.tokens:
            _visit(walk, *walk.tokens.popleft())
        elif not _fire_one_join(walk):
            _come_to_an_end(walk)
            return walk.move
        if walk.move.end is not None and walk.move.end.terminates:
            walk.move.opened.clear()
            return walk.move
    raise EngineFault(f"the flow {walk.flow.id} never comes to a task")


def _visit(walk: _Walk, node: Node, outcome: str) -> None:
    match node:
        case UserTask() | CatchEvent() | CallActivity():
            walk.move.opened.append(node)
        case ServiceTask() | DecisionTask():
            walk.move.values.update(walk.perform(node, walk.move.values))
            walk.move.performed.append(node.id)
            _follow(walk, node.outgoing, outcome)
        case ExclusiveGateway():
            _follow(walk, [_choose(node, {**walk.move.values, "outcome": outcome})], outcome)
        case InclusiveGateway(forks=True):
            _follow(walk, _choose_some(node, {**walk.move.values, "outcome": outcome}), outcome)
        case ParallelGateway(forks=True):
            _follow(walk, node.outgoing, outcome)
        case ParallelGateway():
            walk.arrived[node.id] = node
        case EndEvent(terminates=True):
            walk.move.end, walk.move.outcome = node, node.outcome or outcome
        case EndEvent(scope=""):
            walk.reached = Parked(node, node.outcome or outcome)
        case EndEvent():
            _end_side(walk, node)


def _follow(walk: _Walk, arrows: Iterable[SequenceFlow], outcome: str) -> None:
    walk.tokens.extend((walk.flow.nodes[arrow.target], outcome) for arrow in arrows)


def _choose(gateway: ExclusiveGateway, values: Mapping[str, Any]) -> SequenceFlow:
    for arrow in gateway.outgoing:
        if arrow.condition is not None and arrow.condition.holds(values):
            return arrow
    return gateway.default


def _end_side(walk: _Walk, end: EndEvent) -> None:
    """A side path is over: joins of the forks around it, which may have waited for it alone, are asked again.

    Every branch of such a fork is open under it or has come to its join, so asking can never be too early.
    """
    for part in filter(None, end.scope.split("/")):
        join = walk.flow.nodes.get(walk.flow.forks.get(part.partition(":")[0], ""))
        if isinstance(join, ParallelGateway):
            walk.arrived[join.id] = join


def _choose_some(gateway: InclusiveGateway, values: Mapping[str, Any]) -> list[SequenceFlow]:
    """Give every arrow whose condition holds, else the default one."""
    fitting = [arrow for arrow in gateway.outgoing if arrow.condition and arrow.condition.holds(values)]
    return fitting or [gateway.default]


def _come_to_an_end(walk: _Walk) -> None:
    """Close the case when nothing is open any more; else an end event waits for the side paths."""
    last = walk.reached or walk.parked
    if last is None:
        return
    if not walk.staying and not walk.move.opened:
        walk.move.end, walk.move.outcome = last.end, last.outcome
    elif walk.reached:
        walk.move.opened.append(walk.reached.end)
        walk.move.outcome = walk.reached.outcome


def _fire_one_join(walk: _Walk) -> bool:
    """Let the innermost join pass under whose fork nothing is open; outer ones may then follow."""
    for join in sorted(walk.arrived.values(), key=lambda join: -join.scope.count("/") - bool(join.scope)):
        under = branches_of(join.scope, join.partner)
        scopes = (*walk.staying, *(task.scope for task in walk.move.opened))
        if not any(scope.startswith(under) for scope in scopes):
            del walk.arrived[join.id]
            _follow(walk, join.outgoing, "")
            return True
    return False
