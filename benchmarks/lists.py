"""Case lists and inboxes over many cases: the same cost for a restricted officer as for a leader.

The rows are put in by SQL in the shape that the engine gives them: every case is seen by the zone, an
enterprise and two of two hundred units; one in fifty is still open, with a task.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from statistics import median, quantiles
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.report import Table
from benchmarks.story import ATTRIBUTES, DRAWING
from jingkai.casework.cases import api
from jingkai.casework.cases.data import CaseFilters, Cursor
from jingkai.casework.flow.api import publish
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM

REPEATS = 60
MOST_QUERIES = 8

FILL_SQL = """
INSERT INTO parties_party
    (uuid, kind, name, name_en, short_name, pinyin, initials, active, version, created_at)
SELECT gen_random_uuid(), 'unit', 'unit ' || n, '', '', '', '', true, 1, now() FROM generate_series(1, 200) n;

CREATE TEMP TABLE crowd AS
SELECT row_number() OVER (ORDER BY id) - 1 AS place, id FROM parties_party WHERE name LIKE 'unit %%';

INSERT INTO cases_case (uuid, reference, kind, title, title_en, flow_version_id, applicant_id, starter_id,
    state, outcome, opened_at, closed_at, due_at, yellow_at, suspended, updated_at, pins, variables, version,
    words)
SELECT gen_random_uuid(), 'L' || lpad(n::text, 9, '0'),
    CASE n %% 5 WHEN 0 THEN 'supervision' ELSE 'approvals' END,
    '第' || n || '号厂房施工许可', '', %(flow)s, %(enterprise)s, %(starter)s,
    CASE WHEN n %% 50 = 0 THEN 'open' ELSE 'closed' END, '',
    %(now)s - n * interval '3 minutes', CASE WHEN n %% 50 <> 0 THEN %(now)s END,
    %(now)s + (n %% 40 - 10) * interval '1 day', %(now)s + (n %% 40 - 13) * interval '1 day', false,
    %(now)s - (n / 20) * interval '1 hour', '{}', '{}', 1,
    array_to_tsvector(ARRAY['厂房', '施工', '许可', 'l' || lpad(n::text, 9, '0'), n::text])
FROM generate_series(1, %(scale)s) n;

INSERT INTO cases_caseaccess (grantee_id, case_id, updated, opened, due, yellow, suspended, kind, state)
SELECT seen.grantee, c.id, c.updated_at, c.opened_at, c.due_at, c.yellow_at, c.suspended, c.kind, c.state
FROM (SELECT *, substr(reference, 2)::int AS n FROM cases_case WHERE reference LIKE 'L%%') c
CROSS JOIN LATERAL (
    SELECT %(zone)s::bigint AS grantee UNION SELECT %(enterprise)s
    UNION SELECT id FROM crowd WHERE place = n %% 200
    UNION SELECT id FROM crowd WHERE place = (n / 200 * 7 + 3) %% 200
    UNION SELECT %(fire)s WHERE n %% 149 = 0
    UNION SELECT %(officer)s WHERE n %% 397 = 0) seen;

INSERT INTO cases_task (uuid, case_id, node_id, name, name_en, scope, branch, state, assignee_id, pool_id,
    role, clock_key, due_at, yellow_at, suspended, outcome, opened_at)
SELECT gen_random_uuid(), c.id, 'fire', '消防审查', 'Fire review', '', '', 'open',
    CASE WHEN n %% 397 = 0 THEN %(officer)s::bigint END,
    CASE WHEN n %% 149 = 0 THEN %(fire)s ELSE (SELECT id FROM crowd WHERE place = n / 50 %% 200) END,
    '', '', c.due_at, c.yellow_at, false, '', c.opened_at
FROM (SELECT *, substr(reference, 2)::int AS n FROM cases_case WHERE reference LIKE 'L%%') c
WHERE c.state = 'open';
"""


@dataclass(slots=True)
class _Viewer:
    """Whose list is drawn, and by which grants."""

    name: str
    grantees: Sequence[int]


def measure_lists(cast: Cast, *, scale: int) -> list[Table]:
    """Draw the lists of three people over tables that `fill` has filled."""
    officer = _Viewer("officer, 3 grants", cast.officer_fire.grantees)
    leader = _Viewer("leader, sees everything", cast.leader.grantees)
    member = _Viewer("handler of an enterprise", cast.handler.grantees)
    return [_case_pages((officer, leader, member), scale), _inboxes(cast, scale)]


def fill(cast: Cast, scale: int) -> None:
    """Put so many cases into the tables, as if they had been worked on for years."""
    now = timezone.now()
    flow = publish(key="bench", bpmn=bpmn("bench", DRAWING + ATTRIBUTES), by=SYSTEM, at=now)
    facts = {
        "flow": flow.pk,
        "zone": cast.zone.pk,
        "enterprise": cast.enterprise.pk,
        "starter": cast.handler.party_id,
        "fire": cast.unit("fire"),
        "officer": cast.officer_fire.party_id,
        "now": now,
        "scale": scale,
    }
    with connection.cursor() as cursor:
        for statement in FILL_SQL.split(";\n\n"):
            cursor.execute(statement, facts)
        for table in ("cases_case", "cases_caseaccess", "cases_task", "parties_party"):
            cursor.execute(f"ANALYZE {table}")


def _case_pages(viewers: Sequence[_Viewer], scale: int) -> Table:
    now = timezone.now()
    deep = Cursor(now - timedelta(hours=scale / 40), 1)
    kinds: tuple[tuple[str, dict[str, Any]], ...] = (
        ("newest first", {}),
        ("deep in the list", {"after": deep}),
        ("by due date", {"sort": "due"}),
        ("only open", {"filters": CaseFilters(state="open")}),
        ("red light", {"filters": CaseFilters(light="red")}),
        ("one kind", {"filters": CaseFilters(kind="supervision")}),
        ("found by a rare word", {"filters": CaseFilters(text="L000000450")}),
        ("found by a word of all", {"filters": CaseFilters(text="厂房")}),
    )
    table = Table(
        f"Case lists over {scale:,} cases, 50 rows, with applicants and holders",
        ("list", *(f"{viewer.name}: ms (p95)" for viewer in viewers), "queries"),
    )
    ratios = []
    most = 0
    for name, asked in kinds:
        draws = [partial(_page, viewer, now, asked) for viewer in viewers]
        found = measure_in_turns(draws)
        most = max(most, *(one.queries for one in found))
        ratios.append(found[0].median / found[1].median)
        table.rows.append((name, *(str(one) for one in found), str(found[0].queries)))
    table.goals = [
        (f"at most {MOST_QUERIES} queries ({most})", most <= MOST_QUERIES),
        (
            "the restricted officer's list costs at most 1.5 times the leader's "
            f"(median {median(ratios):.2f}, worst {max(ratios):.2f})",
            max(ratios) <= 1.5,
        ),
    ]
    return table


def _page(viewer: _Viewer, now: Any, asked: dict[str, Any]) -> None:
    api.page_of_cases(grantees=viewer.grantees, at=now, limit=50, **asked)


def _inboxes(cast: Cast, scale: int) -> Table:
    now, officer, leader = timezone.now(), cast.officer_fire, cast.leader
    table = Table(f"Inboxes over {scale:,} cases, 50 rows", ("list", "ms (p95)", "queries"))
    draws: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("on me (officer)", lambda: api.tasks_on(persons=[officer.party_id or 0], at=now)),
        ("on me (leader)", lambda: api.tasks_on(persons=[leader.party_id or 0], at=now)),
        (
            "in my pools (officer)",
            lambda: api.tasks_in_pools(pools=officer.grantees, posts=officer.post_ids, at=now),
        ),
        ("started by me (handler)", lambda: api.started_by(persons=[cast.handler.party_id or 0], at=now)),
        ("handled by me (officer)", lambda: api.handled_by(persons=[officer.party_id or 0], at=now)),
        (
            "both counts (officer)",
            lambda: (
                api.count_tasks_on(persons=[officer.party_id or 0], at=now),
                api.count_tasks_in_pools(pools=officer.grantees, posts=officer.post_ids, at=now),
            ),
        ),
        ("count of cases (leader)", lambda: api.count_cases(grantees=leader.grantees, at=now)),
    )
    for name, draw in draws:
        found = measure(draw)
        table.rows.append((name, str(found), str(found.queries)))
    return table


@dataclass(slots=True)
class Found:
    """What drawing something took."""

    seconds: list[float]
    queries: int

    @property
    def median(self) -> float:
        """The median in milliseconds."""
        return median(self.seconds) * 1000

    def __str__(self) -> str:
        return f"{self.median:.1f} ({quantiles(self.seconds, n=20)[-1] * 1000:.1f})"


def measure(draw: Callable[[], Any], repeats: int = REPEATS) -> Found:
    """Draw something often and count its queries once."""
    return measure_in_turns([draw], repeats)[0]


def measure_in_turns(draws: Sequence[Callable[[], Any]], repeats: int = REPEATS) -> list[Found]:
    """Draw several things in turns, so that noise meets all alike, and count their queries once."""
    found = []
    for draw in draws:
        draw()
        with CaptureQueriesContext(connection) as seen:
            draw()
        found.append(Found([], count_queries(seen)))
    for _repeat in range(repeats):
        for draw, one in zip(draws, found, strict=True):
            start = time.perf_counter()
            draw()
            one.seconds.append(time.perf_counter() - start)
    return found


def count_queries(seen: CaptureQueriesContext) -> int:
    """Count what was asked, without the words that begin and end transactions."""
    words = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
    return sum(not query["sql"].startswith(words) for query in seen)
