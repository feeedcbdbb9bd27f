"""When somebody leaves a post, nobody's task vanishes: it goes to the post, its unit, or a successor."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.data import TaskKind, TaskState
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.operations.starting import party_id
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.queries.people import HIGHEST, people_of_party
from jingkai.casework.cases.rules import HAND_OVER, MANAGE_TASKS, CaseNotOpen
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.api import current
from jingkai.kernel.organisation.models import Appointment, Post, Unit
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.api import NotPermitted, may
from jingkai.kernel.permissions.data import SYSTEM, Actor


class CannotHandOver(PersonFacingError):
    """The successor must be a person in office."""

    status = 422
    sentence = _("The tasks can't be handed over to %(name)s.")
    advice = _("Choose a person who is still in office.")


def hand_over(
    *,
    person: models.Model | int,
    by: Actor,
    at: datetime,
    to: models.Model | int | None = None,
    reason: str = "",
) -> int:
    """Move every open or planned task of a person to a successor, or back to where it came from.

    Without a successor a task goes to its pool, else to the person's last post or unit, wherever somebody
    is. Gives how many were moved; each case in its own transaction. Needs `cases.manage_tasks`, or the
    system administrator's `cases.hand_over_tasks`.
    """
    if by.kind != "system" and not may(by, MANAGE_TASKS) and not may(by, HAND_OVER):
        raise NotPermitted
    successor = _successor(to)
    leaver = int(party_id(person) or 0)
    rows = _held(leaver).order_by("pk").values_list("pk", "case_id")
    return sum(_move(pk, case_id, leaver, successor, by=by, at=at, reason=reason) for pk, case_id in rows)


def hand_over_lost(*, at: datetime, person: int | None = None) -> int:
    """Move the tasks of people who have left office or the pool they took a task from; safe to repeat.

    With `person` only theirs.
    """
    on = timezone.localdate(at)
    moved = 0
    rows = lost_tasks(on) if person is None else lost_tasks(on).filter(assignee_id=person)
    for pk, case_id, holder in rows.values_list("pk", "case_id", "assignee_id"):
        moved += _move(pk, case_id, holder, None, by=SYSTEM, at=at, reason="")
    return moved


def lost_tasks(on: date) -> QuerySet[Task]:
    """Give the open tasks whose holder no longer holds the post, or belongs to the unit, they came from.

    Also those of people who held posts and hold none any more, and of people who are no longer active.
    """
    mine = Appointment.objects.filter(person_id=OuterRef("assignee_id"))
    in_office = Exists(mine.filter(current(on)))
    of_pool = mine.filter(Q(post_id=OuterRef("pool_id")) | Q(post__unit_id=OuterRef("pool_id")))
    was_in_pool = Exists(of_pool.filter(voided_at__isnull=True))
    in_pool = Exists(of_pool.filter(current(on)))
    office_pool = Q(pool__kind__in=[PartyKind.UNIT, PartyKind.POST])
    held_once = Exists(mine.filter(voided_at__isnull=True))
    rows = Task.objects.filter(state=TaskState.OPEN, kind=TaskKind.WORK, assignee__isnull=False)
    lost = Q(assignee__active=False) | (held_once & ~in_office) | (office_pool & was_in_pool & ~in_pool)
    return rows.filter(lost).order_by("pk")


def _successor(to: models.Model | int | None) -> int | None:
    if to is None:
        return None
    party = Party.objects.get(pk=party_id(to) or 0)
    if party.kind != PartyKind.PERSON or not party.active:
        raise CannotHandOver(name=local(party, "name"))
    return party.pk


def _held(person: int) -> QuerySet[Task]:
    states = [TaskState.OPEN, TaskState.PLANNED]
    return Task.objects.filter(Q(assignee_id=person) | Q(owner_id=person), state__in=states)


@transaction.atomic
def _move(
    pk: int, case_id: int, leaver: int, successor: int | None, *, by: Actor, at: datetime, reason: str
) -> int:
    """Move one task; nothing happens when it is through or no longer the leaver's."""
    try:
        step = Step.begin(case_id, by=by, at=at)
    except CaseNotOpen:
        return 0
    row = step.open_tasks.get(pk) or step.planned.get(pk)
    if row is None or leaver not in (row.assignee_id, row.owner_id):
        return 0
    pool = None if successor else _where_somebody_is(row, leaver, timezone.localdate(at))
    if successor is None and pool is None:
        return 0
    step.touch(row)
    if row.owner_id == leaver and successor:
        row.owner_id = successor
    elif row.owner_id is not None and row.assignee_id == leaver and not successor:
        row.assignee_id, row.owner_id = row.owner_id, None
    elif row.owner_id != leaver or row.assignee_id == leaver:
        row.assignee_id, row.pool_id = successor, row.pool_id if successor else pool
        row.role = row.role if successor else ""
    else:
        row.assignee_id, row.owner_id, row.pool_id, row.role = None, None, pool, ""
    if row.owner_id == row.assignee_id:  # nobody advises themselves: it is theirs to decide
        row.owner_id = None
    row.claimed_at = at if row.assignee_id and row.state == Task.State.OPEN else None
    step.grantees |= {one for one in (row.assignee_id, row.pool_id, row.owner_id) if one}
    facts = {"task": row.pk, "node": row.node_id, "from": leaver, "reason": reason}
    step.finish("task.handed_over", for_=leaver, facts=facts)
    return 1


def _where_somebody_is(row: Task, leaver: int, on: date) -> int | None:
    """Give the pool that takes a task: its own, the leaver's last post, their units upwards."""
    for party in _pools(row, leaver):
        if set(people_of_party(party, on)) - {leaver}:
            return party
    return None


def _pools(row: Task, leaver: int) -> list[int]:
    found = [row.pool_id] if row.pool_id else []
    last = Appointment.objects.filter(person_id=leaver, voided_at__isnull=True).order_by("-starts_on", "-pk")
    post = last.values_list("post_id", flat=True).first()
    found += [post] if post and not row.pool_id else []
    for start in list(found):
        unit: int | None = Post.objects.filter(pk=start).values_list("unit_id", flat=True).first() or start
        for _level in range(HIGHEST):
            if unit is None:
                break
            found.append(unit)
            unit = Unit.objects.filter(pk=unit).values_list("parent_id", flat=True).first()
    return list(dict.fromkeys(found))
