"""Who has cases in hand, read together with them."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from jingkai.casework.cases.data import Holder
from jingkai.kernel.hooks.api import reading_connection

HOLDERS_SQL = """
(SELECT jsonb_agg(jsonb_build_array(task.id, who.name, who.name_en, unit.name, unit.name_en,
        COALESCE(task.claimed_at, task.opened_at), task.node_id, task.name, task.name_en, task.clock_key,
        task.assignee_id IS NOT NULL) ORDER BY task.opened_at, task.id)
 FROM cases_task task
 LEFT JOIN parties_party pool ON pool.id = task.pool_id
 LEFT JOIN organisation_post post ON post.party_id = pool.id
 LEFT JOIN parties_party unit ON unit.id = CASE WHEN pool.kind IN ('unit', 'enterprise') THEN pool.id
                                                ELSE post.unit_id END
 JOIN parties_party who ON who.id = COALESCE(task.assignee_id, task.pool_id)
 WHERE task.case_id = "case".id AND task.state = 'open')
"""
"""The open tasks of `"case"` with the person or else the pool that has each, as JSON."""


def holders(case_ids: Collection[int]) -> dict[int, list[Holder]]:
    """Give who has these cases in hand: one query. A finished case is in nobody's hands."""
    statement = f'SELECT "case".id, {HOLDERS_SQL} FROM cases_case "case" WHERE "case".id = ANY(%s)'  # noqa: S608
    with reading_connection().cursor() as cursor:
        cursor.execute(statement, [list(case_ids)])
        rows = cursor.fetchall()
    return {case_id: read_holders(found) for case_id, found in rows if found}


def read_holders(found: str | None) -> list[Holder]:
    """Read what `HOLDERS_SQL` gave for one case."""
    return [_holder(*line) for line in json.loads(found or "[]")]


def _holder(
    task_id: int,
    name: str,
    name_en: str,
    unit: str | None,
    unit_en: str | None,
    since: str,
    node: str,
    node_name: str,
    node_name_en: str,
    *rest: Any,
) -> Holder:
    clock, claimed = rest
    return Holder(
        task_id=task_id,
        name=name,
        name_en=name_en or name,
        unit=unit or "",
        unit_en=unit_en or unit or "",
        since=datetime.fromisoformat(since),
        node=node,
        node_name=node_name,
        node_name_en=node_name_en,
        clock=clock,
        claimed=claimed,
    )
