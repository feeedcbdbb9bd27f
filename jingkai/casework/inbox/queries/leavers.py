"""People who left or leave a post with open tasks, as far as the actor answers for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Min, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.data import TaskKind, TaskState
from jingkai.casework.cases.models import Task
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.api import unit_ids_under
from jingkai.kernel.organisation.models import Appointment
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.data import Actor

SOON = timedelta(days=14)
MOST_PEOPLE = 200
MOST_TASKS = 500


class NotYourPeople(PersonFacingError):
    """The person never worked in a unit that the actor heads."""

    status = 403
    sentence = _("You may only hand over the tasks of people of your own units.")
    advice = _("Ask the head of that unit, or the system administrator.")


@dataclass(frozen=True, slots=True)
class Leaver:
    """One person with open tasks who left (`leaves_on` in the past or empty) or leaves soon."""

    person: Party
    tasks: int
    lost: int
    leaves_on: date | None


def list_leavers(*, actor: Actor, on: date) -> list[Leaver]:
    """Give who has left or leaves within two weeks and still has tasks; those who lost theirs first."""
    lost = cases.lost_tasks(on).order_by().values("assignee_id").annotate(number=Count("pk"))
    counts = dict(lost.values_list("assignee_id", "number")[:MOST_PEOPLE])
    ending = Appointment.objects.filter(voided_at__isnull=True, ends_on__range=(on, on + SOON))
    soon = dict(ending.values("person_id").annotate(day=Min("ends_on")).values_list("person_id", "day"))
    people = Party.objects.filter(pk__in=_scoped([*counts, *soon], actor))
    held = Task.objects.filter(assignee__in=people, state=TaskState.OPEN, kind=TaskKind.WORK)
    open_ = dict(held.values("assignee_id").annotate(number=Count("pk")).values_list("assignee_id", "number"))
    found = [
        Leaver(one, open_[one.pk], counts.get(one.pk, 0), soon.get(one.pk))
        for one in people
        if one.pk in open_
    ]
    return sorted(found, key=lambda one: (-one.lost, one.leaves_on or date.max, one.person.pinyin))


def get_leaver(uuid: UUID, *, actor: Actor) -> Party:
    """Give a person whose tasks the actor may hand over. Error: NotYourPeople."""
    posts = Appointment.objects.filter(voided_at__isnull=True, person_id=OuterRef("pk"))
    rows = Party.objects.annotate(in_units=ArraySubquery(posts.values("post__unit_id")))
    person = rows.filter(uuid=uuid, kind="person").first()
    if person is None or not (cases.HAND_OVER in actor.permissions or _headed(actor) & {*person.in_units}):
        raise NotYourPeople
    return person


def list_tasks_held(person: Party) -> Sequence[Task]:
    """Give what a person has in hand, due first first."""
    rows = Task.objects.filter(Q(assignee=person) | Q(owner=person), state=TaskState.OPEN, kind=TaskKind.WORK)
    rows = rows.select_related("case__applicant", "pool").defer("case__words")
    return list(rows.order_by("due_at", "pk")[:MOST_TASKS])


def _scoped(people: Sequence[int], actor: Actor) -> list[int]:
    """Keep those whom the actor answers for: everybody for the system administrator, own units for a head."""
    if cases.HAND_OVER in actor.permissions:
        return list(people)
    held = Appointment.objects.filter(voided_at__isnull=True, person_id__in=people)
    rows = held.filter(post__unit_id__in=_headed(actor))
    return list(rows.values_list("person_id", flat=True).distinct())


def _headed(actor: Actor) -> set[int]:
    """Give the actor's units and all under them."""
    return {below for unit in actor.unit_ids for below in unit_ids_under(unit)}
