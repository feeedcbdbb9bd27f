"""What is on me, what waits in my pools, what I started, what I handled: pages by position."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from jingkai.casework.cases.data import (
    EVERY_CASE,
    EVERY_TASK,
    FAR,
    MANY,
    CaseFilters,
    Count,
    Cursor,
    Light,
    TaskFilters,
    TaskSort,
    TaskState,
)
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.cases.queries.pages import MOST_ROWS, PAGE, CasePage
from jingkai.casework.cases.queries.words import search_expression
from jingkai.kernel.hooks.api import Prepared
from jingkai.kernel.organisation.models import Role


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page of tasks with their cases; `next` is where the following one begins, if there is one."""

    rows: Sequence[Task]
    next: Cursor | None


_KEYS = {TaskSort.DUE: "due_or_far", TaskSort.OPENED: "opened_at"}


def tasks_on(
    *,
    persons: Collection[int],
    at: datetime,
    sort: TaskSort | str = TaskSort.DUE,
    after: Cursor | None = None,
    filters: TaskFilters = EVERY_TASK,
    limit: int = PAGE,
) -> TaskPage:
    """Give the open tasks that these persons hold: oneself, and those for whom one stands in."""
    sort, limit = TaskSort(sort), _bounded(limit)
    if len(persons) == 1 and after is None and filters == EVERY_TASK:
        return _cut(_first_page(sort, limit).rows(person=next(iter(persons))), sort, limit)
    parts = [_narrowed(_on([person]), filters, at) for person in persons]
    return _page(parts, sort, after, limit)


@cache
def _first_page(sort: TaskSort, limit: int) -> Prepared[Task]:
    """What the desk shows at first: no filter, nobody stood in for; built once."""
    return Prepared(lambda slots: _ordered([_on([slots.number("person")])], sort, None, limit))


def tasks_in_pools(
    *,
    pools: Collection[int],
    posts: Collection[int],
    at: datetime,
    sort: TaskSort | str = TaskSort.DUE,
    after: Cursor | None = None,
    filters: TaskFilters = EVERY_TASK,
    limit: int = PAGE,
) -> TaskPage:
    """Give the unclaimed tasks of these pools; those that ask for a role only to posts that carry it.

    `pools` and `posts` are the actor's own.
    """
    parts = [_narrowed(_waiting([pool], posts), filters, at) for pool in pools]
    return _page(parts, TaskSort(sort), after, limit)


def count_tasks_on(*, persons: Collection[int], at: datetime, filters: TaskFilters = EVERY_TASK) -> Count:
    """Count what these persons hold, up to `MANY`."""
    return _count(_narrowed(_on(persons), filters, at))


def count_tasks_in_pools(
    *, pools: Collection[int], posts: Collection[int], at: datetime, filters: TaskFilters = EVERY_TASK
) -> Count:
    """Count what waits to be claimed, up to `MANY`."""
    return _count(_narrowed(_waiting(pools, posts), filters, at))


def started_by(
    *,
    persons: Collection[int],
    at: datetime,
    after: Cursor | None = None,
    filters: CaseFilters = EVERY_CASE,
    limit: int = PAGE,
) -> CasePage:
    """Give the cases that these persons started, newest first."""
    started = Case.objects.filter(starter__in=persons).select_related("applicant", "starter")
    rows = _narrowed_cases(started.defer("words", "pins", "variables"), filters, at)
    if after:
        rows = rows.filter(Q(opened_at__lt=after.at) | Q(opened_at=after.at, pk__lt=after.id))
    limit = _bounded(limit)
    found = list(rows.order_by("-opened_at", "-pk")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return CasePage(found[:limit], Cursor(last.opened_at, last.pk) if last else None)


def handled_by(
    *,
    persons: Collection[int],
    at: datetime,
    after: Cursor | None = None,
    filters: TaskFilters = EVERY_TASK,
    limit: int = PAGE,
) -> TaskPage:
    """Give the tasks that these persons finished, newest first."""
    rows = _tasks().filter(closed_by__in=persons, state=TaskState.DONE)
    rows = _narrowed(rows, filters, at)
    if after:
        rows = rows.filter(Q(closed_at__lt=after.at) | Q(closed_at=after.at, pk__lt=after.id))
    limit = _bounded(limit)
    keys = rows.order_by("-closed_at", "-pk").values("pk")[: limit + 1]
    found = list(_by_keys(keys).order_by("-closed_at", "-pk"))
    last = found[limit - 1] if len(found) > limit else None
    cursor = Cursor(last.closed_at, last.pk) if last and last.closed_at else None
    return TaskPage(found[:limit], cursor)


_NOT_LISTED = (
    *("scope", "previous", "waits_for", "group", "awaits", "added", "added_by"),
    *("case__words", "case__pins", "case__variables"),
    *(f"case__flow_version__{name}" for name in ("bpmn", "uuid", "public", "published_by", "published_at")),
    *(
        f"{party}__{name}"
        for party in ("case__applicant", "assignee", "pool")
        for name in ("uuid", "short_name", "pinyin", "initials", "active", "version", "created_at")
    ),
)
"""What no list shows of a task is loaded when asked for: to read a row takes longer than to find it."""


def _tasks() -> QuerySet[Task]:
    rows = Task.objects.select_related("case__applicant", "case__flow_version", "assignee", "pool")
    return rows.defer(*_NOT_LISTED)


def _by_keys(keys: QuerySet[Task, Any]) -> QuerySet[Task]:
    """Read a page's tasks with all that a list shows of them, after the page was found by its index alone.

    The keys go through an array: the server then finds them first, whatever it believes of the tables.
    """
    return _tasks().filter(pk__in=Func(ArraySubquery(keys), template="SELECT unnest(%(expressions)s)"))


def _on(persons: Collection[int]) -> QuerySet[Task]:
    return _tasks().filter(state=TaskState.OPEN, assignee__in=persons)


def _waiting(pools: Collection[int], posts: Collection[int]) -> QuerySet[Task]:
    rows = _tasks().filter(state=TaskState.OPEN, assignee__isnull=True, pool__in=pools)
    carried = Role.objects.filter(posts__in=list(posts)).values("code")
    return rows.filter(Q(role="") | Q(role__in=carried))


def _page(parts: Sequence[QuerySet[Task]], sort: TaskSort, after: Cursor | None, limit: int) -> TaskPage:
    """Take the first tasks of each part, which an index gives in order, and of these the first of all."""
    if not parts:
        return TaskPage([], None)
    limit = _bounded(limit)
    return _cut(list(_ordered(parts, sort, after, limit)), sort, limit)


def _ordered(
    parts: Sequence[QuerySet[Task]], sort: TaskSort, after: Cursor | None, limit: int
) -> QuerySet[Task]:
    key = _KEYS[sort]
    first, *more = (_first_keys(part, key, after, limit + 1) for part in parts)
    rows = _by_keys(first.union(*more, all=True) if more else first)
    rows = rows.annotate(due_or_far=Coalesce("due_at", Value(FAR)))
    return rows.order_by(key, "pk")[: limit + 1]


def _cut(found: Sequence[Task], sort: TaskSort, limit: int) -> TaskPage:
    """Make a page of what was read for it, one row more than it shows."""
    last = found[limit - 1] if len(found) > limit else None
    return TaskPage(found[:limit], Cursor(getattr(last, _KEYS[sort]), last.pk) if last else None)


def _bounded(limit: int) -> int:
    return max(1, min(limit, MOST_ROWS))


def _first_keys(part: QuerySet[Task], key: str, after: Cursor | None, limit: int) -> QuerySet[Task, Any]:
    part = part.annotate(due_or_far=Coalesce("due_at", Value(FAR)))
    if after:
        part = part.filter(Q(**{f"{key}__gt": after.at}) | Q(**{key: after.at, "pk__gt": after.id}))
    return part.order_by(key, "pk").values("pk")[:limit]


def _count(rows: QuerySet[Task]) -> Count:
    number = rows.order_by().select_related(None).values("pk")[: MANY + 1].count()
    return Count(min(number, MANY), more=number > MANY)


def _narrowed(rows: QuerySet[Task], filters: TaskFilters, at: datetime) -> QuerySet[Task]:
    if filters.kind:
        rows = rows.filter(case__kind=filters.kind)
    if filters.pools:
        rows = rows.filter(pool__in=filters.pools)
    if filters.node:
        rows = rows.filter(node_id=filters.node)
    if filters.light:
        rows = rows.filter(light_condition(Light(filters.light), at))
    if filters.text.strip():
        rows = rows.filter(case__in=_hits(filters.text))
    return rows


def _narrowed_cases(rows: QuerySet[Case], filters: CaseFilters, at: datetime) -> QuerySet[Case]:
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.light:
        rows = rows.filter(light_condition(Light(filters.light), at), state="open")
    if filters.text.strip():
        rows = rows.filter(pk__in=_hits(filters.text))
    return rows


def _hits(text: str) -> QuerySet[Any, Any]:
    expression = search_expression(text)
    if not expression:
        return Case.objects.none()
    found = RawSQL("words @@ %s::tsquery", [expression])
    return Case.objects.annotate(found=found).filter(found=True).values("pk")


def light_condition(light: Light, at: datetime) -> Q:
    """Give the condition under which the due date in a row shows this light."""
    match light:
        case Light.SUSPENDED:
            return Q(suspended=True)
        case Light.RED:
            return Q(suspended=False, due_at__lte=at)
        case Light.YELLOW:
            return Q(suspended=False, yellow_at__lte=at, due_at__gt=at)
    return Q(suspended=False, yellow_at__gt=at)
