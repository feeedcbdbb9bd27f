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

from django.db import connection
from django.utils import timezone

from jingkai.casework.cases import queries
from jingkai.casework.cases.data import FAR, CaseState
from jingkai.casework.cases.events import CaseClosed, TaskCancelled, TaskOpened
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.cases.operations.placing import Place, places_for
from jingkai.casework.cases.rules import CaseNotOpen, EngineFault, Move, TaskNotOpen
from jingkai.casework.cases.rules.deadlines import ClockLine, deadline_of_case, deadline_of_task
from jingkai.casework.flow.api import compiled_by_id, run_action
from jingkai.casework.flow.data import ActionCall, Flow, ServiceTask, UserTask, inside
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.permissions.data import Actor

ACCESS_SQL = """
WITH moved AS (
    UPDATE cases_caseaccess SET updated = %(updated)s, due = %(due)s, yellow = %(yellow)s,
           suspended = %(suspended)s, state = %(state)s
    WHERE case_id = %(case)s
)
INSERT INTO cases_caseaccess (grantee_id, case_id, updated, opened, due, yellow, suspended, kind, state)
SELECT party.id, %(case)s, %(updated)s, %(opened)s, %(due)s, %(yellow)s, %(suspended)s, %(kind)s, %(state)s
FROM parties_party party WHERE party.id = ANY(%(grantees)s) OR (%(zone)s AND party.kind = 'zone')
ON CONFLICT (grantee_id, case_id) DO NOTHING
"""
"""The rows that the case has move along; new grantees, and for a new case the zone, get theirs."""


@dataclass(slots=True)
class Step:
    """What is done to a case in this transaction. `open_tasks` are those that were open when it began."""

    case: Case
    flow: Flow
    by: Actor
    at: datetime
    open_tasks: dict[int, Task]
    fresh: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    opened: list[Task] = field(default_factory=list)
    cancelled: list[Task] = field(default_factory=list)
    grantees: set[int] = field(default_factory=set)
    happened: list[Any] = field(default_factory=list)
    clocks: dict[str, ClockLine] = field(default_factory=dict)

    @classmethod
    def begin(cls, case_id: int, *, by: Actor, at: datetime) -> Step:
        """Lock a case that is still open and read its open tasks: two queries."""
        case = (
            Case.objects.select_for_update(of=("self",))
            .select_related("flow_version")
            .defer("flow_version__bpmn", "words")
            .get(pk=case_id)
        )
        if case.state != CaseState.OPEN:
            raise CaseNotOpen(case=case.reference)
        tasks = Task.objects.filter(case_id=case_id, state=Task.State.OPEN).order_by("pk")
        flow = compiled_by_id(case.flow_version_id, case.flow_version.digest)
        return cls(case, flow, by, at, {task.pk: task for task in tasks}, before=dict(case.variables))

    def take(self, task: Task) -> Task:
        """Give the current row of a task that is still open, and no longer count it among those that stay."""
        if task.pk not in self.open_tasks:
            raise TaskNotOpen(task=task.name)
        return self.open_tasks.pop(task.pk)

    def node_of(self, task: Task) -> UserTask:
        """Give the node at which a task stands."""
        node = self.flow.user_task(task.node_id)
        if node is None:
            raise EngineFault(f"{self.flow.id} has no user task {task.node_id}")
        return node

    def perform(self, node: ServiceTask) -> Mapping[str, Any]:
        """Run the action of a service task inside this transaction."""
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
        on = timezone.localdate(self.at)
        found = [place] if place else places_for(nodes, case=self.case, values=self.case.variables, on=on)
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
                self.cancelled.append(self.open_tasks.pop(task.pk))

    def close(self, state: CaseState, outcome: str) -> None:
        """Mark the case as finished."""
        self.case.state, self.case.outcome, self.case.closed_at = state.value, outcome[:40], self.at
        if state is CaseState.CLOSED:
            self.happened.append(CaseClosed(case_id=self.case.pk, outcome=self.case.outcome))

    def finish(
        self, action: str, *, for_: int | None = None, facts: Mapping[str, Any], tell: tuple[Any, ...] = ()
    ) -> None:
        """Write what has been decided: tasks, case, access rows, trail, events."""
        self.clocks = queries.clocks_by_case([self.case.pk]).get(self.case.pk, {})
        self._write_tasks()
        self._write_case()
        self.write_access()
        self._write_trail(action, for_, facts)
        cancelled = [TaskCancelled(case_id=self.case.pk, task_id=task.pk) for task in self.cancelled]
        opened = [TaskOpened(case_id=self.case.pk, task_id=task.pk) for task in self.opened]
        events.publish_many([*tell, *cancelled, *opened, *self.happened])

    def _write_tasks(self) -> None:
        if self.cancelled:
            Task.objects.filter(pk__in=[task.pk for task in self.cancelled]).update(
                state=Task.State.CANCELLED, closed_at=self.at
            )
        for task in self.opened:
            deadline = deadline_of_task(self.clocks, task.clock_key)
            task.due_at, task.yellow_at = deadline.due_at, deadline.yellow_at
            task.suspended = deadline.suspended
        if self.opened:
            Task.objects.bulk_create(self.opened)

    def _write_case(self) -> None:
        case, deadline = self.case, deadline_of_case(self.clocks)
        case.due_at, case.yellow_at, case.suspended = deadline.due_at, deadline.yellow_at, deadline.suspended
        case.updated_at = self.at
        case.version += 1
        case.save(
            update_fields=(
                "state",
                "outcome",
                "closed_at",
                "due_at",
                "yellow_at",
                "suspended",
                "updated_at",
                "variables",
                "version",
            )
        )

    def write_access(self) -> None:
        """Let the case's access rows follow it, and add those of new grantees: one query."""
        case = self.case
        facts: dict[str, Any] = {
            "case": case.pk,
            "updated": case.updated_at,
            "opened": case.opened_at,
            "due": case.due_at or FAR,
            "yellow": case.yellow_at or FAR,
            "suspended": case.suspended,
            "kind": case.kind,
            "state": case.state,
            "grantees": sorted(self.grantees),
            "zone": self.fresh,
        }
        with connection.cursor() as cursor:
            cursor.execute(ACCESS_SQL, facts)

    def _write_trail(self, action: str, for_: int | None, facts: Mapping[str, Any]) -> None:
        stream = audit.stream_of(self.case)
        whole = {**facts, **self._moved()}
        drafts = [audit.Draft(stream, action, self.by, self.at, for_, whole)]
        if self.case.state == CaseState.CLOSED and action != "case.closed":
            drafts.append(
                audit.Draft(stream, "case.closed", self.by, self.at, for_, {"outcome": self.case.outcome})
            )
        audit.record_many(drafts)

    def _moved(self) -> dict[str, Any]:
        """What the step did to tasks: enough to write every row of the engine again from the trail."""
        facts: dict[str, Any] = {}
        if self.opened:
            facts["opened"] = [_task_facts(task) for task in self.opened]
        if self.cancelled:
            facts["cancelled"] = [task.pk for task in self.cancelled]
        changed = {
            name: value for name, value in self.case.variables.items() if self.before.get(name, ...) != value
        }
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
