"""SpiffWorkflow as an oracle: the same drawing, the same steps, the same tasks open after every one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.task import TaskState

from jingkai.casework.cases.tests.drawings import blocks, draw
from jingkai.casework.cases.tests.test_routing import Run
from jingkai.casework.flow.api import compile_bpmn

MODULES = Path(__file__).resolve().parents[3] / "modules"
FLOWS = sorted(MODULES.glob("*/flows/*.bpmn"))


class Oracle:
    """A run of the same drawing in SpiffWorkflow."""

    def __init__(self, drawing: bytes, key: str) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str(re.sub(rb' jk:[\w-]+="[^"]*"', b"", drawing))
        self.workflow = BpmnWorkflow(parser.get_spec(key))
        self.workflow.do_engine_steps()

    def open(self) -> list[Any]:
        return list(self.workflow.get_tasks(state=TaskState.READY, manual=True))

    def nodes(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self.open())

    def complete(self, node: str, outcome: str) -> None:
        task = next(task for task in self.open() if task.task_spec.bpmn_id == node)
        task.data["outcome"] = outcome
        task.run()
        self.workflow.do_engine_steps()


def compare(drawing: bytes, random: Any, steps: int = 60) -> None:
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
        outcome = random.choice(task.outcome_codes or ("done",))
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


@settings(max_examples=40, deadline=None)
@given(blocks.filter(without_loops_around_forks), st.randoms(use_true_random=False))
def test_generated_flows_run_as_in_spiff(block, random):
    compare(draw(block), random)


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_the_repositorys_flows_run_as_in_spiff(path):
    import random

    for seed in range(5):
        compare(path.read_bytes(), random.Random(seed))
