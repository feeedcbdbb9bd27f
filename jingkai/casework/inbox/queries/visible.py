"""The part of SQL that says which cases somebody may see, for figures over many cases.

A leader's grant over the whole zone contains every other one, so only that one is followed: the cost is then
that of one index range. Every range is bounded; what was cut is said.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any

from jingkai.kernel.hooks.api import reading_connection

GRANTS = """
WITH zone AS (SELECT id FROM parties_party WHERE kind = 'zone'),
grants AS (
    SELECT given.id FROM unnest(%(grantees)s::bigint[]) AS given(id)
    WHERE given.id IN (SELECT id FROM zone)
       OR NOT EXISTS (SELECT FROM zone WHERE zone.id = ANY(%(grantees)s::bigint[]))
)
"""

OPEN_OF = """
, open_cases AS MATERIALIZED (
    SELECT DISTINCT nearest.due, nearest.case_id, nearest.yellow, nearest.suspended
    FROM {grants} CROSS JOIN LATERAL (
        SELECT due, case_id, yellow, suspended FROM cases_caseaccess
        WHERE grantee_id = {grants}.id AND state = 'open'
        ORDER BY due, case_id LIMIT %(cap)s + 1
    ) nearest
    ORDER BY nearest.due, nearest.case_id LIMIT %(cap)s + 1
)
"""
OPEN = OPEN_OF.format(grants="grants")
"""The open cases that somebody may see, the most urgent first; one more than `cap` says that more exist."""


OPEN_TASKS = """
open_cases CROSS JOIN LATERAL (
    SELECT * FROM cases_task WHERE case_id = open_cases.case_id AND state = 'open' OFFSET 0
) task
LEFT JOIN parties_party pool ON pool.id = task.pool_id
"""
"""Their open tasks, looked up case by case (OFFSET 0 keeps it so): no plan depends on fresh statistics."""


def scope_of(grantees: Collection[int]) -> str:
    """Give the print of a set of grants: who has the same sees the same figures."""
    return sha256(",".join(map(str, sorted(set(grantees)))).encode()).hexdigest()


def select(sql: str, **values: Any) -> Sequence[tuple[Any, ...]]:
    """Run one statement of this app's own text and give its rows; values go in as parameters only."""
    with reading_connection().cursor() as cursor:
        cursor.execute(sql, values)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows
