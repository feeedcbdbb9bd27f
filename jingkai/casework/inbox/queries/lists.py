"""Pages of cases with everything a list says of each: clocks and holders, read for the whole page at once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.data import MANY, CaseFilters, CaseSort, Cursor, Holder
from jingkai.casework.cases.models import Case
from jingkai.casework.inbox.queries.clocks import CaseClocks, clocks_of
from jingkai.casework.inbox.queries.cockpit import MOST_OPEN, TASK_UNIT
from jingkai.casework.inbox.queries.desk import Head, get_head, persons_of
from jingkai.casework.inbox.queries.visible import GRANTS, OPEN, OPEN_TASKS, select
from jingkai.kernel.hooks.api import may_lag, tallied
from jingkai.kernel.hooks.data import Tally
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.data import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseLines:
    """One page of cases, who has each in hand, and their clocks; `unit` where it is one unit's page.

    `marks` as in `CasePage`.
    """

    rows: Sequence[Case]
    holders: Mapping[int, Sequence[Holder]]
    clocks: CaseClocks
    next: Cursor | None = None
    unit: Party | None = None
    marks: Mapping[int, Hashable] = field(default_factory=dict)


def get_case_lines(
    *,
    actor: Actor,
    at: datetime,
    filters: CaseFilters,
    sort: CaseSort = CaseSort.UPDATED,
    after: Cursor | None = None,
    limit: int = PAGE,
    whole: bool = False,
) -> CaseLines:
    """Give one page of the cases that the actor may see, with what a list says of each.

    `whole`: as a part of all of them, in the background.
    """
    page = cases.page_of_cases(
        grantees=actor.grantees, at=at, sort=sort, after=after, filters=filters, limit=limit, whole=whole
    )
    clocks = clocks_of([case.id for case in page.rows], at=at)
    return CaseLines(page.rows, page.holders, clocks, page.next, marks=page.marks)


@may_lag
def get_board_lines(
    *, pressing: Sequence[int], actor: Actor, at: datetime, after: Cursor | None = None, limit: int = PAGE
) -> tuple[CaseLines, CaseLines]:
    """Give the pressing cases and one page of all that the actor may see: two queries for both together."""
    page = cases.page_of_cases(grantees=actor.grantees, at=at, after=after, limit=limit, also=pressing)
    clocks = clocks_of([case.pk for case in (*page.also, *page.rows)], at=at)
    first = CaseLines(page.also, page.holders, clocks, marks=page.marks)
    return first, CaseLines(page.rows, page.holders, clocks, page.next, marks=page.marks)


def lines_of(rows: Sequence[Case], *, at: datetime, next_one: Cursor | None = None) -> CaseLines:
    """Read for some cases who has them in hand and their clocks: two queries."""
    ids = [case.pk for case in rows]
    return CaseLines(rows, cases.holders(ids) if ids else {}, clocks_of(ids, at=at), next_one)


_OF_UNIT = f"""
{GRANTS}{OPEN},
held AS (
    SELECT DISTINCT open_cases.due, open_cases.case_id
    FROM {OPEN_TASKS}
    WHERE (%(after)s::timestamptz IS NULL OR (open_cases.due, open_cases.case_id) > (%(after)s, %(after_id)s))
      AND (SELECT target.id FROM parties_party target WHERE target.uuid = %(unit)s) =
          CASE WHEN %(free)s THEN CASE WHEN task.assignee_id IS NULL THEN task.pool_id END
               WHEN (SELECT target.kind FROM parties_party target WHERE target.uuid = %(unit)s) = 'person'
               THEN task.assignee_id ELSE {TASK_UNIT} END
    ORDER BY open_cases.due, open_cases.case_id LIMIT %(limit)s
)
SELECT unit.name, unit.name_en, held.due, held.case_id
FROM parties_party unit LEFT JOIN held ON true WHERE unit.uuid = %(unit)s
ORDER BY held.due, held.case_id
"""  # noqa: S608 - put together from this app's own constants


def get_unit_lines(
    *,
    unit: str,
    actor: Actor,
    at: datetime,
    after: Cursor | None = None,
    limit: int = PAGE,
    free: bool = False,
) -> CaseLines:
    """Give one page of the open cases that one unit or person has in hand, due first first.

    Of those that the actor may see; with `free` only what waits in this very pool for somebody who claims it.

    Like the figure that leads here it looks at the most urgent open cases only.
    """
    found = select(
        _OF_UNIT,
        grantees=list(actor.grantees),
        cap=MOST_OPEN,
        today=timezone.localdate(at),
        unit=unit,
        free=free,
        after=after.at if after else None,
        after_id=after.id if after else None,
        limit=limit + 1,
    )
    keys = [(due, case_id) for _name, _name_en, due, case_id in found if case_id is not None]
    wanted = keys[:limit]
    page = cases.cases_with_holders([case_id for _due, case_id in wanted])
    clocks = clocks_of([case.id for case in page.rows], at=at)
    next_one = Cursor(*wanted[-1]) if len(keys) > limit else None
    named = Party(name=found[0][0], name_en=found[0][1]) if found else None
    return CaseLines(page.rows, page.holders, clocks, next_one, named)


def head_of(request: Any) -> Head:
    """Give the head of the person's lists, read once per request: the page and the menu share it."""
    head: Head | None = getattr(request, "inbox_head", None)
    if head is None:
        head = get_head(actor=request.actor, at=request.at)
        request.inbox_head = head
    return head


def menu_counts(request: Any) -> Mapping[str, int]:
    """Give the number beside "Desk" in the menu: what is on the person."""
    head: Head | None = getattr(request, "inbox_head", None)
    number = head.mine.number if head else tallied(request).get(ON_ME.name, 0)
    return {"inbox:desk": number} if number else {}


def _holder(request: Any) -> dict[str, Any] | None:
    """Whose tasks are counted; nobody's where the page has read the head of its lists already."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.kind != "staff" or actor.party_id is None:
        return None
    return None if hasattr(request, "inbox_head") else {"on_me": list(persons_of(actor))}


ON_ME = Tally(
    name="inbox.on_me",
    sql=f"SELECT count(*) FROM (SELECT FROM cases_task WHERE state = 'open'"  # noqa: S608
    f" AND assignee_id = ANY(%(on_me)s) LIMIT {MANY}) mine",
    values=_holder,
)
