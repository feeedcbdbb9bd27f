"""A case in memory with data, rounds of several people, sub-cases and events, moved by the routing alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jingkai.casework.flow.api import Move, Parked, advance
from jingkai.casework.flow.data import (
    BoundaryTimer,
    CallActivity,
    CatchEvent,
    EndEvent,
    Flow,
    Node,
    UserTask,
    decide,
)


def nothing(_node: Any, _values: Any) -> Mapping[str, Any]:
    """Drawings of this comparison have no step of the system."""
    raise AssertionError("no service task is drawn")


@dataclass
class Spot:
    """One open place: `left` people still have to answer, a sub-case is under way, or an event is awaited.

    `timers` are those at its boundary that have not gone off yet.
    """

    node: Node
    left: int = 1
    votes: list[str] = field(default_factory=list)
    child: Play | None = None
    timers: list[BoundaryTimer] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The tasks on which somebody can work here."""
        if self.child is not None:
            return [f"{self.node.id}/{name}" for name in self.child.nodes()]
        if isinstance(self.node, CatchEvent):
            return []
        several = self.node.several if isinstance(self.node, UserTask) else None
        return [self.node.id] * (1 if several and several.sequential else self.left)


@dataclass
class Play:
    """One case; `called` are the flows of its sub-cases by key."""

    flow: Flow
    called: Mapping[str, Flow] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    spots: list[Spot] = field(default_factory=list)
    ended: bool = False
    parked: Parked | None = None

    def start(self) -> Play:
        """Open the first tasks."""
        self._leave(self.flow.nodes[self.flow.start], "")
        return self

    def nodes(self) -> list[str]:
        """Name every task that is open, one for each person who has to answer."""
        return sorted(name for spot in self.spots for name in spot.names)

    def events(self) -> list[str]:
        """Name everything that may happen now: what is waited for, and the timers at boundaries."""
        waits = [spot.node.id for spot in self.spots if isinstance(spot.node, CatchEvent)]
        return sorted([*waits, *(timer.id for spot in self.spots for timer in spot.timers)])

    def happen(self, name: str) -> None:
        """Let what is waited for come, or a timer go off."""
        spot = next(
            spot for spot in self.spots if name in (spot.node.id, *(timer.id for timer in spot.timers))
        )
        timer = next((timer for timer in spot.timers if timer.id == name), None)
        if timer is None or timer.interrupting:
            self.spots.remove(spot)
        else:
            spot.timers.remove(timer)
        self._leave(timer or spot.node, "")

    def codes(self, name: str) -> tuple[str, ...]:
        """Give the outcomes that an open task may have."""
        task = self.flow.user_task(name)
        if task is not None:
            return task.outcome_codes
        child = next(spot.child for spot in self.spots if name in spot.names)
        assert child is not None
        return child.codes(_within(name))

    def complete(self, name: str, outcome: str) -> None:
        """Finish an open task, one person's part of it, or one of a sub-case."""
        spot = next(spot for spot in self.spots if name in spot.names)
        if spot.child is not None:
            spot.child.complete(_within(name), outcome)
            if spot.child.ended:
                self._close(spot, outcome)
            return
        spot.left -= 1
        spot.votes.append(outcome)
        several = spot.node.several if isinstance(spot.node, UserTask) else None
        if several is None:
            self._close(spot, outcome)
            return
        codes = spot.node.outcome_codes if isinstance(spot.node, UserTask) else ()
        result = decide(several, given=spot.votes, waiting=spot.left, declared=codes)
        if result is not None:
            self._close(spot, result)

    def _close(self, spot: Spot, outcome: str) -> None:
        self.spots.remove(spot)
        if keeper := getattr(spot.node, "outcome_as", ""):
            self.values[keeper] = outcome
        self._leave(spot.node, outcome)

    def _leave(self, node: Node, outcome: str) -> None:
        move = advance(
            self.flow,
            node,
            outcome=outcome,
            values=self.values,
            staying=[spot.node.scope for spot in self.spots],
            perform=nothing,
            parked=self.parked,
        )
        self._follow(move)

    def _follow(self, move: Move) -> None:
        if move.end is not None:
            assert not self.spots, "the end was reached while tasks were open"
            self.ended = True
        for node in move.opened:
            if isinstance(node, EndEvent):
                self.parked = Parked(node, move.outcome)
                continue
            spot = Spot(node, timers=list(self.flow.timers.get(node.id, ())))
            if isinstance(node, UserTask) and node.several:
                spot.left = len(node.several.performers)
            if isinstance(node, CallActivity):
                spot.child = Play(self.called[node.called], self.called).start()
            self.spots.append(spot)


def _within(name: str) -> str:
    return name.partition("/")[2]
