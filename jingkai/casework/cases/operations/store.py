"""The three statements of a step: lock the case, read what the step needs, write what it decided.

They are written by hand because a step is the unit of everything that is measured: the same work through the
ORM takes three times as many statements and most of its time in building them. They are prepared, too: the
server would otherwise spend a quarter of a step on reading and planning the same words again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from jingkai.casework.cases.data import FAR
from jingkai.casework.cases.models import Case, Opinion, Task
from jingkai.casework.cases.rules.deadlines import ClockLine, current_clocks
from jingkai.kernel.hooks.api import prepared_cursor

_CASE = [column.attname for column in Case._meta.concrete_fields if column.name not in ("words", "pins")]
_TASK = [column.attname for column in Task._meta.concrete_fields]

LOCK_SQL = f"""
SELECT flow.digest, {", ".join(f'"case"."{name}"' for name in _CASE)}
FROM cases_case "case" JOIN flow_flowversion flow ON flow.id = "case".flow_version_id
WHERE "case".id = %s FOR UPDATE OF "case"
"""  # noqa: S608

SCENE_SQL = f"""
SELECT (SELECT jsonb_agg(jsonb_build_array(held.key, clock.state, clock.due_at, clock.yellow_at)
                         ORDER BY held.id)
        FROM cases_caseclock held JOIN clock_clock clock ON clock.id = held.clock_id
        WHERE held.case_id = %(case)s),
       (SELECT jsonb_object_agg(unit.code, unit.party_id)
        FROM organisation_unit unit JOIN parties_party party ON party.id = unit.party_id AND party.active
        WHERE unit.code = ANY(%(units)s)),
       {", ".join(f"task.{name}" for name in _TASK)}
FROM (VALUES (1)) one
LEFT JOIN cases_task task ON task.case_id = %(case)s AND task.state IN ('open', 'planned')
ORDER BY task.id
"""  # noqa: S608
"""One row per open or planned task, an empty one when there is none; the lists are the same in every row."""

WRITE_SQL = """
WITH changed AS (
    UPDATE cases_task task
    SET state = row.state, outcome = row.outcome, assignee_id = row.assignee, claimed_at = row.claimed,
        closed_at = row.closed, closed_by_id = row.closed_by, on_behalf_of_id = row.on_behalf_of,
        node_id = row.node, name = row.name, name_en = row.name_en, scope = row.scope, branch = row.branch,
        pool_id = row.pool, role = row.role, clock_key = row.clock, due_at = row.due, yellow_at = row.yellow,
        suspended = row.suspended, opened_at = row.opened, previous_id = row.previous, "group" = row."group",
        awaits = row.awaits, owner_id = row.owner
    FROM jsonb_to_recordset(%(changed)s) AS row(
        id bigint, state text, outcome text, assignee bigint, claimed timestamptz,
        closed timestamptz, closed_by bigint, on_behalf_of bigint, node text, name text, name_en text,
        scope text, branch text, pool bigint, role text, clock text, due timestamptz, yellow timestamptz,
        suspended bool, opened timestamptz, previous bigint, "group" text, awaits uuid, owner bigint)
    WHERE task.id = row.id AND task.case_id = %(case)s
    RETURNING task.id
), opened AS (
    INSERT INTO cases_task (uuid, case_id, node_id, name, name_en, scope, branch, state, assignee_id, pool_id,
        role, clock_key, due_at, yellow_at, suspended, outcome, opened_at, claimed_at, previous_id,
        kind, waits_for, "group", awaits, added, added_by_id, owner_id)
    SELECT row.uuid, %(case)s, row.node, row.name, row.name_en, row.scope, row.branch, row.state,
        row.assignee, row.pool, row.role, row.clock, row.due, row.yellow, row.suspended, row.outcome, %(at)s,
        row.claimed, row.previous, row.kind, row.waits_for, row."group", row.awaits, row.added, row.added_by,
        row.owner
    FROM jsonb_to_recordset(%(opened)s) AS row(
        uuid uuid, node text, name text, name_en text, scope text, branch text, assignee bigint, pool bigint,
        role text, clock text, due timestamptz, yellow timestamptz, suspended bool, claimed timestamptz,
        previous bigint, state text, outcome text, kind text, waits_for text, "group" text, awaits uuid,
        added text, added_by bigint, owner bigint)
    WHERE (SELECT count(*) FROM changed) >= 0
    RETURNING id, uuid
), said AS (
    INSERT INTO cases_opinion (task_id, author_id, on_behalf_of_id, outcome, text, at)
    SELECT row.task, row.author, row.on_behalf_of, row.outcome, row.text, %(at)s
    FROM jsonb_to_recordset(%(opinions)s) AS row(
        task bigint, author bigint, on_behalf_of bigint, outcome text, text text)
    RETURNING id
), moved AS (
    UPDATE cases_case SET state = %(state)s, outcome = %(outcome)s, closed_at = %(closed)s,
        due_at = %(due)s, yellow_at = %(yellow)s, suspended = %(suspended)s, updated_at = %(updated)s,
        variables = %(variables)s, version = %(version)s
    WHERE id = %(case)s
)
SELECT (SELECT jsonb_object_agg(uuid, id) FROM opened), (SELECT max(id) FROM said)
"""
"""New tasks are made to wait for the changed ones (`count >= 0`): a task may be followed by one at the same
node, and only one of the two may be open."""

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
"""The rows of a case move along with it; new grantees, and for a new case the zone, get theirs."""


@dataclass(slots=True)
class Scene:
    """What a step finds: the open and planned tasks, the current clocks, the units that the flow names."""

    tasks: dict[int, Task] = field(default_factory=dict)
    planned: dict[int, Task] = field(default_factory=dict)
    clocks: dict[str, ClockLine] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)


def lock_case(case_id: int) -> tuple[Case, str]:
    """Lock a case until the transaction ends; give it with the digest of its drawing."""
    with prepared_cursor() as cursor:
        cursor.execute(LOCK_SQL, [case_id])
        row = cursor.fetchone()
    if row is None:
        raise Case.DoesNotExist
    digest, *values = row
    case = Case.from_db(connection.alias, _CASE, values)
    case.variables = json.loads(case.variables)
    return case, digest


def read_scene(case_id: int, units: Sequence[str]) -> Scene:
    """Read what a step needs, with a snapshot from after the lock."""
    with prepared_cursor() as cursor:
        cursor.execute(SCENE_SQL, {"case": case_id, "units": list(units)})
        rows = cursor.fetchall()
    clocks, codes = (json.loads(text or "null") for text in rows[0][:2])
    tasks = [Task.from_db(connection.alias, _TASK, row[2:]) for row in rows if row[2] is not None]
    return Scene(
        {task.pk: task for task in tasks if task.state == Task.State.OPEN},
        {task.pk: task for task in tasks if task.state == Task.State.PLANNED},
        _clocks(clocks or ()),
        codes or {},
    )


def _clocks(lines: Sequence[Sequence[str]]) -> dict[str, ClockLine]:
    return current_clocks(
        ClockLine(key, state, datetime.fromisoformat(due), datetime.fromisoformat(yellow))
        for key, state, due, yellow in lines
    )


def write_step(
    case: Case, *, changed: Sequence[Task], opened: Sequence[Task], opinions: Sequence[Opinion], at: datetime
) -> None:
    """Write tasks, opinions and the case with one statement; new rows get their numbers."""
    facts = {
        **_case_facts(case),
        "at": at,
        "outcome": case.outcome,
        "closed": case.closed_at,
        "due": case.due_at,
        "yellow": case.yellow_at,
        "variables": json.dumps(case.variables),
        "version": case.version,
        "changed": json.dumps([_changed(task) for task in changed]),
        "opened": json.dumps([_opened(task) for task in opened]),
        "opinions": json.dumps([_opinion(opinion) for opinion in opinions]),
    }
    with prepared_cursor() as cursor:
        cursor.execute(WRITE_SQL, facts)
        numbers, opinion_id = cursor.fetchone() or (None, None)
    ids = json.loads(numbers) if numbers else {}
    for task in opened:
        task.pk = ids[str(task.uuid)]
        task._state.adding = False
    for opinion in opinions:
        opinion.pk = opinion_id


def write_access(case: Case, *, grantees: Sequence[int], zone: bool) -> None:
    """Let the case's access rows follow it, and add those of new grantees."""
    facts = {
        **_case_facts(case),
        "opened": case.opened_at,
        "due": case.due_at or FAR,
        "yellow": case.yellow_at or FAR,
        "kind": case.kind,
        "grantees": list(grantees),
        "zone": zone,
    }
    with prepared_cursor() as cursor:
        cursor.execute(ACCESS_SQL, facts)


def _case_facts(case: Case) -> dict[str, Any]:
    return {"case": case.pk, "state": case.state, "suspended": case.suspended, "updated": case.updated_at}


def _changed(task: Task) -> Mapping[str, Any]:
    return {
        **_row(task),
        "id": task.pk,
        "closed": _moment(task.closed_at),
        "closed_by": task.closed_by_id,
        "on_behalf_of": task.on_behalf_of_id,
        "opened": _moment(task.opened_at),
    }


def _opened(task: Task) -> Mapping[str, Any]:
    return {
        **_row(task),
        "uuid": str(task.uuid),
        "kind": task.kind,
        "waits_for": task.waits_for,
        "added": task.added,
        "added_by": task.added_by_id,
    }


def _row(task: Task) -> dict[str, Any]:
    return {
        "state": task.state,
        "outcome": task.outcome,
        "group": task.group,
        "awaits": str(task.awaits) if task.awaits else None,
        "owner": task.owner_id,
        "node": task.node_id,
        "name": task.name,
        "name_en": task.name_en,
        "scope": task.scope,
        "branch": task.branch,
        "assignee": task.assignee_id,
        "pool": task.pool_id,
        "role": task.role,
        "clock": task.clock_key,
        "due": _moment(task.due_at),
        "yellow": _moment(task.yellow_at),
        "suspended": task.suspended,
        "claimed": _moment(task.claimed_at),
        "previous": task.previous_id,
    }


def _opinion(opinion: Opinion) -> Mapping[str, Any]:
    return {
        "task": opinion.task_id,
        "author": opinion.author_id,
        "on_behalf_of": opinion.on_behalf_of_id,
        "outcome": opinion.outcome,
        "text": opinion.text,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
