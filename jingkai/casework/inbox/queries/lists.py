"""Pages of cases with everything a list says of each: clocks and holders, read for the whole page at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.data import CaseFilters, CaseSort, Cursor, Holder
from jingkai.casework.cases.models import Case
from jingkai.casework.inbox.queries.clocks import CaseClocks, clocks_of
from jingkai.casework.inbox.queries.cockpit import MOST_OPEN, TASK_UNIT
from jingkai.casework.inbox.queries.desk import Head, get_head
from jingkai.casework.inbox.queries.visible import GRANTS, OPEN, OPEN_TASKS, select
from jingkai.kernel.permissions.data import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseLines:
    """One page of cases, who has each in hand, and their clocks."""

    rows: Sequence[Case]
    holders: Mapping[int, Sequence[Holder]]
    clocks: CaseClocks
    next: Cursor | None = None


def get_case_lines(
    *,
    actor: Actor,
    at: datetime,
    filters: CaseFilters,
    sort: CaseSort = CaseSort.UPDATED,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> CaseLines:
    """Give one page of the cases that the actor may see, with what a list says of each."""
    page = page_of(actor=actor, at=at, filters=filters, sort=sort, after=after, limit=limit)
    clocks = clocks_of([case.pk for case in page.rows], at=at)
    return CaseLines(page.rows, page.holders, clocks, page.next)


def page_of(
    *,
    actor: Actor,
    at: datetime,
    filters: CaseFilters,
    sort: CaseSort = CaseSort.UPDATED,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> cases.CasePage:
    """Give one page of the cases that the actor may see, bare."""
    return cases.page_of_cases(
        grantees=actor.grantees, at=at, sort=sort, after=after, filters=filters, limit=limit
    )


def lines_of(rows: Sequence[Case], *, at: datetime, next_one: Cursor | None = None) -> CaseLines:
    """Read for some cases who has them in hand and their clocks: three queries."""
    ids = [case.pk for case in rows]
    return CaseLines(rows, cases.holders(ids) if ids else {}, clocks_of(ids, at=at), next_one)


_OF_UNIT = f"""
{GRANTS}{OPEN}
SELECT DISTINCT open_cases.due, open_cases.case_id
FROM {OPEN_TASKS}
WHERE (%(after)s::timestamptz IS NULL OR (open_cases.due, open_cases.case_id) > (%(after)s, %(after_id)s))
  AND {TASK_UNIT} = (SELECT id FROM parties_party WHERE uuid = %(unit)s)
ORDER BY open_cases.due, open_cases.case_id LIMIT %(limit)s
"""  # noqa: S608 - put together from this app's own constants


def get_unit_lines(
    *, unit: str, actor: Actor, at: datetime, after: Cursor | None = None, limit: int = PAGE
) -> CaseLines:
    """Give one page of the open cases that one unit has in hand, of those the actor may see, due first first.

    Like the figure that leads here it looks at the most urgent open cases only.
    """
    keys = select(
        _OF_UNIT,
        grantees=list(actor.grantees),
        cap=MOST_OPEN,
        today=timezone.localdate(at),
        unit=unit,
        after=after.at if after else None,
        after_id=after.id if after else None,
        limit=limit + 1,
    )
    wanted = keys[:limit]
    page = list_cases([case_id for _due, case_id in wanted])
    return lines_of(page, at=at, next_one=Cursor(*wanted[-1]) if len(keys) > limit else None)


def list_cases(case_ids: Sequence[int]) -> list[Case]:
    """Give these cases with the applicants' names, in the order asked for."""
    rows = Case.objects.defer("words").select_related("applicant", "starter").in_bulk(list(case_ids))
    return [rows[case_id] for case_id in case_ids if case_id in rows]


def head_of(request: Any) -> Head:
    """Give the head of the person's lists, read once per request: the page and the menu share it."""
    head: Head | None = getattr(request, "inbox_head", None)
    if head is None:
        head = get_head(actor=request.actor, at=request.at)
        request.inbox_head = head
    return head


def menu_counts(request: Any) -> Mapping[str, int]:
    """Give the number beside "Desk" in the menu: what is on the person."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.kind != "staff" or actor.party_id is None:
        return {}
    number = head_of(request).mine.number
    return {"inbox:desk": number} if number else {}
