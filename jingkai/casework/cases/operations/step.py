"""One step of one case: lock it, change it in memory, write everything once.

The case row is the lock. It is taken first and alone; only then are the open tasks read, with a snapshot
from after the wait. Locking a task together with its case would hand the second of two clerks a stale task
row, and locking tasks first would let two branches of one case wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from jingkai.casework.cases.data import CaseState, TaskKind
from jingkai.casework.cases.events import CaseClosed, SubcaseEnded, TaskCancelled, TaskOpened
from jingkai.casework.cases.models import Case, Opinion, Task
from jingkai.casework.cases.operations import store, timing
from jingkai.casework.cases.operations.deciding import decide_by_table
from jingkai.casework.cases.operations.placing import Place, places_for
from jingkai.casework.cases.rules import CaseNotOpen, TaskNotOpen
from jingkai.casework.cases.rules.deadlines import deadline_of_case, deadline_of_task
from jingkai.casework.flow.api import EngineFault, Move, Parked, compiled_by_id, run_action
from jingkai.casework.flow.data import (
    ActionCall,
    CallActivity,
    CatchEvent,
    DecisionTask,
    EndEvent,
    Flow,
    Node,
    ServiceTask,
    UserTask,
    inside,
    step_into,
)
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.data import Actor

TOLD = {
    "node_id": "node",
    "scope": "scope",
    "branch": "branch",
    "state": "state",
    "assignee_id": "assignee",
    "pool_id": "pool",
    "role": "role",
    "clock_key": "clock",
    "previous_id": "previous",
    "group": "group",
    "awaits": "awaits",
    "owner_id": "owner",
}
"""What the trail tells of a row that changed otherwise than by being finished or cancelled."""


@dataclass(slots=True)
class Step:
    """What is done to a case in this transaction. `open_tasks` are those that stay open.

    `changed` are former tasks with another holder or state, `opened` the new ones (planned ones among them),
    `awakened` the planned ones that have opened.
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
    awakened: list[Task] = field(default_factory=list)
    cancelled: list[Task] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    grantees: set[int] = field(default_factory=set)
    happened: list[Any] = field(default_factory=list)
    performed: list[str] = field(default_factory=list)
    timers: list[dict[str, Any]] = field(default_factory=list)
    clocks_moved: bool = False
    origins: dict[int, dict[str, Any]] = field(default_factory=dict)

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

    @property
    def planned(self) -> dict[int, Task]:
        """The tasks that will open when others are through."""
        return self.scene.planned

    def take(self, task: Task) -> Task:
        """Give the current row of a task that is still open, and no longer count it among those that stay."""
        if task.pk not in self.open_tasks:
            raise TaskNotOpen(task=local(task, "name"))
        return self.open_tasks.pop(task.pk)

    def touch(self, row: Task) -> Task:
        """Note what a row was before the step changes it, so that the trail can tell the difference."""
        if row.pk not in self.origins:
            self.origins[row.pk] = {name: getattr(row, name) for name in TOLD}
            self.changed.append(row)
        return row

    def node_of(self, task: Task) -> UserTask:
        """Give the node at which a task stands."""
        node = self.flow.user_task(task.node_id)
        if node is None:
            raise EngineFault(f"{self.flow.id} has no user task {task.node_id}")
        return node

    def perform(self, node: ServiceTask | DecisionTask, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do a step of the system inside this transaction: run an action, or ask a decision table.

        `values` are the case's as the way here has left them, with what steps of the system before gave.
        """
        if isinstance(node, DecisionTask):
            return decide_by_table(node, values, begun_at=self.case.opened_at)
        self.clocks_moved = True  # an action may start or stop a clock of this case
        call = ActionCall(self.case.pk, node.id, node.branch, self.by, self.at, dict(values))
        return run_action(node.action, call)

    @property
    def staying(self) -> tuple[str, ...]:
        """The scopes of the places that stay open or planned, without an end that waits for side paths."""
        rows = (*self.open_tasks.values(), *self.planned.values())
        return tuple(row.scope for row in rows if row.kind != TaskKind.END)

    @property
    def parked(self) -> Parked | None:
        """The end event that waits for side paths, if the case has come to it."""
        row = next((row for row in self.open_tasks.values() if row.kind == TaskKind.END), None)
        end = self.flow.nodes.get(row.node_id) if row else None
        return Parked(end, row.outcome) if row and isinstance(end, EndEvent) else None

    def of_group(self, group: str) -> list[Task]:
        """Give the open and planned tasks of one round of one step."""
        rows = (*self.open_tasks.values(), *self.planned.values())
        return [row for row in rows if group and row.group == group]

    def awaken(self, through: UUID | None) -> None:
        """Open what was planned to follow a row that is now through."""
        for row in [row for row in self.planned.values() if row.awaits == through]:
            self.touch(row)
            row.state, row.opened_at, row.awaits = Task.State.OPEN, self.at, None
            row.claimed_at = self.at if row.assignee_id else None
            self.open_tasks[row.pk] = self.planned.pop(row.pk)
            self.awakened.append(row)

    def follow(self, move: Move, *, previous: Task | None, place: Place | None = None) -> None:
        """Open the places that a move leads to, or end the case."""
        self.case.variables = move.values
        self.performed += move.performed
        if move.end is not None:
            self._end(move)
            return
        if not move.opened and not self.open_tasks:
            raise EngineFault(f"case {self.case.pk} would be left without a task")
        for node in move.opened:
            if not isinstance(node, UserTask):
                self.opened.append(self._waiting(node, previous, move.outcome))
        tasks = [node for node in move.opened if isinstance(node, UserTask)]
        if tasks:
            self._open(tasks, previous, place)

    def _open(self, nodes: list[UserTask], previous: Task | None, place: Place | None) -> None:
        case, on = self.case, timezone.localdate(self.at)
        found: Iterable[Sequence[Place]] = (
            [[place]]
            if place and not nodes[0].several
            else places_for(nodes, case=case, units=self.scene.units, done=self.changed, on=on)
        )
        for node, spots in zip(nodes, found, strict=True):
            rows = [self.new_task(node, spot, previous) for spot in spots]
            if node.several:
                _make_round(node, rows)
            self.opened += rows
            self.grantees |= {one for row in rows for one in (row.assignee_id, row.pool_id) if one}

    def new_task(self, node: UserTask, place: Place, previous: Task | None) -> Task:
        """Make the row of a task at a node, not yet written."""
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

    def _waiting(self, node: Node, previous: Task | None, outcome: str) -> Task:
        kind, waits_for, branch = TaskKind.END, "", ""
        if isinstance(node, CatchEvent):
            kind, waits_for = TaskKind(node.wait.value), node.waits_for
        elif isinstance(node, CallActivity):
            kind, branch = TaskKind.CASE, node.branch
        return Task(
            case=self.case,
            node_id=node.id,
            name=node.name[:200],
            name_en=node.name_en[:200],
            scope=node.scope,
            branch=branch,
            kind=kind.value,
            waits_for=waits_for,
            outcome=outcome[:40] if kind is TaskKind.END else "",
            opened_at=self.at,
            previous=previous,
        )

    def _end(self, move: Move) -> None:
        for row in [row for row in self.open_tasks.values() if row.kind == TaskKind.END]:
            self.touch(self.open_tasks.pop(row.pk))
            row.state, row.closed_at = Task.State.DONE, self.at
        if self.open_tasks and not (move.end and move.end.terminates):
            raise EngineFault(f"case {self.case.pk} ended while tasks were open")
        self.cancel_open()
        self.close(CaseState.CLOSED, move.outcome)

    def cancel_open(self, *, under: str = "") -> None:
        """Take the open tasks inside a scope (outermost: all) off the table; they stay as history."""
        for row in [*self.open_tasks.values(), *self.planned.values()]:
            if inside(row.scope, under):
                self.cancel(row)

    def cancel(self, row: Task) -> None:
        """Take one open or planned task off the table."""
        self.open_tasks.pop(row.pk, None)
        self.planned.pop(row.pk, None)
        row.state, row.closed_at = Task.State.CANCELLED, self.at
        self.cancelled.append(row)

    def close(self, state: CaseState, outcome: str) -> None:
        """Mark the case as finished."""
        self.case.state, self.case.outcome, self.case.closed_at = state.value, outcome[:40], self.at
        if state is CaseState.CLOSED:
            self.happened.append(CaseClosed(case_id=self.case.pk, outcome=self.case.outcome))
        if self.case.parent_task_id:
            told = SubcaseEnded(case_id=self.case.pk, parent_task_id=self.case.parent_task_id)
            self.happened.append(told)

    def write(self) -> None:
        """Write tasks, opinions, case and access rows: two queries; new rows get their numbers."""
        if self.clocks_moved:
            self.scene.clocks = store.read_scene(self.case.pk, ()).clocks
        self._show_deadlines()
        self.case.updated_at = self.at
        self.case.version += 1
        changed = [*self.changed, *(row for row in self.cancelled if row not in self.changed)]
        store.write_step(self.case, changed=changed, opened=self.opened, opinions=self.opinions, at=self.at)
        self.timers += timing.set_timers(self.case, self.flow, self.opened, self.awakened, at=self.at)
        self.write_access()

    def write_access(self) -> None:
        """Let the case's access rows follow it."""
        store.write_access(self.case, grantees=sorted(self.grantees), zone=self.fresh)

    def tell(
        self, action: str, *, for_: int | None = None, facts: Mapping[str, Any], told: tuple[Any, ...] = ()
    ) -> None:
        """Put what was written into the trail and tell the other apps."""
        self._write_trail(action, for_, facts)
        cancelled = [
            TaskCancelled(case_id=self.case.pk, task_id=row.pk)
            for row in self.cancelled
            if row.kind == TaskKind.WORK
        ]
        opened = [
            TaskOpened(case_id=self.case.pk, task_id=row.pk)
            for row in (*self.opened, *self.awakened)
            if row.kind == TaskKind.WORK and row.state == Task.State.OPEN
        ]
        events.publish_many([*told, *cancelled, *opened, *self.happened])

    def finish(
        self, action: str, *, for_: int | None = None, facts: Mapping[str, Any], told: tuple[Any, ...] = ()
    ) -> None:
        """Write what has been decided, and tell it."""
        self.write()
        self.tell(action, for_=for_, facts=facts, told=told)

    def _show_deadlines(self) -> None:
        for task in (*self.opened, *self.awakened):
            shown = deadline_of_task(self.scene.clocks, task.clock_key)
            task.due_at, task.yellow_at, task.suspended = shown.due_at, shown.yellow_at, shown.suspended
        shown, case = deadline_of_case(self.scene.clocks), self.case
        case.due_at, case.yellow_at, case.suspended = shown.due_at, shown.yellow_at, shown.suspended

    def _write_trail(self, action: str, for_: int | None, facts: Mapping[str, Any]) -> None:
        stream = audit.stream_of(self.case)
        whole = {**facts, **self._moved(facts)}
        drafts = [audit.Draft(stream, action, self.by, self.at, for_, whole)]
        if self.case.state == CaseState.CLOSED and action != "case.closed":
            closed = {"outcome": self.case.outcome}
            drafts.append(audit.Draft(stream, "case.closed", self.by, self.at, for_, closed))
        audit.record_many(drafts)

    def _moved(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """What the step did to tasks: enough to write every row of the engine again from the trail."""
        facts: dict[str, Any] = {}
        if rows := self._differences(told.get("task")):
            facts["rows"] = rows
        if self.opened:
            facts["opened"] = [_task_facts(task) for task in self.opened]
        if self.cancelled:
            facts["cancelled"] = [task.pk for task in self.cancelled]
        if self.performed:
            facts["performed"] = self.performed
        if self.timers:
            facts["timers"] = self.timers
        values = self.case.variables
        changed = {name: value for name, value in values.items() if self.before.get(name, ...) != value}
        if changed:
            facts["values"] = changed
        return facts

    def _differences(self, acted_on: int | None) -> list[dict[str, Any]]:
        """What changed in rows that were touched; a task that was finished is told by its own facts."""
        found = []
        for row in self.changed:
            before = self.origins.get(row.pk)
            if before is None or (row.pk == acted_on and row.state == Task.State.DONE):
                continue
            changed = {
                fact: _plain(getattr(row, name))
                for name, fact in TOLD.items()
                if getattr(row, name) != before[name] and not (name == "state" and row in self.cancelled)
            }
            if changed:
                found.append({"task": row.pk, **changed})
        return found


def _make_round(node: UserTask, rows: list[Task]) -> None:
    """Let the tasks of several people be one round: each in a scope of its own, in turn or all at once."""
    group = rows[0].uuid.hex
    for place, row in enumerate(rows):
        row.group, row.scope = group, step_into(node.scope, node.id, str(place + 1))
        if place and node.several and node.several.sequential:
            row.state, row.awaits, row.claimed_at = Task.State.PLANNED, rows[place - 1].uuid, None


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


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
        "state": task.state if task.state != Task.State.OPEN else "",
        "kind": task.kind if task.kind != TaskKind.WORK else "",
        "waits_for": task.waits_for,
        "outcome": task.outcome,
        "group": task.group,
        "awaits": str(task.awaits) if task.awaits else None,
        "added": task.added,
        "added_by": task.added_by_id,
        "owner": task.owner_id,
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}
