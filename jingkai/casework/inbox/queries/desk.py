"""The desk: its head (counts and saved views) in one statement, and one page of each tab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.data import (
    MANY,
    CaseFilters,
    Count,
    Cursor,
    TaskFilters,
    TaskSort,
)
from jingkai.casework.cases.models import Case, Reading, Task
from jingkai.casework.inbox.data import DeskTab
from jingkai.casework.inbox.queries.visible import select
from jingkai.kernel.hooks.api import Rows
from jingkai.kernel.permissions.data import Actor

PAGE = 50

_HEAD = """
WITH mine AS (
    SELECT due_at, suspended FROM cases_task
    WHERE state = 'open' AND assignee_id = ANY(%(persons)s) LIMIT %(many)s + 1
), pool AS (
    SELECT 1 FROM cases_task
    WHERE state = 'open' AND assignee_id IS NULL AND pool_id = ANY(%(pools)s)
      AND (role = '' OR role IN (
          SELECT role.code FROM organisation_role role
          JOIN organisation_post_roles carried ON carried.role_id = role.id
          WHERE carried.post_id = ANY(%(posts)s)))
    LIMIT %(many)s + 1
), reading AS (
    SELECT 1 FROM cases_reading WHERE reader_id = ANY(%(persons)s) AND read_at IS NULL LIMIT %(many)s + 1
)
SELECT (SELECT count(*) FROM mine), (SELECT count(*) FROM pool),
       (SELECT count(*) FROM mine WHERE NOT suspended AND due_at > %(at)s AND due_at < %(tomorrow)s),
       (SELECT count(*) FROM mine WHERE NOT suspended AND due_at <= %(at)s),
       (SELECT COALESCE(json_agg(json_build_object('uuid', uuid, 'page', page, 'name', name, 'query', query,
                                                   'is_default', is_default) ORDER BY name), '[]'::json)
        FROM inbox_savedview WHERE person_id = %(me)s),
       (SELECT count(*) FROM reading),
       (SELECT COALESCE(json_agg(json_build_object('uuid', party.uuid, 'name', party.name,
            'name_en', party.name_en, 'pools', ARRAY[party.id] || ARRAY(
                SELECT post.party_id FROM organisation_post post WHERE post.unit_id = party.id))
            ORDER BY party.pinyin, party.id), '[]'::json)
        FROM parties_party party WHERE party.id = ANY(%(units)s))
"""


@dataclass(frozen=True, slots=True)
class ViewLine:
    """One saved view as a list shows it."""

    uuid: str
    page: str
    name: str
    query: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit for which the person works, with the pools that belong to it: itself and its posts."""

    uuid: str
    name: str
    name_en: str
    pools: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What every list of a person says at its top: how much is on them and waits, and their saved views."""

    mine: Count
    pool: Count
    today: int
    late: int
    views: tuple[ViewLine, ...] = field(default=())
    to_read: Count = field(default=Count(0))
    units: tuple[UnitLine, ...] = field(default=())

    def pools_of(self, unit: str) -> tuple[int, ...]:
        """Give the pools of one of the person's units; nothing for any other."""
        return next((line.pools for line in self.units if line.uuid == unit), ())

    def views_of(self, page: str) -> tuple[ViewLine, ...]:
        """Give the saved views of one list, by name."""
        return tuple(view for view in self.views if view.page == page)


def get_head(*, actor: Actor, at: datetime) -> Head:
    """Count up to 99 tasks on the actor and in their pools, and read their saved views; one statement."""
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    row = select(
        _HEAD,
        me=actor.party_id,
        persons=list(persons_of(actor)),
        pools=list(actor.pools),
        posts=list(actor.post_ids),
        units=list(actor.unit_ids),
        many=MANY,
        at=at,
        tomorrow=timezone.make_aware(datetime.combine(tomorrow, time.min)),
    )[0]
    mine, pool, today, late, views, reading, units = row
    lines = tuple(ViewLine(**view) for view in views)
    named = tuple(UnitLine(**{**unit, "pools": tuple(unit["pools"])}) for unit in units)
    return Head(_count(mine), _count(pool), today, late, lines, _count(reading), named)


def _count(number: int) -> Count:
    return Count(min(number, MANY), more=number > MANY)


def persons_of(actor: Actor) -> tuple[int, ...]:
    """Give whose work the actor sees as their own: theirs, and that of those they stand in for."""
    return tuple(party for party in (actor.party_id, *actor.on_behalf_of) if party is not None)


@dataclass(frozen=True, slots=True)
class DeskPage:
    """One page of a tab: tasks, for what the actor started cases, or what was given to the actor to read."""

    tasks: Sequence[Task] = ()
    cases: Sequence[Case] = ()
    readings: Sequence[Reading] = ()
    next: Cursor | None = None

    @property
    def case_ids(self) -> list[int]:
        """The cases on the page, for what is read about them together."""
        if isinstance(self.tasks, Rows):
            return self.tasks.column("case_id")
        tasks = [task.case_id for task in self.tasks]
        return [case.pk for case in self.cases] or tasks or [row.case_id for row in self.readings]


def get_desk_page(
    *,
    tab: DeskTab,
    actor: Actor,
    at: datetime,
    filters: TaskFilters,
    sort: TaskSort = TaskSort.DUE,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> DeskPage:
    """Give one page of a tab of the desk."""
    persons = persons_of(actor)
    if tab is DeskTab.STARTED:
        wanted = CaseFilters(kind=filters.kind, light=filters.light, text=filters.text)
        started = cases.started_by(persons=persons, at=at, filters=wanted, after=after, limit=limit)
        return DeskPage(cases=started.rows, next=started.next)
    if tab is DeskTab.READ:
        given = cases.to_read(persons=persons, after=after, limit=limit)
        return DeskPage(readings=given.rows, next=given.next)
    if tab is DeskTab.HANDLED:
        found = cases.handled_by(persons=persons, at=at, filters=filters, after=after, limit=limit)
    elif tab is DeskTab.POOL:
        found = cases.tasks_in_pools(
            pools=actor.pools,
            posts=actor.post_ids,
            at=at,
            sort=sort,
            filters=filters,
            after=after,
            limit=limit,
        )
    else:
        found = cases.tasks_on(persons=persons, at=at, sort=sort, filters=filters, after=after, limit=limit)
    return DeskPage(tasks=found.rows, next=found.next)


def list_claimable(*, actor: Actor, at: datetime, limit: int) -> Sequence[Task]:
    """Give the tasks of the actor's pools that are due first."""
    return cases.tasks_in_pools(pools=actor.pools, posts=actor.post_ids, at=at, limit=limit).rows
