"""What may I see, newest first: one page, at the same cost for everybody.

For every grantee the first rows are taken from an index, then merged: the cost is grantees × page, however
many cases there are and however few of them the person may see. The sort value and the id are compared
together, because a batch may share one moment and paging on the moment alone would lose rows.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from jingkai.casework.cases.data import (
    EVERY_CASE,
    FAR,
    MANY,
    CaseFilters,
    CaseSort,
    CaseState,
    Count,
    Cursor,
    Holder,
    Light,
)
from jingkai.casework.cases.models import Case
from jingkai.casework.cases.queries.holding import HOLDERS_SQL, read_holders
from jingkai.casework.cases.queries.words import search_expression
from jingkai.kernel.hooks.api import reading_connection
from jingkai.kernel.parties.models import Party

PAGE = 50
MOST_ROWS = 500
EVERY = 100_000_000
MOST_WALKED = 2000
"""Rows of one grantee that a search walks through in the order of the list before it asks the index."""
MOST_HITS = 10_000
"""First hits that the index gives for a rare word; a commoner one is found by walking."""

KEYS_SQL = """
SELECT DISTINCT {column}, case_id FROM unnest(%(grantees)s::bigint[]) grantee(id)
CROSS JOIN LATERAL (
    SELECT access.case_id, access.{column} FROM cases_caseaccess access
    WHERE access.grantee_id = grantee.id {after} {filters}
    ORDER BY access.{column} {way}, access.case_id {way} LIMIT %(limit)s
) top
ORDER BY {column} {way}, case_id {way} LIMIT %(limit)s
"""

ROWS_SQL = f"""
WITH page AS ({{keys}}), listed AS (
    SELECT 0 AS part, {{column}} AS moment, case_id,
           row_number() OVER (ORDER BY {{column}} {{way}}, case_id {{way}}) AS place
    FROM page
    UNION ALL
    SELECT 1, NULL, more.id, more.place FROM unnest(%(also)s::bigint[]) WITH ORDINALITY more(id, place)
)
SELECT listed.part, listed.moment, {{columns}}, {HOLDERS_SQL}
FROM listed JOIN cases_case "case" ON "case".id = listed.case_id
LEFT JOIN parties_party applicant ON applicant.id = "case".applicant_id
LEFT JOIN parties_party starter ON starter.id = "case".starter_id
ORDER BY listed.part, listed.place
"""  # noqa: S608
"""The cases of a page with the names that a list shows, in its order; then those asked for also."""

NO_KEYS = "SELECT NULL::timestamptz AS updated, NULL::bigint AS case_id WHERE false"

SEARCH_SQL = """
WITH walked AS MATERIALIZED (
    SELECT grantee.id AS grantee, top.* FROM unnest(%(grantees)s::bigint[]) grantee(id)
    CROSS JOIN LATERAL (
        SELECT row.{column}, row.case_id FROM (
            SELECT access.{column}, access.case_id FROM cases_caseaccess access
            WHERE access.grantee_id = grantee.id {after} {filters}
            ORDER BY access.{column} {way}, access.case_id {way} LIMIT %(most_walked)s
        ) row
        CROSS JOIN LATERAL (
            SELECT FROM cases_case WHERE id = row.case_id AND words @@ %(words)s::tsquery OFFSET 0
        ) hit
        ORDER BY row.{column} {way}, row.case_id {way} LIMIT %(limit)s
    ) top
), hits AS MATERIALIZED (
    SELECT id, {moment} AS moment FROM cases_case
    WHERE words @@ %(words)s::tsquery {hit_after} AND EXISTS (
        SELECT FROM unnest(%(grantees)s::bigint[]) short(id)
        WHERE (SELECT count(*) FROM walked WHERE grantee = short.id) < %(limit)s
          AND EXISTS (SELECT FROM cases_caseaccess access WHERE access.grantee_id = short.id {after} {filters}
                      ORDER BY access.{column} {way}, access.case_id {way} OFFSET %(most_walked)s LIMIT 1))
    ORDER BY {moment} {way}, id + 0 {way} LIMIT %(most_hits)s
), granted AS MATERIALIZED (
    SELECT seen.{column}, seen.case_id
    FROM (SELECT id, moment FROM hits ORDER BY moment {way}, id {way}) hit
    CROSS JOIN LATERAL (
        SELECT access.{column}, access.case_id FROM cases_caseaccess access
        WHERE access.case_id = hit.id AND access.grantee_id = ANY(%(grantees)s) {after} {filters} LIMIT 1
    ) seen
    ORDER BY hit.moment {way}, hit.id {way} LIMIT %(limit)s
)
SELECT {column}, case_id FROM (
    SELECT {column}, case_id FROM walked UNION SELECT {column}, case_id FROM granted
) found
ORDER BY {column} {way}, case_id {way} LIMIT %(limit)s
"""
"""A page of a search. Common words fill it from the first rows of each grantee; only where some grantee's
rows were not all walked and gave too little, the word is rare, and the index gives its hits in the order of
the page: who may see one is looked up hit by hit until the page is full. A case and its access rows repeat
the same moments."""

_COLUMNS = {
    CaseSort.UPDATED: ("updated", "<", "DESC"),
    CaseSort.OPENED: ("opened", "<", "DESC"),
    CaseSort.DUE: ("due", ">", "ASC"),
}
_MOMENTS = {
    CaseSort.UPDATED: "updated_at",
    CaseSort.OPENED: "opened_at",
    CaseSort.DUE: "COALESCE(due_at, %(far)s)",
}
"""The same moments in the row of the case itself."""

_LIGHTS = {
    Light.SUSPENDED: "access.suspended",
    Light.RED: "NOT access.suspended AND access.due <= %(now)s",
    Light.YELLOW: "NOT access.suspended AND access.yellow <= %(now)s AND access.due > %(now)s",
    Light.GREEN: "NOT access.suspended AND access.yellow > %(now)s AND access.due < '9999-01-01Z'",
}


_NOT_LISTED = ("words", "pins", "variables")
_CASE = [column.attname for column in Case._meta.concrete_fields if column.name not in _NOT_LISTED]
_APPLICANT, _STARTER = Case._meta.get_field("applicant"), Case._meta.get_field("starter")
_PARTY = ["id", "uuid", "kind", "name", "name_en", "short_name"]


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of cases in the order asked for, and who has each in hand.

    `next` is where the following page begins, if there is one. A finished case has no holders. `also` are
    cases that were asked for by number, in the order asked for; `holders` tells of them too. `marks` has a
    key for each case, equal when all that was read of case, parties and holders is equal.
    """

    rows: list[Case]
    next: Cursor | None
    holders: Mapping[int, Sequence[Holder]] = field(default_factory=dict)
    also: list[Case] = field(default_factory=list)
    marks: Mapping[int, Hashable] = field(default_factory=dict)


def page_of_cases(
    *,
    grantees: Collection[int],
    at: datetime,
    sort: CaseSort | str = CaseSort.UPDATED,
    after: Cursor | None = None,
    filters: CaseFilters = EVERY_CASE,
    limit: int = PAGE,
    also: Sequence[int] = (),
    whole: bool = False,
) -> CasePage:
    """Give one page of the cases that any of these grantees may see, with names and holders: one query.

    A search looks at the first 10,000 hits of a rare word after the page before; `whole`, for work in the
    background, at all of them. `at` decides the lights. Columns of the case and its parties that no list
    shows are loaded when asked for. `also` names further cases, which the caller knows to be visible.
    """
    limit = max(1, min(limit, MOST_ROWS))
    ask = _ask(grantees, at, CaseSort(sort), after, filters, limit + 1, whole=whole)
    found = ask.rows(also) if ask else _NOTHING.rows(also) if also else []
    page, more = [line for line in found if line.part == 0], [line for line in found if line.part]
    wanted = page[:limit]
    last = Cursor(wanted[-1].moment, wanted[-1].case.id) if len(page) > limit else None
    return CasePage(
        rows=[line.case for line in wanted],
        next=last,
        holders={line.case.id: line.holders for line in (*wanted, *more) if line.holders},
        also=[line.case for line in more],
        marks={line.case.id: line.mark for line in found},
    )


def cases_with_holders(case_ids: Sequence[int]) -> CasePage:
    """Give these cases, which the caller knows to be visible, with names and holders: one query, or none."""
    found = _NOTHING.rows(case_ids) if case_ids else []
    holders = {line.case.id: line.holders for line in found if line.holders}
    return CasePage([line.case for line in found], None, holders)


def count_cases(*, grantees: Collection[int], at: datetime, filters: CaseFilters = EVERY_CASE) -> Count:
    """Count the visible cases up to `MANY`; never looks at more rows than that per grantee."""
    ask = _ask(grantees, at, CaseSort.UPDATED, None, filters, MANY + 1)
    number = len(ask.keys()) if ask else 0
    return Count(min(number, MANY), more=number > MANY)


def count_all_cases(*, grantees: Collection[int], at: datetime, filters: CaseFilters = EVERY_CASE) -> int:
    """Count the visible cases to the last one; for work in the background only."""
    ask = _ask(grantees, at, CaseSort.UPDATED, None, filters, EVERY, whole=True)
    if ask is None:
        return 0
    with reading_connection().cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({ask.keys_sql}) AS counted", ask.facts)  # noqa: S608
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class _Line:
    """One case as read: of the page (part 0, with the moment by which it is sorted) or asked for also."""

    part: int
    moment: datetime
    case: Case
    holders: list[Holder]
    mark: Hashable


@dataclass(frozen=True, slots=True)
class _Ask:
    """One question for a page, put together."""

    keys_sql: str
    column: str
    way: str
    facts: dict[str, Any]

    def keys(self) -> list[tuple[datetime, int]]:
        with reading_connection().cursor() as cursor:
            cursor.execute(self.keys_sql, self.facts)
            return [(moment, pk) for moment, pk in cursor.fetchall()]

    def rows(self, also: Sequence[int] = ()) -> list[_Line]:
        parties = [f"{who}.{name}" for who in ("applicant", "starter") for name in _PARTY]
        statement = ROWS_SQL.format(
            keys=self.keys_sql,
            column=self.column,
            way=self.way,
            columns=", ".join([*(f'"case".{name}' for name in _CASE), *parties]),
        )
        with reading_connection().cursor() as cursor:
            cursor.execute(statement, {**self.facts, "also": list(also)})
            found, alias = cursor.fetchall(), reading_connection().alias
        return [_read(row, alias) for row in found]


_NOTHING = _Ask(NO_KEYS, "updated", "DESC", {})
"""The question for no page, for cases that are asked for by number only."""


def _read(row: Sequence[Any], alias: str) -> _Line:
    part, moment, *row = row
    values, parties = row[: len(_CASE)], row[len(_CASE) : -1]
    case = Case.from_db(alias, _CASE, values)
    _APPLICANT.set_cached_value(case, _party(parties[: len(_PARTY)], alias))
    _STARTER.set_cached_value(case, _party(parties[len(_PARTY) :], alias))
    return _Line(part, moment, case, read_holders(row[-1]), _marked(row))


_marked = itemgetter(*(place for place, name in enumerate([*_CASE, *_PARTY, *_PARTY, ""]) if name != "uuid"))
"""Leaves out what is slow to compare: ids tell the same."""


def _party(values: Sequence[Any], alias: str) -> Party | None:
    return Party.from_db(alias, _PARTY, values) if values[0] is not None else None


def _ask(
    grantees: Collection[int],
    at: datetime,
    sort: CaseSort,
    after: Cursor | None,
    filters: CaseFilters,
    limit: int,
    *,
    whole: bool = False,
) -> _Ask | None:
    """Put the question together; nothing when nobody asks or no word is left to search for."""
    words = search_expression(filters.text) if filters.text.strip() else ""
    if not grantees or (filters.text.strip() and not words):
        return None
    column, _sign, way = _COLUMNS[sort]
    facts: dict[str, Any] = {
        "grantees": sorted(set(grantees)),
        "limit": limit,
        "now": at,
        "kind": filters.kind,
        "state": _state(filters),
        "words": words,
        "far": FAR,
        "most_hits": EVERY if whole else MOST_HITS,
        "most_walked": MOST_WALKED,
        "after": after.at if after else None,
        "after_id": after.id if after else None,
    }
    return _Ask(_keys_sql(sort, after, filters, searching=bool(words)), column, way, facts)


def _keys_sql(sort: CaseSort, after: Cursor | None, filters: CaseFilters, *, searching: bool) -> str:
    column, sign, way = _COLUMNS[sort]
    conditions = []
    if filters.kind:
        conditions.append("access.kind = %(kind)s")
    if _state(filters):
        conditions.append("access.state = %(state)s")
    if filters.light:
        conditions.append(_LIGHTS[Light(filters.light)])
    return (SEARCH_SQL if searching else KEYS_SQL).format(
        column=column,
        way=way,
        moment=_MOMENTS[sort],
        hit_after=f"AND ({_MOMENTS[sort]}, id) {sign} (%(after)s, %(after_id)s)" if after else "",
        after=f"AND (access.{column}, access.case_id) {sign} (%(after)s, %(after_id)s)" if after else "",
        filters="".join(f" AND {condition}" for condition in conditions),
    )


def _state(filters: CaseFilters) -> str:
    """A light is only on while a case is open, so asking for one asks for open cases."""
    return CaseState.OPEN.value if filters.light else filters.state
