"""SpiffWorkflow with inbox rows; its specification is cached, so only the state is read and written."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter
from SpiffWorkflow.task import TaskState

from benchmarks.engines.models import SpiffCase, SpiffTask
from benchmarks.story import DRAWING
from jingkai.casework.flow.testing import bpmn


class _StateOnly(BpmnWorkflowConverter):  # type: ignore[misc]
    """Write and read the state of a workflow, and take its specification from memory."""

    spec: Any = None

    def to_dict(self, workflow: Any) -> dict[str, Any]:
        kept, workflow.spec = workflow.spec, None
        try:
            state: dict[str, Any] = super().to_dict(workflow)
        finally:
            workflow.spec = kept
        del state["spec"]
        return state

    def from_dict(self, state: dict[str, Any]) -> Any:
        restore = self.registry.restore
        self.registry.restore = lambda value, **more: (
            self.spec if value is _StateOnly else restore(value, **more)
        )
        try:
            return super().from_dict({**state, "spec": _StateOnly})
        finally:
            self.registry.restore = restore


class Spiff:
    """A case of SpiffWorkflow: lock, restore, run, store, inbox."""

    name = "SpiffWorkflow, spec cached"

    def __init__(self, pools: dict[str, int]) -> None:
        self.pools = pools
        parser = BpmnParser()
        parser.add_bpmn_str(_plain(bpmn("bench", DRAWING)))
        self.spec = parser.get_spec("bench")
        registry = BpmnWorkflowSerializer.configure({**DEFAULT_CONFIG, BpmnWorkflow: _StateOnly})
        self.serializer = BpmnWorkflowSerializer(registry)
        _StateOnly.spec = self.spec

    def start(self) -> int:
        with transaction.atomic():
            workflow = BpmnWorkflow(self.spec)
            workflow.do_engine_steps()
            case = SpiffCase.objects.create(state=self._store(workflow))
            self._open(case, workflow, set())
        return case.pk

    def find(self, case: int, node: str) -> SpiffTask:
        return SpiffTask.objects.get(case_id=case, node=node, closed_at=None)

    def step(self, inbox: SpiffTask, outcome: str) -> None:
        with transaction.atomic():
            row = SpiffCase.objects.select_for_update().get(pk=inbox.case_id)
            workflow = self.serializer.from_dict(row.state)
            before = {str(task.id) for task in self._ready(workflow)}
            task = workflow.get_task_from_id(UUID(inbox.task))
            task.data["outcome"] = outcome
            task.run()
            workflow.do_engine_steps()
            row.state, row.closed = self._store(workflow), workflow.completed
            row.save(update_fields=("state", "closed"))
            SpiffTask.objects.filter(pk=inbox.pk).update(closed_at=timezone.now(), outcome=outcome)
            self._open(row, workflow, before)

    def is_closed(self, case: int) -> bool:
        return SpiffCase.objects.get(pk=case).closed

    def _store(self, workflow: Any) -> dict[str, Any]:
        return self.serializer.to_dict(workflow)  # type: ignore[no-any-return]

    def _ready(self, workflow: Any) -> list[Any]:
        return list(workflow.get_tasks(state=TaskState.READY, manual=True))

    def _open(self, case: SpiffCase, workflow: Any, before: set[str]) -> None:
        rows = [
            SpiffTask(
                case=case,
                task=str(task.id),
                node=task.task_spec.bpmn_id,
                name=task.task_spec.bpmn_name,
                pool=self.pools.get(task.task_spec.bpmn_id),
                opened_at=timezone.now(),
            )
            for task in self._ready(workflow)
            if str(task.id) not in before
        ]
        if rows:
            SpiffTask.objects.bulk_create(rows)


def _plain(drawing: bytes) -> bytes:
    """The same drawing without our attributes."""
    return re.sub(rb' jk:\w+="[^"]*"', b"", drawing)
