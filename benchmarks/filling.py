"""Many cases at once, put in by SQL in the shape that the engine gives them.

A zone's 50,000 cases a year, one every ten minutes. Every case is seen by the zone, an enterprise and two of
two hundred units, one in five by the officer's unit. One in ten is still open, with a task for the officer's
unit or the leader's, one in three of these in the officer's own hands or the leader's: so each list of either
has more than a page in the small database, too. A larger filling only adds older cases to a smaller one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks.story import ATTRIBUTES, DRAWING
from jingkai.casework.cases.models import Case, CaseAccess, Task
from jingkai.casework.flow.api import publish
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM

CROWD_SQL = """
INSERT INTO parties_party
    (uuid, kind, name, name_en, short_name, pinyin, initials, active, version, created_at)
SELECT gen_random_uuid(), 'unit', 'unit ' || n, '', '', '', '', true, 1, now() FROM generate_series(1, 200) n
"""

FILL_SQL = """
CREATE TEMP TABLE IF NOT EXISTS crowd AS
SELECT row_number() OVER (ORDER BY id) - 1 AS place, id FROM parties_party WHERE name LIKE 'unit %%';

INSERT INTO cases_case (uuid, reference, kind, title, title_en, flow_version_id, applicant_id, starter_id,
    state, outcome, opened_at, closed_at, due_at, yellow_at, suspended, updated_at, pins, variables, version,
    words {cases_case_columns})
SELECT gen_random_uuid(), 'L' || lpad(n::text, 9, '0'),
    CASE n %% 5 WHEN 0 THEN 'supervision' ELSE 'approvals' END,
    '第' || n || '号厂房施工许可', '', %(flow)s, %(enterprise)s, %(starter)s,
    CASE WHEN n %% 10 = 0 THEN 'open' ELSE 'closed' END, '',
    %(now)s - n * interval '10 minutes', CASE WHEN n %% 10 <> 0 THEN %(now)s - n * interval '9 minutes' END,
    %(now)s + (n %% 40 - 10) * interval '1 day', %(now)s + (n %% 40 - 13) * interval '1 day', false,
    %(now)s - (n / 20) * interval '1 hour', '{{}}', '{{}}', 1,
    array_to_tsvector(ARRAY['厂房', '施工', '许可', 'l' || lpad(n::text, 9, '0'), n::text, 'w' || (n %% 200)])
    {cases_case_values}
FROM generate_series(%(first)s, %(last)s) n;

INSERT INTO cases_caseaccess (grantee_id, case_id, updated, opened, due, yellow, suspended, kind, state
    {cases_caseaccess_columns})
SELECT seen.grantee, c.id, c.updated_at, c.opened_at, c.due_at, c.yellow_at, c.suspended, c.kind, c.state
    {cases_caseaccess_values}
FROM (SELECT *, substr(reference, 2)::int AS n FROM cases_case WHERE reference LIKE 'L%%') c
CROSS JOIN LATERAL (
    SELECT %(zone)s::bigint AS grantee UNION SELECT %(enterprise)s
    UNION SELECT id FROM crowd WHERE place = n %% 200
    UNION SELECT id FROM crowd WHERE place = (n / 200 * 7 + 3) %% 200
    UNION SELECT %(fire)s WHERE n %% 5 = 0
    UNION SELECT %(officer)s WHERE n %% 15 = 0) seen
WHERE n BETWEEN %(first)s AND %(last)s;

INSERT INTO cases_task (uuid, case_id, node_id, name, name_en, scope, branch, state, assignee_id, pool_id,
    role, clock_key, due_at, yellow_at, suspended, outcome, opened_at
    {cases_task_columns})
SELECT gen_random_uuid(), c.id, 'fire', '消防审查', 'Fire review', '', '', 'open',
    CASE n %% 30 WHEN 0 THEN %(officer)s::bigint WHEN 10 THEN %(leader)s END,
    CASE WHEN n %% 20 = 0 THEN %(fire)s::bigint ELSE %(leaders)s END,
    '', '', c.due_at, c.yellow_at, false, '', c.opened_at
    {cases_task_values}
FROM (SELECT *, substr(reference, 2)::int AS n FROM cases_case WHERE reference LIKE 'L%%') c
WHERE c.state = 'open' AND n BETWEEN %(first)s AND %(last)s
"""


@dataclass(slots=True)
class Filling:
    """The cases that are there, counted from the newest to the oldest."""

    cast: Cast
    now: datetime = field(default_factory=timezone.now)
    flow_id: int = 0
    cases: int = 0

    def publish_flow(self) -> int:
        """Publish the flow of the cases, once, and give its version."""
        drawing = bpmn("bench", DRAWING + ATTRIBUTES)
        self.flow_id = publish(key="bench", bpmn=drawing, by=SYSTEM, at=self.now).pk
        return self.flow_id

    def grow(self, cases: int) -> None:
        """Add older cases until there are so many."""
        if not self.flow_id:
            self.publish_flow()
            with connection.cursor() as cursor:
                cursor.execute(CROWD_SQL)
        facts = {
            "flow": self.flow_id,
            "zone": self.cast.zone.pk,
            "enterprise": self.cast.enterprise.pk,
            "starter": self.cast.handler.party_id,
            "fire": self.cast.unit("fire"),
            "officer": self.cast.officer_fire.party_id,
            "leader": self.cast.leader.party_id,
            "leaders": self.cast.leader.unit_ids[0],
            "now": self.now,
            "first": self.cases + 1,
            "last": cases,
        }
        with connection.cursor() as cursor:
            for statement in FILL_SQL.split(";\n\n"):
                cursor.execute(_completed(statement, facts), facts)
        self.cases = cases


def _completed(statement: str, facts: dict[str, Any]) -> str:
    """Give every column that is not named and may not be empty the default of its model."""
    for model in (Case, CaseAccess, Task):
        table = model._meta.db_table
        named = re.search(rf"INSERT INTO {table} \((.*?)\{{", statement, re.DOTALL)
        if named is None:
            continue
        stated = set(re.findall(r"\w+", named[1]))
        missing = [
            column
            for column in model._meta.concrete_fields
            if column.column not in stated and not column.null and not column.primary_key
        ]
        facts.update({f"default_{column.column}": _plain(column.get_default()) for column in missing})
        return statement.format(
            **{
                f"{table}_columns": "".join(f', "{column.column}"' for column in missing),
                f"{table}_values": "".join(f", %(default_{column.column})s" for column in missing),
            }
        )
    return statement


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value
