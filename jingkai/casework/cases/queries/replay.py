"""The engine's rows written again from the trail alone.

The trail is the only history that cannot be edited. Replaying it must give exactly the rows that stand in the
tables: tasks with their places, holders and ends, the case's state and variables, and who may see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jingkai.casework.cases.data import CaseState, TaskKind, TaskState
from jingkai.kernel.audit.models import TrailEntry

_TASK_FIELDS = {
    "node": "node_id",
    "scope": "scope",
    "branch": "branch",
    "assignee": "assignee_id",
    "pool": "pool_id",
    "role": "role",
    "clock": "clock_key",
    "previous": "previous_id",
    "kind": "kind",
    "waits_for": "waits_for",
    "outcome": "outcome",
    "group": "group",
    "awaits": "awaits",
    "added": "added",
    "added_by": "added_by_id",
    "owner": "owner_id",
    "state": "state",
}
_EMPTY = {
    "scope": "",
    "branch": "",
    "role": "",
    "clock_key": "",
    "kind": TaskKind.WORK.value,
    "waits_for": "",
    "outcome": "",
    "group": "",
    "added": "",
    "state": TaskState.OPEN.value,
}
_ENDS = {
    "case.closed": CaseState.CLOSED.value,
    "case.withdrawn": CaseState.WITHDRAWN.value,
    "case.voided": CaseState.VOID.value,
}


_STEPS = frozenset(
    {
        "case.started",
        "task.completed",
        "task.sent_back",
        "task.claimed",
        "task.released",
        "task.transferred",
        "task.skipped",
        "task.entrusted",
        "task.returned",
        "task.recalled",
        "task.urged",
        "task.handed_over",
        "signer.added",
        "signer.removed",
        "timer.fired",
        "timer.moved",
        "timer.recounted",
        "message.kept",
        "wait.ended",
        "case.circulated",
        "case.read",
        "case.resubmitted",
        "case.migrated",
        "case.clock_attached",
        "case.access_granted",
        "case.variables_set",
        *_ENDS,
    }
)
"""The engine's own entries; modules write others into the same stream."""


_QUIET = frozenset(
    {"case.circulated", "case.read", "task.urged", "timer.moved", "timer.recounted", "message.kept"}
)
"""What leaves the order of lists alone."""


@dataclass(slots=True)
class Replayed:
    """What the trail of one case says its rows must be."""

    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)
    case: dict[str, Any] = field(default_factory=dict)
    grantees: set[int] = field(default_factory=set)
    clocks: list[tuple[str, int]] = field(default_factory=list)
    timers: dict[int, dict[str, Any]] = field(default_factory=dict)
    readers: dict[int, datetime | None] = field(default_factory=dict)
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)


def replay(entries: Iterable[TrailEntry]) -> Replayed:
    """Write the rows of a case again from the entries of its stream."""
    rows = Replayed()
    for entry in entries:
        _follow(rows, entry)
    return rows


def _follow(rows: Replayed, entry: TrailEntry) -> None:
    if entry.action not in _STEPS:
        return
    facts = entry.facts
    match entry.action:
        case "case.started":
            _start(rows, entry)
        case "task.completed" | "task.sent_back" | "task.skipped" | "wait.ended":
            _end_task(rows, entry)
        case "task.claimed" | "task.transferred" | "task.released":
            _hold(rows, facts["task"], facts.get("assignee"))
        case "case.clock_attached":
            rows.clocks.append((facts["key"], facts["clock"]))
        case "case.access_granted":
            rows.grantees |= set(facts["grantees"])
        case "timer.fired":
            rows.timers[facts["timer"]]["fired_at"] = entry.at
        case "message.kept":
            kept = {"name": facts["name"], "values": facts["given"], "came_at": entry.at, "taken_at": None}
            rows.messages[facts["message"]] = {**kept, "sent_by_id": entry.actor_id}
        case "case.circulated":
            rows.readers |= {reader: None for reader in facts["readers"] if reader not in rows.readers}
            rows.grantees |= set(facts["readers"])
        case "case.read":
            rows.readers[facts["reader"]] = entry.at
        case "case.resubmitted":
            rows.case |= {"state": CaseState.OPEN.value, "outcome": "", "closed_at": None}
        case "case.migrated":
            rows.case["flow_version_id"] = facts["flow"]
    for changed in facts.get("rows", ()):
        _change_task(rows, changed, entry)
    for pk in facts.get("cancelled", ()):
        rows.tasks[pk] |= {"state": TaskState.CANCELLED.value, "closed_at": entry.at}
    for opened in facts.get("opened", ()):
        _open_task(rows, opened, entry)
    _follow_timers(rows, entry)
    if entry.action not in _QUIET:
        rows.case["updated_at"] = entry.at
    rows.case["variables"] = {**rows.case["variables"], **facts.get("values", {})}
    if entry.action in _ENDS:
        outcome = facts.get("outcome", _ENDS[entry.action])
        rows.case |= {"state": _ENDS[entry.action], "outcome": outcome, "closed_at": entry.at}


def _start(rows: Replayed, entry: TrailEntry) -> None:
    facts = entry.facts
    rows.case = {
        "reference": facts["reference"],
        "kind": facts["kind"],
        "flow_version_id": facts["flow"],
        "applicant_id": facts["applicant"],
        "starter_id": facts["starter"],
        "parent_task_id": facts.get("parent_task"),
        "state": CaseState.OPEN.value,
        "outcome": "",
        "opened_at": entry.at,
        "closed_at": None,
        "updated_at": entry.at,
        "variables": {},
    }
    rows.grantees |= {party for party in (facts["applicant"], facts["starter"]) if party}


def _open_task(rows: Replayed, opened: Mapping[str, Any], entry: TrailEntry) -> None:
    places = {row: opened.get(fact, _EMPTY.get(row)) for fact, row in _TASK_FIELDS.items()}
    rows.tasks[opened["task"]] = {
        **places,
        "opened_at": entry.at,
        "closed_at": None,
        "closed_by_id": None,
        "on_behalf_of_id": None,
    }
    rows.grantees |= {party for party in (places["assignee_id"], places["pool_id"]) if party}


def _change_task(rows: Replayed, changed: Mapping[str, Any], entry: TrailEntry) -> None:
    """Follow what a step changed in a row otherwise than by finishing it."""
    row = rows.tasks[changed["task"]]
    row |= {_TASK_FIELDS[fact]: value for fact, value in changed.items() if fact != "task"}
    if changed.get("state") == TaskState.OPEN:
        row["opened_at"] = entry.at
    if changed.get("state") in (TaskState.DONE, TaskState.CANCELLED):
        row["closed_at"] = entry.at
    rows.grantees |= {party for party in (row["assignee_id"], row["pool_id"], row.get("owner_id")) if party}


def _follow_timers(rows: Replayed, entry: TrailEntry) -> None:
    """Set timers, move those that follow a clock, and lapse or rename those that another version changes."""
    for timer in entry.facts.get("timers", ()):
        _set_timer(rows, timer)
    for moved in entry.facts.get("moved_timers", ()):
        due = datetime.fromisoformat(moved["due"])
        rows.timers[moved["timer"]] |= {"due_at": due, "held": moved["held"]}
    for renamed in entry.facts.get("renamed_timers", ()):
        rows.timers[renamed["timer"]]["node_id"] = renamed["node"]
    for pk in entry.facts.get("ended_timers", ()):
        rows.timers[pk]["lapsed_at"] = entry.at


def _set_timer(rows: Replayed, timer: Mapping[str, Any]) -> None:
    rows.timers[timer["timer"]] = {
        "task_id": timer["task"],
        "node_id": timer.get("node", ""),
        "act": timer.get("act", ""),
        "target": timer.get("target", ""),
        "due_at": datetime.fromisoformat(timer["due"]),
        "clock_key": timer.get("clock", ""),
        "held": timer.get("held", False),
        "fired_at": None,
    }


def _end_task(rows: Replayed, entry: TrailEntry) -> None:
    if "message" in entry.facts:
        rows.messages[entry.facts["message"]]["taken_at"] = entry.at
    rows.tasks[entry.facts["task"]] |= {
        "state": TaskState.DONE.value,
        "outcome": entry.facts["outcome"],
        "assignee_id": entry.facts["assignee"],
        "closed_at": entry.at,
        "closed_by_id": entry.actor_id,
        "on_behalf_of_id": entry.for_id,
        "owner_id": None,
    }


def _hold(rows: Replayed, task: int, assignee: int | None) -> None:
    rows.tasks[task]["assignee_id"] = assignee
    rows.grantees |= {assignee} if assignee else set()
