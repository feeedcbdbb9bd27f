"""One step of one case: lock it, change it in memory, write everything once.

The case row is the lock. It is taken first and alone; only then are the open tasks read, with a snapshot
from after the wait. Locking a task together with its case would hand the second of two clerks a stale task
row, and locking tasks first would let two branches of one case wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from jingkai.casework.cases.data import CaseState
from jingkai.casework.cases.events import CaseClosed, TaskCancelled, TaskOpened
from jingkai.casework.cases.models import Case, Opinion, Task
from jingkai.casework.cases.operations import store
from jingkai.casework.cases.operations.placing import Place, places_for
from jingkai.casework.cases.rules import CaseNotOpen, EngineFault, Move, TaskNotOpen
from jingkai.casework.cases.rules.deadlines import deadline_of_case, deadline_of_task
from jingkai.casework.flow.api import compiled_by_id, run_action
from jingkai.casework.flow.data import ActionCall, Flow, ServiceTask, UserTask, inside
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.data import Actor


@dataclass(slots=True)
class Step:
    """What is done to a case in this transaction. `open_tasks` are those that stay open.

    `changed` are former tasks with another holder or state, `opened` the new ones.
    """

    case: Case
    flow: Flow
    by: Actor
    at: datetime
    scene: store.Scene
    fresh: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    changed: list[Task] = field(default_factory=list)
    opened: list[Task] = field(default_factory=list)
    cancelled: list[Task] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    grantees: set[int] = field(default_factory=set)
    happened: list[Any] = field(default_factory=list)
    clocks_moved: bool = False

    @classmethod
    def begin(cls, case_id: int, *, by: Actor, at: datetime) -> Step:
        """Lock a case that is still open and read what the step needs: two queries."""
        case, digest = store.lock_case(case_id)
        if case.state != CaseState.OPEN:
            raise CaseNotOpen(case=case.reference)
        flow = compiled_by_id(case.flow_version_id, digest)
        scene = store.read_scene(case_id, flow.units)
        return cls(case, flow, by, at, scene, before=dict(case.variables))

    @property
    def open_tasks(self) -> dict[int, Task]:
        """The tasks that are open and stay so, as far as the step has come."""
        return self.scene.tasks

    def take(self, task: Task) -> Task:
        """Give the current row of a task that is still open, and no longer count it among those that stay."""
        if task.pk not in self.open_tasks:
            raise TaskNotOpen(task=local(task, "name"))
        return self.open_tasks.pop(task.pk)

    def node_of(self, task: Task) -> UserTask:
        """Give the node at which a task stands."""
        node = self.flow.user_task(task.node_id)
        if node is None:
            raise EngineFault(f"{self.flow.id} has no user task {task.node_id}")
        return node

    def perform(self, node: ServiceTask) -> Mapping[str, Any]:
        """Run the action of a service task inside this transaction."""
        self.clocks_moved = True  # an action may start or stop a clock of this case
        call = ActionCall(self.case.pk, node.id, node.branch, self.by, self.at, dict(self.case.variables))
        return run_action(node.action, call)

    @property
    def staying(self) -> tuple[str, ...]:
        """The scopes of the tasks that stay open."""
        return tuple(task.scope for task in self.open_tasks.values())

    def follow(self, move: Move, *, previous: Task | None, place: Place | None = None) -> None:
        """Open the tasks that a move leads to, or end the case."""
        self.case.variables = move.values
        if move.end is not None:
            self._end(move)
            return
        if not move.opened and not self.open_tasks:
            raise EngineFault(f"case {self.case.pk} would be left without a task")
        self._open(move.opened, previous, place)

    def _open(self, nodes: list[UserTask], previous: Task | None, place: Place | None) -> None:
        case, on = self.case, timezone.localdate(self.at)
        found = (
            [place]
            if place
            else places_for(nodes, case=case, units=self.scene.units, done=self.changed, on=on)
        )
        for node, spot in zip(nodes, found, strict=True):
            self.opened.append(self._new_task(node, spot, previous))
            self.grantees |= {party for party in (spot.assignee_id, spot.pool_id) if party}

    def _new_task(self, node: UserTask, place: Place, previous: Task | None) -> Task:
        return Task(
            case=self.case,
            node_id=node.id,
            name=node.name[:200],
            name_en=node.name_en[:200],
            scope=node.scope,
            branch=node.branch,
            assignee_id=place.assignee_id,
            pool_id=place.pool_id,
            role=place.role,
            clock_key=node.clock,
            opened_at=self.at,
            claimed_at=self.at if place.assignee_id else None,
            previous=previous,
        )

    def _end(self, move: Move) -> None:
        if self.open_tasks and not (move.end and move.end.terminates):
            raise EngineFault(f"case {self.case.pk} ended while tasks were open")
        self.cancel_open()
        self.close(CaseState.CLOSED, move.outcome)

    def cancel_open(self, *, under: str = "") -> None:
        """Take the open tasks inside a scope (outermost: all) off the table; they stay as history."""
        for task in list(self.open_tasks.values()):
            if inside(task.scope, under):
                task.state, task.closed_at = Task.State.CANCELLED, self.at
                self.cancelled.append(self.open_tasks.pop(task.pk))

    def close(self, state: CaseState, outcome: str) -> None:
        """Mark the case as finished."""
        self.case.state, self.case.outcome, self.case.closed_at = state.value, outcome[:40], self.at
        if state is CaseState.CLOSED:
            self.happened.append(CaseClosed(case_id=self.case.pk, outcome=self.case.outcome))

    def write(self) -> None:
        """Write tasks, opinions, case and access rows: two queries; new rows get their numbers."""
        if self.clocks_moved:
            self.scene.clocks = store.read_scene(self.case.pk, ()).clocks
        self._show_deadlines()
        self.case.updated_at = self.at
        self.case.version += 1
        changed = [*self.changed, *self.cancelled]
        store.write_step(self.case, changed=changed, opened=self.opened, opinions=self.opinions, at=self.at)
        self.write_access()

    def write_access(self) -> None:
        """Let the case's access rows follow it."""
        store.write_access(self.case, grantees=sorted(self.grantees), zone=self.fresh)

    def tell(
        self, action: str, *, for_: int | None = None, facts: Mapping[str, Any], told: tuple[Any, ...] = ()
    ) -> None:
        """Put what was written into the trail and tell the other apps."""
        self._write_trail(action, for_, facts)
        cancelled = [TaskCancelled(case_id=self.case.pk, task_id=task.pk) for task in self.cancelled]
        opened = [TaskOpened(case_id=self.case.pk, task_id=task.pk) for task in self.opened]
        events.publish_many([*told, *cancelled, *opened, *self.happened])

    def finish(
        self, action: str, *, for_: int | None = None, facts: Mapping[str, Any], told: tuple[Any, ...] = ()
    ) -> None:
        """Write what has been decided, and tell it."""
        self.write()
        self.tell(action, for_=for_, facts=facts, told=told)

    def _show_deadlines(self) -> None:
        for task in self.opened:
            shown = deadline_of_task(self.scene.clocks, task.clock_key)
            task.due_at, task.yellow_at, task.suspended = shown.due_at, shown.yellow_at, shown.suspended
        shown, case = deadline_of_case(self.scene.clocks), self.case
        case.due_at, case.yellow_at, case.suspended = shown.due_at, shown.yellow_at, shown.suspended

    def _write_trail(self, action: str, for_: int | None, facts: Mapping[str, Any]) -> None:
        stream = audit.stream_of(self.case)
        whole = {**facts, **self._moved()}
        drafts = [audit.Draft(stream, action, self.by, self.at, for_, whole)]
        if self.case.state == CaseState.CLOSED and action != "case.closed":
            closed = {"outcome": self.case.outcome}
            drafts.append(audit.Draft(stream, "case.closed", self.by, self.at, for_, closed))
        audit.record_many(drafts)

    def _moved(self) -> dict[str, Any]:
        """What the step did to tasks: enough to write every row of the engine again from the trail."""
        facts: dict[str, Any] = {}
        if self.opened:
            facts["opened"] = [_task_facts(task) for task in self.opened]
        if self.cancelled:
            facts["cancelled"] = [task.pk for task in self.cancelled]
        values = self.case.variables
        changed = {name: value for name, value in values.items() if self.before.get(name, ...) != value}
        if changed:
            facts["values"] = changed
        return facts


def _task_facts(task: Task) -> dict[str, Any]:
    facts = {
        "task": task.pk,
        "node": task.node_id,
        "scope": task.scope,
        "branch": task.branch,
        "assignee": task.assignee_id,
        "pool": task.pool_id,
        "role": task.role,
        "clock": task.clock_key,
        "previous": task.previous_id,
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}
