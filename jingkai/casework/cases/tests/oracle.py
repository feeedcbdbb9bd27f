"""SpiffWorkflow as an oracle: a run of the same drawing by an engine of others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import TaskState

ROUND = b"<multiInstanceLoopCharacteristics"
EVENT = re.compile(
    rb'(<(?:boundary|intermediateCatch)Event id="([^"]+)"[^>]*>)<(?:timer|message|signal)EventDefinition/>'
)
CARDINALITY = b"<loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"


class Oracle:
    """A run of the same drawing in SpiffWorkflow; `called` are the drawings of its sub-cases.

    A task of several people is one for three there: that is how many `each` names in these drawings.
    """

    def __init__(
        self, drawing: bytes, key: str, *called: bytes, data: Mapping[str, Any] | None = None
    ) -> None:
        parser = BpmnParser()
        for one in (drawing, *called):
            parser.add_bpmn_str(_plain(one))
        parts = parser.get_subprocess_specs(key) if called else {}
        self.workflow = BpmnWorkflow(parser.get_spec(key), parts)
        self.workflow.task_tree.data.update(data or {})
        self.workflow.do_engine_steps()

    def open(self) -> list[Any]:
        return list(self.workflow.get_tasks(state=TaskState.READY, manual=True))

    def nodes(self) -> list[str]:
        return sorted(_name(task) for task in self.open())

    def waiting(self) -> dict[str, Any]:
        """What may happen now, by the drawing's name of it."""
        found = self.workflow.get_tasks(state=TaskState.WAITING, spec_class=CatchingEvent)
        return {str(task.task_spec.bpmn_id): task for task in found if task.task_spec.bpmn_id}

    def events(self) -> list[str]:
        return sorted(self.waiting())

    def happen(self, name: str) -> None:
        self.workflow.catch(BpmnEvent(self.waiting()[name].task_spec.event_definition))
        self._settle()

    def complete(self, node: str, outcome: str, keeper: str = "") -> None:
        task = next(task for task in self.open() if _name(task) == node)
        task.data["outcome"] = outcome
        if keeper:
            task.data[keeper] = outcome
        task.run()
        self._settle()

    def _settle(self) -> None:
        self.workflow.do_engine_steps()
        self.workflow.refresh_waiting_tasks()
        self.workflow.do_engine_steps()


def _name(task: Any) -> str:
    """The drawing's name of a place, within a sub-case behind the place that called it."""
    name = str(task.task_spec.bpmn_id).partition(" ")[0]
    within = getattr(task.workflow, "parent_task_id", None)
    caller = task.workflow.top_workflow.get_task_from_id(within) if within else None
    return f"{_name(caller)}/{name}" if caller else name


def _plain(drawing: bytes) -> bytes:
    """The drawing without what only this product knows, and with the number of people in a round.

    Whatever is waited for is a message there, called like its place: time and the world are the test's.
    """
    names = [name for _head, name in EVENT.findall(drawing)]
    told = b"".join(b'<message id="m_%b" name="%b"/>' % (name, name) for name in names)
    drawing = EVENT.sub(rb'\1<messageEventDefinition messageRef="m_\2"/>', drawing)
    drawing = drawing.replace(b"<process ", told + b"<process ", 1)
    plain = re.sub(rb' jk:[\w-]+="[^"]*"', b"", drawing)
    return re.sub(ROUND + rb"( [^/>]*)?/>", _counted, plain)


def _counted(found: re.Match[bytes]) -> bytes:
    return ROUND + (found[1] or b"") + b">" + CARDINALITY
