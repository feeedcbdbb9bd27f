"""SpiffWorkflow as an oracle: a run of the same drawing by an engine of others."""

from __future__ import annotations

import re
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.task import TaskState


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
