"""Counting the cockpit's figures ahead for those who see many cases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from jingkai.casework.inbox.models import BoardFigures
from jingkai.casework.inbox.queries.figures import FEW, count_board, facts_of
from jingkai.casework.inbox.queries.visible import scope_of
from jingkai.casework.inbox.rules import SEE_COCKPIT
from jingkai.kernel.hooks.api import noting_age
from jingkai.kernel.organisation.api import actor_for_person, people_with
from jingkai.kernel.parties.api import zone
from jingkai.kernel.permissions.data import Actor


def keep_figures(*, at: datetime) -> int:
    """Count the figures of everybody who may open the cockpit and sees many cases; gives how many were kept.

    People who see the same share one count. Where few cases are seen nothing is kept: there the board
    counts by itself and is never behind. Derived figures of no person: they leave no trail. Safe to repeat.
    """
    kept: list[str] = []
    for scopes, actor in _same_sight(at):
        with noting_age() as age:
            board = count_board(actor=actor, at=at)
        if board.looked_at > FEW:
            facts = {"facts": facts_of(board), "counted_at": min(at, age.as_of or at)}
            for scope in scopes:
                BoardFigures.objects.update_or_create(scope=scope, defaults=facts)
            kept += scopes
    BoardFigures.objects.exclude(scope__in=kept).delete()
    return len(kept)


def _same_sight(at: datetime) -> Iterable[tuple[set[str], Actor]]:
    """Group who may open the cockpit by what they see: a grant over the zone contains every other one."""
    on = timezone.localdate(at)
    people = list(people_with(SEE_COCKPIT, on))
    whole = zone().pk if people else 0  # before the zone is set up there is nobody
    found: dict[str, tuple[set[str], Actor]] = {}
    for person in people:
        actor = actor_for_person(person, on)
        sees = scope_of([whole] if whole in actor.grantees else actor.grantees)
        found.setdefault(sees, (set(), actor))[0].add(scope_of(actor.grantees))
    return found.values()
