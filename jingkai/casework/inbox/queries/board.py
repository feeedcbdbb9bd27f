"""The leaders' board in detail: what was urged and how it stands, who has how much, where the days go.

Each is one statement over the cases that the actor may see, bounded at any size; what was cut is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from jingkai.casework.inbox.queries.cockpit import MOST_OPEN, TASK_UNIT
from jingkai.casework.inbox.queries.visible import GRANTS, OPEN, OPEN_TASKS, select
from jingkai.kernel.hooks.api import may_lag
from jingkai.kernel.permissions.data import Actor

DAYS = 90
MOST_URGES = 2000
"""Urges that are looked at, the newest of the installation."""

MOST_CASES = 5000
"""Cases whose finished tasks are looked at, those that changed last."""

SHOWN = 200

_URGED = """
SELECT urge.at, urge.text, by.name, by.name_en, urge.times, task.name, task.name_en, task.state,
       task.closed_at, task.suspended, task.due_at, task.yellow_at,
       COALESCE(done.name, held.name, pool.name, ''), COALESCE(done.name_en, held.name_en, pool.name_en, ''),
       task.assignee_id IS NULL AND task.closed_by_id IS NULL,
       c.uuid, c.reference, c.title, c.title_en, c.state,
       (SELECT string_agg(DISTINCT now.name, '、') FROM cases_task now
        WHERE now.case_id = c.id AND now.state = 'open' AND now.kind = 'work'),
       (SELECT string_agg(DISTINCT COALESCE(NULLIF(now.name_en, ''), now.name), ', ') FROM cases_task now
        WHERE now.case_id = c.id AND now.state = 'open' AND now.kind = 'work')
FROM (SELECT DISTINCT ON (task_id) task_id, at, text, by_id, count(*) OVER (PARTITION BY task_id) AS times
      FROM (SELECT * FROM cases_urge ORDER BY id DESC LIMIT %(cap)s) newest
      ORDER BY task_id, at DESC) urge
JOIN cases_task task ON task.id = urge.task_id
JOIN cases_case c ON c.id = task.case_id
LEFT JOIN parties_party by ON by.id = urge.by_id
LEFT JOIN parties_party done ON done.id = task.closed_by_id
LEFT JOIN parties_party held ON held.id = task.assignee_id
LEFT JOIN parties_party pool ON pool.id = task.pool_id
WHERE urge.at >= %(since)s AND EXISTS (
    SELECT FROM cases_caseaccess seen WHERE seen.case_id = c.id AND seen.grantee_id = ANY(%(grantees)s))
ORDER BY task.state <> 'open', urge.at DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Urged:
    """One task that was urged: by whom and when last, who has taken it, and how it and its case stand."""

    at: datetime
    text: str
    by: str
    by_en: str
    times: int
    task: str
    task_en: str
    task_state: str
    closed_at: datetime | None
    suspended: bool
    due_at: datetime | None
    yellow_at: datetime | None
    holder: str
    holder_en: str
    is_waiting: bool
    uuid: Any
    reference: str
    title: str
    title_en: str
    case_state: str
    now_at: str | None
    now_at_en: str | None


@may_lag
def list_urged(*, actor: Actor, at: datetime) -> list[Urged]:
    """Give what was urged in the last 90 days, what is still open first, then the newest; one statement."""
    rows = select(
        _URGED, grantees=list(actor.grantees), since=at - timedelta(days=DAYS), cap=MOST_URGES, limit=SHOWN
    )
    return [Urged(*row) for row in rows]


_LOADS = f"""
{GRANTS}{OPEN}
SELECT person.uuid, person.kind, person.name, person.name_en, unit.name, unit.name_en, count(*),
       count(*) FILTER (WHERE NOT task.suspended AND task.due_at <= %(at)s),
       count(*) FILTER (WHERE NOT task.suspended AND task.due_at > %(at)s AND task.yellow_at <= %(at)s),
       count(*) FILTER (WHERE NOT task.suspended AND task.yellow_at > %(at)s),
       count(*) FILTER (WHERE task.suspended), min(COALESCE(task.claimed_at, task.opened_at))
FROM {OPEN_TASKS}
JOIN parties_party person ON person.id = COALESCE(task.assignee_id, task.pool_id) AND task.kind = 'work'
LEFT JOIN parties_party unit ON unit.id = {TASK_UNIT} AND unit.kind = 'unit'
WHERE person.kind IN ('person', 'unit', 'post')
  AND (pool.id IS NULL OR pool.kind NOT IN ('enterprise', 'person'))
GROUP BY person.id, unit.id
ORDER BY unit.pinyin NULLS LAST, unit.id, count(*) DESC, person.id LIMIT %(limit)s
"""  # noqa: S608 - put together from this app's own constants


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """How much one person (or a pool that nobody claimed from) has in hand, by light, and since when."""

    uuid: Any
    kind: str
    name: str
    name_en: str
    unit: str | None
    unit_en: str | None
    total: int
    late: int
    warn: int
    ok: int
    hold: int
    oldest: datetime


@may_lag
def list_loads(*, actor: Actor, at: datetime) -> list[PersonLoad]:
    """Give who has how many open tasks, unit by unit; one statement over the most urgent open cases."""
    rows = select(
        _LOADS,
        grantees=list(actor.grantees),
        cap=MOST_OPEN,
        at=at,
        today=timezone.localdate(at),
        limit=1000,
    )
    return [PersonLoad(*row) for row in rows]


_FINISHED = f"""
{GRANTS},
seen AS MATERIALIZED (
    SELECT DISTINCT newest.case_id FROM grants CROSS JOIN LATERAL (
        SELECT case_id FROM cases_caseaccess WHERE grantee_id = grants.id AND updated >= %(since)s
        ORDER BY updated DESC, case_id DESC LIMIT %(cap)s
    ) newest
),
done AS (
    SELECT task.case_id, task.id, task.node_id, task.name, task.name_en, task.closed_at, task.closed_by_id,
           version.key, version.name AS flow, version.name_en AS flow_en,
           EXTRACT(EPOCH FROM begun.at - task.opened_at) / 86400 AS queue,
           EXTRACT(EPOCH FROM task.closed_at - begun.at) / 86400 AS work,
           LEAST(EXTRACT(EPOCH FROM task.closed_at - begun.at) / 86400, COALESCE(held.days, 0)) AS hold
    FROM seen CROSS JOIN LATERAL (
        SELECT * FROM cases_task WHERE case_id = seen.case_id AND state = 'done' AND kind = 'work'
          AND closed_at >= %(since)s AND closed_by_id IS NOT NULL OFFSET 0
    ) task
    CROSS JOIN LATERAL (
        SELECT LEAST(GREATEST(COALESCE(task.claimed_at, task.closed_at), task.opened_at), task.closed_at)
            AS at
    ) begun
    JOIN cases_case c ON c.id = task.case_id
    JOIN flow_flowversion version ON version.id = c.flow_version_id
    LEFT JOIN LATERAL (
        SELECT sum(GREATEST(0, LEAST((span->>1)::date, task.closed_at::date)
                               - GREATEST((span->>0)::date, begun.at::date) + 1)) AS days
        FROM (SELECT clock_id FROM cases_caseclock
              WHERE case_id = task.case_id AND key = task.clock_key ORDER BY id DESC LIMIT 1) link
        JOIN clock_clock clock ON clock.id = link.clock_id
        CROSS JOIN LATERAL jsonb_array_elements(clock.excluded) span
    ) held ON task.clock_key <> ''
)
"""  # noqa: S608 - put together from this app's own constants

_NODES = f"""
{_FINISHED}
SELECT key, max(flow), max(flow_en), node_id, max(name), max(name_en), count(*), avg(queue), avg(work - hold),
       avg(hold), percentile_cont(0.9) WITHIN GROUP (ORDER BY queue + work)
FROM done GROUP BY key, node_id ORDER BY sum(queue + work) DESC, key, node_id LIMIT 60
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class NodeDays:
    """Where the days of one step go, in natural days: waiting, at work, suspended; and the slowest tenth."""

    key: str
    flow: str
    flow_en: str
    node: str
    name: str
    name_en: str
    number: int
    queue: float
    work: float
    hold: float
    slowest: float


@may_lag
def list_bottlenecks(*, actor: Actor, at: datetime) -> list[NodeDays]:
    """Give the steps that took the most days together in the last 90, first the worst; one statement."""
    rows = select(_NODES, grantees=list(actor.grantees), since=at - timedelta(days=DAYS), cap=MOST_CASES)
    return [NodeDays(*row[:7], *(float(value or 0) for value in row[7:])) for row in rows]


_OF_NODE = f"""
{_FINISHED}
SELECT c.uuid, c.reference, c.title, c.title_en, who.name, who.name_en, done.closed_at,
       queue, work - hold, hold,
       done.name, done.name_en, done.flow, done.flow_en
FROM done JOIN cases_case c ON c.id = done.case_id LEFT JOIN parties_party who ON who.id = done.closed_by_id
WHERE done.key = %(key)s AND done.node_id = %(node)s
ORDER BY queue + work DESC, done.id LIMIT %(limit)s
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class NodeTask:
    """One finished task behind a figure."""

    uuid: Any
    reference: str
    title: str
    title_en: str
    who: str | None
    who_en: str | None
    closed_at: datetime
    queue: float
    work: float
    hold: float
    task: str
    task_en: str
    flow: str
    flow_en: str


@may_lag
def list_node_tasks(
    *, key: str, node: str, actor: Actor, at: datetime, limit: int = 1000
) -> Sequence[NodeTask]:
    """Give exactly the finished tasks that a step's figures stand on, the slowest first."""
    rows = select(
        _OF_NODE,
        grantees=list(actor.grantees),
        since=at - timedelta(days=DAYS),
        cap=MOST_CASES,
        key=key,
        node=node,
        limit=limit,
    )
    return [NodeTask(*row) for row in rows]


def since(at: datetime) -> date:
    """Give the first day that these figures look at."""
    return timezone.localdate(at - timedelta(days=DAYS))
