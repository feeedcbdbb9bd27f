"""Claiming from pools: the next task, or several at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.inbox import queries
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor

TRIED = 50
"""How many of the most urgent tasks are tried when others reach for the same ones."""


class PoolIsEmpty(PersonFacingError):
    """Nothing waits in the pools of this person."""

    sentence = _("Nothing waits to be claimed in your units.")
    advice = _("What is on you stands under “On me”; new matters appear here by themselves.")


class NothingChosen(PersonFacingError):
    """A batch without a single task."""

    status = 422
    sentence = _("No task was ticked.")
    advice = _("Tick the tasks that you want to claim, then claim them.")


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of a batch: the tasks that are now on the actor, and the reasons why others are not."""

    tasks: tuple[Task, ...]
    refused: tuple[str, ...]


@transaction.atomic
def claim_next(*, by: Actor, at: datetime) -> Task:
    """Claim what is due first in the actor's pools; what somebody else just reaches for is passed over."""
    for task in queries.list_claimable(actor=by, at=at, limit=TRIED):
        free = Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=task.case_id)
        if not free.values_list("pk", flat=True).first():
            continue
        try:
            with transaction.atomic():
                return cases.claim_task(task=task, by=by, at=at)
        except PersonFacingError:
            continue
    raise PoolIsEmpty


@transaction.atomic
def claim_many(*, tasks: Iterable[Task], by: Actor, at: datetime) -> Claimed:
    """Claim several tasks; one that somebody else was faster with does not keep the others back."""
    claimed: list[Task] = []
    refused: list[str] = []
    for task in sorted(tasks, key=lambda task: task.case_id):
        try:
            with transaction.atomic():
                claimed.append(cases.claim_task(task=task, by=by, at=at))
        except PersonFacingError as error:
            refused.append(str(error))
    if not claimed and not refused:
        raise NothingChosen
    return Claimed(tuple(claimed), tuple(refused))
