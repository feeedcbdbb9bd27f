"""Computing all open clocks because of a calendar: as a preview of a draft, or because it counts.

The work is done in batches by a background job; each batch is one transaction that also notes how far it is,
so after a crash the job goes on with the batch that was lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from jingkai.casework.clock import queries
from jingkai.casework.clock.data import Move
from jingkai.casework.clock.models import ClockMove, Reprojection
from jingkai.casework.clock.operations.projecting import preview_moves, reproject_clocks
from jingkai.casework.clock.operations.store import insert_rows
from jingkai.casework.clock.rules.subjects import subjects_of
from jingkai.kernel.calendar.api import get_draft_by_id, get_drafted_calendar
from jingkai.kernel.events.api import enqueue
from jingkai.kernel.notices.api import notify
from jingkai.kernel.permissions.data import SYSTEM

RUN = "clock.reproject_open"


@transaction.atomic
def begin_preview(*, draft_id: int, at: datetime) -> Reprojection:
    """Have it computed which due days a drafted calendar would move; once for each draft."""
    draft = get_draft_by_id(draft_id)
    run, new = Reprojection.objects.get_or_create(
        draft_id=draft_id, defaults={"year": draft.year, "source": draft.source, "at": at}
    )
    if new:
        enqueue(RUN, run_id=run.pk)
    return run


@transaction.atomic
def begin_reprojection(*, year: int, version: int, source: str, at: datetime) -> Reprojection:
    """Have all open clocks computed anew because a year has changed; once for each version of it."""
    run, new = Reprojection.objects.get_or_create(
        year=year, calendar_version=version, draft_id=None, defaults={"source": source[:200], "at": at}
    )
    if new:
        enqueue(RUN, run_id=run.pk)
    return run


@transaction.atomic
def run_batch(*, run_id: int, size: int, at: datetime) -> bool:
    """Compute the next batch of open clocks and note how far the work is; says whether more are left.

    When all are done, the holders of what moved have been told, each once.
    """
    run = Reprojection.objects.select_for_update().get(pk=run_id)
    if run.state == Reprojection.State.DONE:
        return False
    if run.state == Reprojection.State.WAITING:
        run.total, run.state = queries.count_open(), Reprojection.State.RUNNING
    ids = queries.list_open_ids(after_id=run.last_id, limit=size)
    run.last_id = ids[-1] if ids else run.last_id
    moves = _compute(run, ids, at=at)
    _keep(run, moves)
    run.done += len(ids)
    run.moved += sum(move.needs is None for move in moves)
    run.stuck += sum(move.needs is not None for move in moves)
    if len(ids) < size:
        run.state, run.ended_at = Reprojection.State.DONE, at
        if not run.is_preview:
            _tell_holders(run, at=at)
    run.save()
    return run.state == Reprojection.State.RUNNING


def _compute(run: Reprojection, ids: Sequence[int], *, at: datetime) -> Sequence[Move]:
    if run.draft_id is not None:
        calendar = get_drafted_calendar(get_draft_by_id(run.draft_id))
        return preview_moves(clock_ids=ids, calendar=calendar)
    return reproject_clocks(
        clock_ids=ids,
        reason=f"{run.year}年工作日历第{run.calendar_version}版",
        basis=run.source,
        kept={"calendar_year": run.year, "calendar_version": run.calendar_version},
        by=SYSTEM,
        at=at,
    ).moves


def _keep(run: Reprojection, moves: Sequence[Move]) -> None:
    subjects = subjects_of([move.clock_id for move in moves])
    insert_rows(
        [
            ClockMove(
                run=run,
                clock_id=move.clock_id,
                due_before=move.due_before,
                due_after=move.due_after,
                needs=move.needs,
                holders=list(subjects[move.clock_id].holders) if move.clock_id in subjects else [],
            )
            for move in moves
        ],
        unless_there=True,
    )


def _tell_holders(run: Reprojection, *, at: datetime) -> None:
    """Tell each holder once how many of their due days moved, with the list."""
    counts: Counter[int] = Counter()
    for holders in run.moves.filter(needs__isnull=True).values_list("holders", flat=True).iterator():
        counts.update(set(holders))
    by_number: dict[int, list[int]] = {}
    for person, number in counts.items():
        by_number.setdefault(number, []).append(person)
    for number, people in sorted(by_number.items()):
        notify(
            to=people,
            kind="due_days_moved",
            at=at,
            facts={"number": number, "year": run.year, "version": run.calendar_version, "source": run.source},
            url=reverse("clock:moves", args=[run.uuid]),
            key=f"clock.moved.{run.pk}",
        )
