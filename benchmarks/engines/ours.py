"""Our engine: in full, and alone (without trail, access rows and events, which the peers do not write)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from unittest import mock

from django.utils import timezone

from benchmarks.story import ATTRIBUTES, DRAWING
from jingkai.casework.cases import api
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.cases.operations import step
from jingkai.casework.flow.api import publish
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.permissions.data import SYSTEM

_numbers = count(1)


class Ours:
    """A case of this product with its trail, access rows and events."""

    name = "jingkai, everything"

    def __init__(self, applicant: int, *, known: bool = False, prefix: str = "B") -> None:
        self.applicant, self.prefix = applicant, prefix
        if known:  # the drawing was published before the database was copied
            return
        publish(key="bench", bpmn=bpmn("bench", DRAWING + ATTRIBUTES), by=SYSTEM, at=timezone.now())

    def start(self) -> int:
        case = api.start_case(
            flow_key="bench",
            kind="bench",
            title="二期厂房 · 施工许可阶段并联办理",
            applicant=self.applicant,
            reference=f"{self.prefix}{next(_numbers):09d}",
            by=SYSTEM,
            at=timezone.now(),
        )
        return case.pk

    def find(self, case: int, node: str) -> Task:
        return Task.objects.get(case_id=case, node_id=node, state="open")

    def step(self, task: Task, outcome: str) -> None:
        api.complete_task(task=task, outcome=outcome, by=SYSTEM, at=timezone.now())

    def is_closed(self, case: int) -> bool:
        return Case.objects.get(pk=case).state == "closed"


class OursAlone(Ours):
    """The engine itself: case, tasks (they are the inbox), routing, locks."""

    name = "jingkai, engine alone"

    def start(self) -> int:
        with _alone():
            return super().start()

    def step(self, task: Task, outcome: str) -> None:
        with _alone():
            super().step(task, outcome)


def _nothing(*_args: Any, **_more: Any) -> None:
    return None


@contextmanager
def _alone() -> Iterator[None]:
    """Leave out what no peer does. Opinions stay: they are written by the same statement as the tasks."""
    with (
        mock.patch.object(step.Step, "_write_trail", _nothing),
        mock.patch.object(step.Step, "write_access", _nothing),
        mock.patch.object(step.events, "publish_many", _nothing),
    ):
        yield
