"""How a case moves: from one finished node to the next tasks, or to its end.

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
    EndEvent,
    ExclusiveGateway,
    Flow,
    Node,
    ParallelGateway,
    SequenceFlow,
    ServiceTask,
    UserTask,
    branches_of,
)

MOST_STEPS = 10_000
"""Silent steps in one move after which the flow counts as broken; lint makes this unreachable."""

Perform = Callable[[ServiceTask], Mapping[str, Any]]


class EngineFault(Exception):
    """The flow and the rows of a case contradict each other: a fault of the program, never of a person."""


@dataclass(slots=True)
class Move:
    """What one step leads to: nodes to open tasks at, and the end event if the case is through.

    `values` holds the case variables as actions may have changed them.
    """

    opened: list[UserTask] = field(default_factory=list)
    end: EndEvent | None = None
    outcome: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Walk:
    flow: Flow
    staying: tuple[str, ...]
    perform: Perform
    move: Move
    tokens: deque[tuple[Node, str]]
    arrived: dict[str, ParallelGateway] = field(default_factory=dict)


def advance(
    flow: Flow,
    node: Node,
    *,
    outcome: str,
    values: Mapping[str, Any],
    staying: Iterable[str] = (),
    perform: Perform,
) -> Move:
    """Leave `node`, which ended with `outcome`, and walk on to the next tasks or the end.

    `staying` are the scopes of the case's other open tasks.
    """
    targets = [flow.nodes[arrow.target] for arrow in node.outgoing]
    return _walk(flow, targets, outcome, values, tuple(staying), perform)


def enter(
    flow: Flow, node: Node, *, values: Mapping[str, Any], staying: Iterable[str] = (), perform: Perform
) -> Move:
    """Go straight to `node`, as when a case is sent back to it."""
    return _walk(flow, [node], "", values, tuple(staying), perform)


def _walk(
    flow: Flow,
    targets: Iterable[Node],
    outcome: str,
    values: Mapping[str, Any],
    staying: tuple[str, ...],
    perform: Perform,
) -> Move:
    tokens = deque((target, outcome) for target in targets)
    walk = _Walk(flow, staying, perform, Move(values=dict(values)), tokens)
    for _step in range(MOST_STEPS):
        if walk.tokens:
            _visit(walk, *walk.tokens.popleft())
        elif not _fire_one_join(walk):
            return walk.move
        if walk.move.end is not None and walk.move.end.terminates:
            walk.move.opened.clear()
            return walk.move
    raise EngineFault(f"the flow {flow.id} never comes to a task")


def _visit(walk: _Walk, node: Node, outcome: str) -> None:
    match node:
        case UserTask():
            walk.move.opened.append(node)
        case ServiceTask():
            walk.move.values.update(walk.perform(node))
            _follow(walk, node.outgoing, outcome)
        case ExclusiveGateway():
            _follow(walk, [_choose(node, {**walk.move.values, "outcome": outcome})], outcome)
        case ParallelGateway(forks=True):
            _follow(walk, node.outgoing, outcome)
        case ParallelGateway():
            walk.arrived[node.id] = node
        case EndEvent():
            walk.move.end, walk.move.outcome = node, node.outcome or outcome


def _follow(walk: _Walk, arrows: Iterable[SequenceFlow], outcome: str) -> None:
    walk.tokens.extend((walk.flow.nodes[arrow.target], outcome) for arrow in arrows)


def _choose(gateway: ExclusiveGateway, values: Mapping[str, Any]) -> SequenceFlow:
    for arrow in gateway.outgoing:
        if arrow.condition is not None and arrow.condition.holds(values):
            return arrow
    return gateway.default


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
