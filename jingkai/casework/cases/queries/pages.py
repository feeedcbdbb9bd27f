"""What may I see, newest first: one page, at the same cost for everybody.

For every grantee the first rows are taken from an index, then merged: the cost is grantees × page, however
many cases there are and however few of them the person may see. The sort value and the id are compared
together, because a batch may share one moment and paging on the moment alone would lose rows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from jingkai.casework.cases.data import (
    EVERY_CASE,
    MANY,
    CaseFilters,
    CaseSort,
    CaseState,
    Count,
    Cursor,
    Light,
)
from jingkai.casework.cases.models import Case
from jingkai.casework.cases.queries.words import search_expression

PAGE = 50
MOST_ROWS = 500
MOST_HITS = 2000
"""Newest hits of a search that are looked through; a commoner word has to be narrowed by another."""

PAGE_SQL = """
{hits}
SELECT DISTINCT {column}, case_id FROM unnest(%(grantees)s::bigint[]) grantee(id)
CROSS JOIN LATERAL (
    SELECT access.case_id, access.{column} FROM cases_caseaccess access {join}
    WHERE access.grantee_id = grantee.id {after} {filters}
    ORDER BY access.{column} {way}, access.case_id {way} LIMIT %(limit)s
) top
ORDER BY {column} {way}, case_id {way} LIMIT %(limit)s
"""

HITS_SQL = """
WITH hits AS MATERIALIZED (
    SELECT id FROM cases_case WHERE words @@ %(words)s::tsquery ORDER BY id DESC LIMIT %(most_hits)s
)
"""

_COLUMNS = {
    CaseSort.UPDATED: ("updated", "<", "DESC"),
    CaseSort.OPENED: ("opened", "<", "DESC"),
    CaseSort.DUE: ("due", ">", "ASC"),
}

_LIGHTS = {
    Light.SUSPENDED: "access.suspended",
    Light.RED: "NOT access.suspended AND access.due <= %(now)s",
    Light.YELLOW: "NOT access.suspended AND access.yellow <= %(now)s AND access.due > %(now)s",
    Light.GREEN: "NOT access.suspended AND access.yellow > %(now)s AND access.due < '9999-01-01Z'",
}


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of cases in the order asked for; `next` is where the following one begins, if there is one."""

    rows: list[Case]
    next: Cursor | None


def page_of_cases(
    *,
    grantees: Collection[int],
    at: datetime,
    sort: CaseSort | str = CaseSort.UPDATED,
    after: Cursor | None = None,
    filters: CaseFilters = EVERY_CASE,
    limit: int = PAGE,
) -> CasePage:
    """Give one page of the cases that any of these grantees may see: two queries, with applicants' names.

    `at` decides the lights. The rows' flow drawings are not loaded.
    """
    limit = max(1, min(limit, MOST_ROWS))
    keys = _keys(grantees, at, CaseSort(sort), after, filters, limit + 1)
    wanted = keys[:limit]
    rows = (
        Case.objects.defer("words").select_related("applicant", "starter").in_bulk([pk for _at, pk in wanted])
    )
    found = [rows[pk] for _at, pk in wanted if pk in rows]
    return CasePage(found, Cursor(*wanted[-1]) if len(keys) > limit else None)


def count_cases(*, grantees: Collection[int], at: datetime, filters: CaseFilters = EVERY_CASE) -> Count:
    """Count the visible cases up to `MANY`; never looks at more rows than that per grantee."""
    number = len(_keys(grantees, at, CaseSort.UPDATED, None, filters, MANY + 1))
    return Count(min(number, MANY), more=number > MANY)


def _keys(
    grantees: Collection[int],
    at: datetime,
    sort: CaseSort,
    after: Cursor | None,
    filters: CaseFilters,
    limit: int,
) -> list[tuple[datetime, int]]:
    words = search_expression(filters.text) if filters.text.strip() else ""
    if not grantees or (filters.text.strip() and not words):
        return []
    sql = _sql(sort, after, filters, searching=bool(words))
    facts: dict[str, Any] = {
        "grantees": sorted(set(grantees)),
        "limit": limit,
        "now": at,
        "kind": filters.kind,
        "state": _state(filters),
        "words": words,
        "most_hits": MOST_HITS,
        "after": after.at if after else None,
        "after_id": after.id if after else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        return [(moment, pk) for moment, pk in cursor.fetchall()]


def _sql(sort: CaseSort, after: Cursor | None, filters: CaseFilters, *, searching: bool) -> str:
    column, sign, way = _COLUMNS[sort]
    conditions = []
    if filters.kind:
        conditions.append("access.kind = %(kind)s")
    if _state(filters):
        conditions.append("access.state = %(state)s")
    if filters.light:
        conditions.append(_LIGHTS[Light(filters.light)])
    return PAGE_SQL.format(
        hits=HITS_SQL if searching else "",
        join="JOIN hits ON hits.id = access.case_id" if searching else "",
        column=column,
        way=way,
        after=f"AND (access.{column}, access.case_id) {sign} (%(after)s, %(after_id)s)" if after else "",
        filters="".join(f" AND {condition}" for condition in conditions),
    )


def _state(filters: CaseFilters) -> str:
    """A light is only on while a case is open, so asking for one asks for open cases."""
    return CaseState.OPEN.value if filters.light else filters.state
