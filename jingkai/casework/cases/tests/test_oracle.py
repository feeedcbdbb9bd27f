"""Generated flows against an independent token machine and against SpiffWorkflow, with random returns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jingkai.casework.cases.rules import scopes_to_leave
from jingkai.casework.cases.tests.drawings import (
    CALLED,
    CALLED_TEXT,
    blocks,
    draw,
    eventful_blocks,
    rich_blocks,
)
from jingkai.casework.cases.tests.oracle import Oracle
from jingkai.casework.cases.tests.playing import Play, nothing
from jingkai.casework.flow.api import Move, advance, compile_bpmn, enter, lint
from jingkai.casework.flow.data import (
    EndEvent,
    ExclusiveGateway,
    Flow,
    ParallelGateway,
    UserTask,
    inside,
)
from jingkai.casework.flow.testing import bpmn

MODULES = Path(__file__).resolve().parents[3] / "modules"
FLOWS = sorted(MODULES.glob("*/flows/*.bpmn"))
TEMPLATES = sorted(Path(__file__).resolve().parents[2].glob("*/flows/*.bpmn"))
ROUNDS = 60
"""Random steps before a run is brought to its end."""


@dataclass
class Run:
    """A case in memory: the open tasks of a flow, moved by the routing alone."""

    flow: Flow
    open: list[UserTask] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    ended: int = 0

    def start(self) -> None:
        self.take(
            advance(self.flow, self.flow.nodes[self.flow.start], outcome="", values={}, perform=nothing)
        )

    def take(self, move: Move) -> None:
        if move.end is not None:
            assert not self.open, "the end was reached while tasks were open"
            assert not move.opened
            self.ended += 1
        self.open += move.opened
        self.check()

    def check(self) -> None:
        names = [task.id for task in self.open]
        assert len(names) == len(set(names)), "a task is open twice"
        assert bool(names) != bool(self.ended), "a case is left without a task, or goes on after its end"
        assert self.ended <= 1
        for task in self.open:
            others = [other.scope for other in self.open if other is not task]
            assert task.scope not in others, "two tokens in one scope"
            assert not any(inside(other, task.scope) for other in others), "a token under another one"

    def complete(self, task: UserTask, outcome: str) -> None:
        self.open.remove(task)
        staying = [other.scope for other in self.open]
        self.done.append(task.id)
        self.take(advance(self.flow, task, outcome=outcome, values={}, staying=staying, perform=nothing))

    def back(self, task: UserTask, target: UserTask) -> bool:
        leave = scopes_to_leave(task.scope, target.scope)
        if leave is None or task.id == target.id:
            return False
        self.open = [other for other in self.open if other is not task and not inside(other.scope, leave)]
        staying = [other.scope for other in self.open]
        self.done.append(task.id)
        self.take(enter(self.flow, target, values={}, staying=staying, perform=nothing))
        return True

    def finish(self) -> None:
        """Go forward only: whatever happened before, the case must come to its end."""
        for _step in range(5000):
            if self.ended:
                return
            self.complete(self.open[0], "a")
        raise AssertionError("the case never ends")


@dataclass
class Tokens:
    """The oracle: the token game of BPMN itself, in which a join counts the arrows that were walked."""

    flow: Flow
    at_tasks: Counter = field(default_factory=Counter)
    at_joins: Counter = field(default_factory=Counter)
    ended: int = 0

    def walk(self, node_id: str, outcome: str) -> None:
        node = self.flow.nodes[node_id]
        if isinstance(node, UserTask):
            self.at_tasks[node.id] += 1
        elif isinstance(node, EndEvent):
            self.ended += 1
        elif isinstance(node, ParallelGateway) and not node.forks:
            self.at_joins[node.id] += 1
            if self.at_joins[node.id] == self.incoming(node.id):
                del self.at_joins[node.id]
                self.leave(node.id, "")
        else:
            self.leave(node.id, outcome)

    def incoming(self, node_id: str) -> int:
        return sum(arrow.target == node_id for node in self.flow.nodes.values() for arrow in node.outgoing)

    def leave(self, node_id: str, outcome: str) -> None:
        node = self.flow.nodes[node_id]
        if isinstance(node, ExclusiveGateway) and len(node.outgoing) > 1:
            fitting = [
                arrow
                for arrow in node.outgoing
                if arrow.condition and arrow.condition.holds({"outcome": outcome})
            ]
            self.walk((fitting or [node.default])[0].target, outcome)
        else:
            for arrow in node.outgoing:
                self.walk(arrow.target, outcome)

    def complete(self, node_id: str, outcome: str) -> None:
        self.at_tasks -= Counter([node_id])
        self.leave(node_id, outcome)


@given(blocks)
def test_generated_drawings_are_clean(block):
    assert lint(draw(block)) == []


@settings(max_examples=100, deadline=None)
@given(blocks, st.randoms(use_true_random=False))
def test_routing_plays_the_token_game(block, random):
    flow = compile_bpmn(draw(block))
    run, tokens = Run(flow), Tokens(flow)
    run.start()
    tokens.leave(flow.start, "")
    for _step in range(400):
        assert Counter(task.id for task in run.open) == +tokens.at_tasks
        assert run.ended == tokens.ended
        if run.ended:
            assert not +tokens.at_joins
            return
        task = random.choice(run.open)
        outcome = random.choice("aaabc")
        run.complete(task, outcome)
        tokens.complete(task.id, outcome)


@settings(max_examples=100, deadline=None)
@given(blocks, st.randoms(use_true_random=False))
def test_sending_back_at_random_loses_nothing(block, random):
    flow = compile_bpmn(draw(block))
    run = Run(flow)
    run.start()
    for _step in range(ROUNDS):
        if run.ended:
            return
        task = random.choice(run.open)
        if run.done and random.random() < 0.4:
            run.back(task, flow.user_task(random.choice(run.done)))
        else:
            run.complete(task, random.choice("abc"))
    run.finish()


@settings(max_examples=100, deadline=None)
@given(blocks, st.randoms(use_true_random=False))
def test_every_join_fires_once_for_its_fork(block, random):
    """Going forward without loops, every task behind a join opens exactly once."""
    flow = compile_bpmn(draw(block))
    run = Run(flow)
    run.start()
    while not run.ended:
        run.complete(random.choice(run.open), "a")
    assert max(Counter(run.done).values()) == 1


def test_a_branch_without_a_task_does_not_stop_the_join():
    flow = compile_bpmn(bpmn("p", "start > fork > join > z > end\nfork > a > join"))
    run = Run(flow)
    run.start()
    assert [task.id for task in run.open] == ["a"]
    run.complete(run.open[0], "x")
    assert [task.id for task in run.open] == ["z"]


def test_branches_without_any_task_pass_the_join_at_once():
    text = """
        start > a > fork > gate[outcome == 'x'] > b > gate_m > join > z > end
        gate[] > gate_m
        fork > gate2[outcome == 'x'] > c > gate_n > join
        gate2[] > gate_n
    """
    flow = compile_bpmn(bpmn("p", text))
    for outcome, expected in (("x", {"b", "c"}), ("y", {"z"})):
        run = Run(flow)
        run.start()
        run.complete(run.open[0], outcome)
        assert {task.id for task in run.open} == expected


def test_the_inner_join_passes_before_the_outer_one():
    flow = compile_bpmn(
        bpmn("p", "start > a > fork > fork2 > join2 > b > join > z > end\nfork2 > c > join2\nfork > join")
    )
    run = Run(flow)
    run.start()
    run.complete(run.open[0], "x")
    assert [task.id for task in run.open] == ["c"]
    run.complete(run.open[0], "x")
    assert [task.id for task in run.open] == ["b"]
    run.complete(run.open[0], "x")
    assert [task.id for task in run.open] == ["z"]


@pytest.mark.parametrize("depth", [1, 5, 30])
def test_deep_nesting(depth):
    block = ("task",)
    for _level in range(depth):
        block = ("par", (block, ("task",)))
    run = Run(compile_bpmn(draw(block)))
    run.start()
    run.complete(run.open[0], "a")
    assert len(run.open) == depth + 1
    run.finish()


def compare(drawing: bytes, random: Any, steps: int = 60, first: str = "") -> None:
    """Walk both at random until the end and compare what is open after every step."""
    flow = compile_bpmn(drawing)
    ours, theirs = Run(flow), Oracle(drawing, flow.id)
    ours.start()
    for _step in range(steps):
        assert sorted(task.id for task in ours.open) == theirs.nodes()
        assert bool(ours.ended) == theirs.workflow.completed
        if ours.ended:
            return
        task = random.choice(ours.open)
        outcome = first or random.choice(task.outcome_codes or ("done",))
        first = ""
        ours.complete(task, outcome)
        theirs.complete(task.id, outcome)


def without_loops_around_forks(block: Any, *, looping: bool = False) -> bool:
    """A join that is entered a second time is what SpiffWorkflow is known not to run right."""
    kind = block[0]
    if kind == "task":
        return True
    if kind == "par" and looping:
        return False
    parts = (block[1],) if kind == "loop" else block[1]
    return all(without_loops_around_forks(part, looping=looping or kind == "loop") for part in parts)


INCLUSIVE = """
    start > a > either1[outcome == 'b'] > c > c2 > meet1 > z > end
    either1[outcome in ('b', 'c')] > d > fork > f > join > meet1
    fork > g > join
    either1[] > e > meet1
    a: outcomes=a,b,c
"""


@pytest.mark.parametrize("first", ["a", "b", "c"])
def test_inclusive_gateways_run_as_in_spiff(first):
    """Every order in which the branches can be finished."""
    drawing = bpmn("inclusive", INCLUSIVE)
    for seed in range(6):
        compare(drawing, Random(seed), first=first)


@settings(max_examples=70, deadline=None)
@given(blocks.filter(without_loops_around_forks), st.randoms(use_true_random=False))
def test_generated_flows_run_as_in_spiff(block, random):
    compare(draw(block), random)


def once_in_its_way(block: Any) -> bool:
    """Leave out what SpiffWorkflow is known not to run right a second time: joins, rounds, sub-cases."""
    looped = {part[0] for loop in _parts(block) if loop[0] == "loop" for part in _parts(loop)}
    return not looped & {"par", "or", "all", "turns", "call"}


def _parts(block: Any) -> list[Any]:
    inner = (block[1],) if block[0] in ("loop", "late", "side") else block[1] if len(block) > 1 else ()
    return [block, *(found for part in inner for found in _parts(part))]


@settings(max_examples=110, deadline=None)
@given(rich_blocks.filter(once_in_its_way), st.randoms(use_true_random=False))
def test_rounds_sub_cases_and_choices_by_data_run_as_in_spiff(block, random):
    """Every task that is open is open in both, once for each person who has to answer."""
    small = bpmn(CALLED, CALLED_TEXT)
    play_both(draw(block), random, small, called={CALLED: compile_bpmn(small)})


def runs_in_spiff(block: Any) -> bool:
    """Leave out, too, a round on the path of a timer, where SpiffWorkflow stops with a fault of its own.

    A side path within a fork is left out because it is meant to differ: here the join waits for it.
    """
    forked = {part[0] for fork in _parts(block) if fork[0] in ("par", "or") for part in _parts(fork)}
    beside = {part[0] for side in _parts(block) if side[0] in ("late", "side") for part in _parts(side)}
    return once_in_its_way(block) and not beside & {"all", "turns"} and "side" not in forked


@settings(max_examples=110, deadline=None)
@given(eventful_blocks.filter(runs_in_spiff), st.randoms(use_true_random=False))
def test_moments_messages_and_timers_at_boundaries_run_as_in_spiff(block, random):
    """What happens is chosen at random among open tasks and awaited events; both must await the same."""
    small = bpmn(CALLED, CALLED_TEXT)
    play_both(draw(block), random, small, called={CALLED: compile_bpmn(small)})


def play_both(drawing, random, *smaller, called=(), **values):
    """Finish open tasks at random in both until the end; what is open must be the same after every step."""
    ours = Play(compile_bpmn(drawing), dict(called), dict(values)).start()
    theirs = Oracle(drawing, ours.flow.id, *smaller, data=values)
    for _step in range(80):
        assert ours.nodes() == theirs.nodes()
        assert ours.events() == theirs.events()
        assert ours.ended == theirs.workflow.completed
        if ours.ended:
            return
        if ours.events() and (not ours.nodes() or random.random() < 0.4):
            name = random.choice(ours.events())
            ours.happen(name)
            theirs.happen(name)
            continue
        name = random.choice(ours.nodes())
        outcome = random.choice(ours.codes(name) or ("done",))
        keeper = getattr(ours.flow.nodes.get(name), "outcome_as", "")
        ours.complete(name, outcome)
        theirs.complete(name, outcome, keeper)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_the_templates_run_as_in_spiff_whatever_the_form_says(path):
    drawing = path.read_bytes()
    names = compile_bpmn(drawing).variables
    for seed in range(8):
        random = Random(seed)
        values = {
            name: random.choice([1, 3, 4, 600_000]) if kind == "number" else random.choice(["x", "y"])
            for name, kind in names.items()
        }
        play_both(drawing, random, **values)


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_the_repositorys_flows_run_as_in_spiff(path):
    for seed in range(5):
        compare(path.read_bytes(), Random(seed))
