"""Reads: the people behind a task: who has it or may take it, and who stands above them."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from jingkai.casework.cases.models import Task
from jingkai.kernel.organisation.api import holders_of_post, members_of, posts_of
from jingkai.kernel.organisation.data import MemberLine
from jingkai.kernel.organisation.models import Appointment, Post, Unit
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Party, Representation
from jingkai.kernel.permissions.data import Actor

HIGHEST = 8
"""Most units above each other that are asked for a head."""


def people_behind(task: Task, on: date) -> list[int]:
    """Give the persons on whom a task is: its holder, or everybody who may take it out of its pool."""
    if task.assignee_id is not None:
        return [task.assignee_id]
    return people_of_party(task.pool_id, on) if task.pool_id else []


def people_of_party(party_id: int, on: date) -> list[int]:
    """Give the persons who stand behind a party on a day: members, holders of a post, representatives."""
    kind = Party.objects.filter(pk=party_id).values_list("kind", flat=True).first()
    match kind:
        case PartyKind.PERSON:
            return [party_id]
        case PartyKind.UNIT:
            return list(dict.fromkeys(line.person_id for line in members_of(party_id, on)))
        case PartyKind.POST:
            return [line.person_id for line in holders_of_post(party_id, on)]
        case PartyKind.ENTERPRISE:
            rows = Representation.objects.filter(party_id=party_id, starts_on__lte=on, ended_at__isnull=True)
            return list(rows.order_by("person_id").values_list("person_id", flat=True).distinct())
    return []


def unit_of(task: Task, on: date) -> int | None:
    """Give the unit in which a task is: that of its pool, else that of the holder's first post."""
    if task.pool_id is not None:
        if Unit.objects.filter(pk=task.pool_id).exists():
            return task.pool_id
        found = Post.objects.filter(pk=task.pool_id).values_list("unit_id", flat=True).first()
        if found is not None:
            return int(found)
    return unit_of_person(task.assignee_id, on) if task.assignee_id is not None else None


def unit_of_person(person_id: int, on: date) -> int | None:
    """Give the unit of a person's first post on a day."""
    held = posts_of(person_id, on).first()
    return held.post.unit_id if held else None


def head_above(task: Task, on: date) -> int | None:
    """Give the head of the unit in which a task is; if the task is on that head, the next one above."""
    head = head_from(unit_of(task, on), on, without=task.assignee_id)
    return head.person_id if head else None


def head_from(unit: int | None, on: date, *, without: int | None) -> MemberLine | None:
    """Give who heads a unit on a day; where nobody but `without` does, who heads the nearest one above."""
    for _level in range(HIGHEST):
        if unit is None:
            return None
        heads = (line for line in members_of(unit, on) if line.head and line.person_id != without)
        if head := next(heads, None):
            return head
        unit = Unit.objects.filter(pk=unit).values_list("parent_id", flat=True).first()
    return None


def has_lost_post(task: Task, by: Actor) -> bool:
    """Say whether a task is on somebody who has left the post or unit through which it came, or all office.

    Asks the database only where the actor does not belong to the task's pool today, or holds no post at all.
    Whoever was never in the pool was given the task by name and keeps it.
    """
    if by.kind != "staff" or task.assignee_id is None or task.assignee_id != by.party_id:
        return False
    held = Appointment.objects.filter(person_id=task.assignee_id, voided_at__isnull=True)
    if not by.post_ids:
        return held.exists()
    if task.pool_id is None or task.pool_id in by.pools:
        return False
    return held.filter(Q(post_id=task.pool_id) | Q(post__unit_id=task.pool_id)).exists()
