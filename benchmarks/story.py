"""The approval that every engine is measured on: eleven steps, three of them parallel, two loops."""

from __future__ import annotations

import time
from typing import Any, Protocol

DRAWING = """
    start > accept > gate[outcome == 'correct'] > supplement > accept
    gate[] > fork
    fork > fire > join
    fork > airdefence > join
    fork > quality > join
    join > summarise > sign > gate_sign[outcome == 'sign'] > seal > end
    gate_sign[] > summarise
"""

ATTRIBUTES = """
    accept: name=受理 pool=approval outcomes=accept,correct
    supplement: name=补正 pool=applicant outcomes=supplied
    fire: name=消防审查 pool=fire outcomes=agree branch=fire
    airdefence: name=人防审查 pool=airdefence outcomes=agree branch=airdefence
    quality: name=质安审查 pool=quality outcomes=agree branch=quality
    summarise: name=汇总 pool=fire outcomes=granted
    sign: name=签发 pool=committee outcomes=sign,return
    seal: name=用印 pool=approval outcomes=sealed
"""

STEPS = (
    ("accept", "correct"),
    ("supplement", "supplied"),
    ("accept", "accept"),
    ("fire", "agree"),
    ("airdefence", "agree"),
    ("quality", "agree"),
    ("summarise", "granted"),
    ("sign", "return"),
    ("summarise", "granted"),
    ("sign", "sign"),
    ("seal", "sealed"),
)


def walk_through(engine: Engine, case: int) -> list[float]:
    """Run a case to its end; gives how many seconds each step took, looking up its task left out."""
    took = []
    for node, outcome in STEPS:
        task = engine.find(case, node)
        start = time.perf_counter()
        engine.step(task, outcome)
        took.append(time.perf_counter() - start)
    return took


class Engine(Protocol):
    """What a measured engine has to do: open a case, then finish its open task at a node with an outcome.

    Every call is one durable transaction that also keeps the inbox (one row per open task) up to date.
    """

    name: str

    def start(self) -> int:
        """Open a case and give its number."""

    def find(self, case: int, node: str) -> Any:
        """Give the open task at a node as a page would hold it; neither timed nor counted."""

    def step(self, task: Any, outcome: str) -> None:
        """Finish a task: this is what is measured."""

    def is_closed(self, case: int) -> bool:
        """Say whether the case has come to its end."""
