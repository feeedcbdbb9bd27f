"""The engine's rows written again from the trail alone, to prove that neither was touched by itself.

The trail is the only history that cannot be edited. Replaying it must give exactly the rows that stand in the
tables: tasks with their places, holders and ends, the case's state and variables, and who may see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jingkai.casework.cases.data import CaseState, TaskState
from jingkai.casework.cases.models import Case, CaseAccess, CaseClock, Task
from jingkai.kernel.audit import api as audit
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Party

_TASK_FIELDS = {
    "node": "node_id",
    "scope": "scope",
    "branch": "branch",
    "assignee": "assignee_id",
    "pool": "pool_id",
    "role": "role",
    "clock": "clock_key",
    "previous": "previous_id",
}
_EMPTY = {"scope": "", "branch": "", "role": "", "clock_key": ""}
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
        "case.clock_attached",
        "case.access_granted",
        "case.variables_set",
        *_ENDS,
    }
)
"""The engine's own entries; modules write others into the same stream."""


@dataclass(slots=True)
class Replayed:
    """What the trail of one case says its rows must be."""

    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)
    case: dict[str, Any] = field(default_factory=dict)
    grantees: set[int] = field(default_factory=set)
    clocks: list[tuple[str, int]] = field(default_factory=list)


def replay(entries: Iterable[TrailEntry]) -> Replayed:
    """Write the rows of a case again from the entries of its stream."""
    rows = Replayed()
    for entry in entries:
        _follow(rows, entry)
    return rows


def differences(case_id: int) -> list[str]:
    """Compare the rows of a case with its trail; each difference is one line, none means that they agree."""
    case = Case.objects.get(pk=case_id)
    rows = replay(audit.entries_of(case))
    if not rows.case:
        return ["case: it has no trail"]
    rows.grantees |= set(Party.objects.filter(kind=PartyKind.ZONE).values_list("pk", flat=True))
    found = _compare("case", rows.case, {name: getattr(case, name) for name in rows.case})
    tasks = {task.pk: task for task in Task.objects.filter(case_id=case_id)}
    found += _compare("tasks", {"ids": sorted(rows.tasks)}, {"ids": sorted(tasks)})
    for pk, expected in rows.tasks.items():
        if pk in tasks:
            found += _compare(f"task {pk}", expected, {name: getattr(tasks[pk], name) for name in expected})
    seen = set(CaseAccess.objects.filter(case_id=case_id).values_list("grantee_id", flat=True))
    found += _compare("access", {"grantees": sorted(rows.grantees)}, {"grantees": sorted(seen)})
    attached = list(CaseClock.objects.filter(case_id=case_id).order_by("pk").values_list("key", "clock_id"))
    return found + _compare("clocks", {"attached": rows.clocks}, {"attached": attached})


def _compare(what: str, expected: Mapping[str, Any], actual: Mapping[str, Any]) -> list[str]:
    return [
        f"{what}: {name} is {actual[name]!r}, the trail says {value!r}"
        for name, value in expected.items()
        if actual[name] != value
    ]


def _follow(rows: Replayed, entry: TrailEntry) -> None:
    if entry.action not in _STEPS:
        return
    facts = entry.facts
    match entry.action:
        case "case.started":
            _start(rows, entry)
        case "task.completed" | "task.sent_back":
            _end_task(rows, entry)
        case "task.claimed" | "task.transferred" | "task.released":
            _hold(rows, facts["task"], facts.get("assignee"))
        case "case.clock_attached":
            rows.clocks.append((facts["key"], facts["clock"]))
        case "case.access_granted":
            rows.grantees |= set(facts["grantees"])
    for pk in facts.get("cancelled", ()):
        rows.tasks[pk] |= {"state": TaskState.CANCELLED.value, "closed_at": entry.at}
    for opened in facts.get("opened", ()):
        _open_task(rows, opened, entry)
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
        "state": TaskState.OPEN.value,
        "outcome": "",
        "opened_at": entry.at,
        "closed_at": None,
        "closed_by_id": None,
        "on_behalf_of_id": None,
    }
    rows.grantees |= {party for party in (places["assignee_id"], places["pool_id"]) if party}


def _end_task(rows: Replayed, entry: TrailEntry) -> None:
    rows.tasks[entry.facts["task"]] |= {
        "state": TaskState.DONE.value,
        "outcome": entry.facts["outcome"],
        "assignee_id": entry.facts["assignee"],
        "closed_at": entry.at,
        "closed_by_id": entry.actor_id,
        "on_behalf_of_id": entry.for_id,
    }


def _hold(rows: Replayed, task: int, assignee: int | None) -> None:
    rows.tasks[task]["assignee_id"] = assignee
    rows.grantees |= {assignee} if assignee else set()
