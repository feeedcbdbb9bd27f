"""Computations of all open clocks, and the due days that they move; clocks that are due for something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from jingkai.casework.clock.data import State
from jingkai.casework.clock.models import Clock, ClockMove, Reprojection

PAGE = 50


def list_open_ids(*, after_id: int, limit: int) -> Sequence[int]:
    """List the numbers of clocks that have not ended, from a number on: one page of a key set."""
    clocks = Clock.objects.exclude(state=State.STOPPED).filter(pk__gt=after_id)
    return list(clocks.order_by("pk").values_list("pk", flat=True)[:limit])


def count_open() -> int:
    """Count the clocks that have not ended; for work in the background only."""
    return Clock.objects.exclude(state=State.STOPPED).count()


def list_capped_holds(*, today: date) -> list[Clock]:
    """List the clocks whose hold has reached the cap of its reason and which run again by law."""
    held = Clock.objects.filter(state=State.SUSPENDED, suspended_until__lte=today)
    return list(held.order_by("pk"))


def list_lapsed_ids(*, keys: Sequence[str], at: datetime, limit: int) -> Sequence[int]:
    """List running clocks under these limits whose end has passed and about which nothing was done yet."""
    lapsed = Clock.objects.filter(
        state=State.RUNNING, lapsed_at__isnull=True, limit_key__in=keys, due_at__lte=at
    )
    return list(lapsed.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])


def get_run(*, uuid: UUID) -> Reprojection | None:
    """Give a computation of all open clocks, or None."""
    return Reprojection.objects.filter(uuid=uuid).first()


def get_run_by_id(run_id: int) -> Reprojection:
    """Give a computation of all open clocks by its number."""
    return Reprojection.objects.get(pk=run_id)


def run_of_draft(draft_id: int) -> Reprojection | None:
    """Give the preview of a drafted calendar, or None while it was not begun."""
    return Reprojection.objects.filter(draft_id=draft_id).first()


def newest_run(year: int) -> Reprojection | None:
    """Give the newest computation because of a year, or None."""
    return Reprojection.objects.filter(year=year, draft_id__isnull=True).order_by("-pk").first()


def list_moves(
    *, run: Reprojection, after: int = 0, holder_id: int | None = None, limit: int = PAGE
) -> list[ClockMove]:
    """Give one page of what a computation moves, in the order of the clocks; of one holder where asked."""
    moves = ClockMove.objects.filter(run=run, pk__gt=after).select_related("clock")
    if holder_id is not None:
        moves = moves.filter(holders__contains=[holder_id])
    return list(moves.order_by("pk")[:limit])
