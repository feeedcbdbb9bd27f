"""What is kept with a case: variables, clocks and their dates, who else may see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from jingkai.casework.cases import queries
from jingkai.casework.cases.data import FAR
from jingkai.casework.cases.models import Case, CaseClock, Task
from jingkai.casework.cases.operations.starting import ATTACHED, attach, attachment_facts, party_id
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.rules import check_values
from jingkai.casework.cases.rules.deadlines import deadline_of_case, deadline_of_task
from jingkai.casework.clock.models import Clock
from jingkai.kernel.permissions.data import Actor

CASES_SQL = """
WITH fresh AS (
    SELECT * FROM
        unnest(%(ids)s::bigint[], %(due)s::timestamptz[], %(yellow)s::timestamptz[], %(held)s::bool[])
        AS row(case_id, due, yellow, held)
), moved AS (
    UPDATE cases_case SET due_at = fresh.due, yellow_at = fresh.yellow, suspended = fresh.held
    FROM fresh WHERE cases_case.id = fresh.case_id
)
UPDATE cases_caseaccess access SET due = COALESCE(fresh.due, %(far)s),
       yellow = COALESCE(fresh.yellow, %(far)s), suspended = fresh.held
FROM fresh WHERE access.case_id = fresh.case_id
"""

TASKS_SQL = """
UPDATE cases_task SET due_at = fresh.due, yellow_at = fresh.yellow, suspended = fresh.held
FROM unnest(%(ids)s::bigint[], %(due)s::timestamptz[], %(yellow)s::timestamptz[], %(held)s::bool[])
    AS fresh(task_id, due, yellow, held)
WHERE cases_task.id = fresh.task_id
"""


@transaction.atomic
def set_variables(*, case: Case, values: Mapping[str, Any], by: Actor, at: datetime) -> Case:
    """Set declared case variables, which later conditions ask for."""
    step = Step.begin(case.pk, by=by, at=at)
    step.case.variables = {**step.case.variables, **check_values(step.flow, values)}
    step.finish("case.variables_set", facts={})
    return step.case


@transaction.atomic
def attach_clock(
    *,
    case: Case,
    key: str,
    clock: Clock,
    by: Actor,
    at: datetime,
    branch: str = "",
    label: str = "",
    label_en: str = "",
) -> CaseClock:
    """Let a clock run for a case under a key; tasks whose drawing names the key show its due date."""
    step = Step.begin(case.pk, by=by, at=at)
    (attached,) = attach(step.case, {key: clock}, at=at, branch=branch, label=label, label_en=label_en)
    step.clocks_moved = True
    step.finish(ATTACHED, facts=attachment_facts(attached))
    rows = [row for row in step.open_tasks.values() if row.clock_key]
    if rows:
        shown = [deadline_of_task(step.scene.clocks, row.clock_key) for row in rows]
        _execute(TASKS_SQL, [row.pk for row in rows], shown)
    return attached


@transaction.atomic
def grant_access(
    *, case: Case, grantees: Iterable[models.Model | int], by: Actor, at: datetime, reason: str = ""
) -> None:
    """Let further parties see a case."""
    step = Step.begin(case.pk, by=by, at=at)
    step.grantees |= {int(party_id(grantee) or 0) for grantee in grantees}
    facts = {"grantees": sorted(step.grantees), "reason": reason}
    step.finish("case.access_granted", facts=facts)


@transaction.atomic
def refresh_clock(*, clock: Clock, at: datetime, case_id: int | None = None) -> None:
    """Write a clock's changed dates into its case and tasks, for an operation that has just changed it."""
    refresh_deadlines(case_ids=[case_id] if case_id else queries.cases_of_clocks([clock.pk]))


@transaction.atomic
def refresh_deadlines(*, case_ids: Collection[int]) -> None:
    """Write the dates of their clocks into these cases, their lists and tasks: a fixed number of queries.

    The change itself is in the clock's ledger and trail; here it is only repeated for sorting and lights.
    """
    list(Case.objects.select_for_update().filter(pk__in=case_ids).order_by("pk").values_list("pk"))
    clocks = queries.clocks_by_case(case_ids)
    ids = sorted(clocks)
    if not ids:
        return
    deadlines = [deadline_of_case(clocks[case_id]) for case_id in ids]
    _execute(CASES_SQL, ids, deadlines)
    _write_task_dates(ids)


def _write_task_dates(case_ids: Sequence[int]) -> None:
    clocks = queries.clocks_by_case(case_ids)
    open_tasks = Task.objects.filter(case_id__in=case_ids, state=Task.State.OPEN).exclude(clock_key="")
    rows = list(open_tasks.order_by("pk").values_list("pk", "case_id", "clock_key"))
    if rows:
        deadlines = [deadline_of_task(clocks.get(case_id, {}), key) for _pk, case_id, key in rows]
        _execute(TASKS_SQL, [pk for pk, _case_id, _key in rows], deadlines)


def _execute(sql: str, ids: Sequence[int], deadlines: Sequence[Any]) -> None:
    facts: dict[str, Any] = {
        "ids": list(ids),
        "due": [deadline.due_at for deadline in deadlines],
        "yellow": [deadline.yellow_at for deadline in deadlines],
        "held": [deadline.suspended for deadline in deadlines],
        "far": FAR,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
