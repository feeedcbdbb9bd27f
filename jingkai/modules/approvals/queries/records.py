"""What was done on items, for statistics of other modules: read by number, computed, never kept here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from django.utils import timezone

from jingkai.casework.cases.models import Task
from jingkai.casework.clock.data import EntryKind
from jingkai.casework.clock.models import LedgerEntry
from jingkai.kernel.calendar.api import Calendar, get_calendar
from jingkai.modules.approvals.data import ItemRecord
from jingkai.modules.approvals.models import ApplicationItem, Correction, ItemRun
from jingkai.modules.approvals.queries.project import counted_days, figures_of

MOST = 1000


def item_records(
    *, at: datetime, since_id: int = 0, limit: int = 500, ids: Collection[int] | None = None
) -> list[ItemRecord]:
    """Items that have begun, by their number from `since_id` on (or just these), as they stand: five queries.

    An item is read again when an event names it: its number never changes, its days do until it ends.
    """
    rows = ApplicationItem.objects.select_related("item", "clock", "application__case", "decision", "run")
    rows = rows.filter(pk__in=ids) if ids is not None else rows.filter(pk__gt=since_id)
    items = list(rows.order_by("pk")[: min(limit, MOST)])
    calendar, today = get_calendar(), timezone.localdate(at)
    officers, held = _officers(items), _held(items)
    returned = set(
        Correction.objects.filter(application__in={one.application_id for one in items}).values_list(
            "application_id", flat=True
        )
    )
    return [
        _record(
            one,
            calendar,
            today,
            officer=officers.get((one.application.case_id or 0, one.branch)),
            held=held.get(one.clock_id, ()),
            returned=one.application_id in returned,
        )
        for one in items
    ]


def _record(
    one: ApplicationItem,
    calendar: Calendar,
    today: date,
    *,
    officer: int | None,
    held: tuple[tuple[str, int], ...],
    returned: bool,
) -> ItemRecord:
    clock, application, run = one.clock, one.application, getattr(one, "run", None)
    limit, decision = clock.limit_value, getattr(one, "decision", None)
    figures = figures_of(limit, limit.promised, clock.started_on, calendar, more=clock.extended_days)
    submitted = application.submitted_at
    return ItemRecord(
        id=one.pk,
        application_id=one.application_id,
        case_id=application.case_id,
        reference=application.case.reference if application.case else "",
        item_id=one.item_id,
        item_code=one.item.code,
        branch=one.branch,
        unit_id=one.unit_id,
        officer_id=officer,
        submitted_on=timezone.localdate(submitted) if submitted else None,
        started_on=clock.started_on,
        ended_on=clock.stopped_on,
        due_on=clock.due_on,
        limit_days=limit.amount,
        limit_unit=str(limit.unit),
        statutory=figures.statutory,
        promised=figures.promised,
        actual=len(counted_days([clock], calendar, until=today)),
        held=held,
        on_time=clock.on_time,
        outcome=run.state if run is not None else clock.outcome,
        simulated=run is not None and run.simulated and run.state == ItemRun.State.CONDITIONAL,
        is_formal=decision is not None and decision.document_id is not None,
        returned=returned,
    )


def _officers(items: list[ApplicationItem]) -> dict[tuple[int, str], int]:
    """Who finished each item's review last."""
    cases = {one.application.case_id for one in items if one.application.case_id}
    done = Task.objects.filter(
        case_id__in=cases, state=Task.State.DONE, outcome__in=("agree", "object")
    ).exclude(closed_by=None)
    rows = done.order_by("closed_at", "pk").values_list("case_id", "branch", "closed_by_id")
    return {(case, branch): person for case, branch, person in rows if person is not None}


def _held(items: list[ApplicationItem]) -> dict[int, tuple[tuple[str, int], ...]]:
    """The days left out of each clock, by reason, of holds that have ended."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    lines = LedgerEntry.objects.filter(
        clock_id__in=[one.clock_id for one in items], kind=EntryKind.RESUME.value
    )
    for clock, reason, days in lines.values_list("clock_id", "reason_code", "days"):
        found[clock][reason] += days
    return {clock: tuple(sorted(reasons.items())) for clock, reasons in found.items()}
