"""A changed holiday: so many running clocks computed anew in the background, with all that follows.

Every clock runs for an open case in somebody's hands. Timed is what the background worker does: first for the
preview of the drafted year, then when it counts: dates, ledger lines, trail entries, the list of moves, the
dates that cases, tasks and access rows repeat, and the notice to each holder.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F

from benchmarks.filling import Filling
from benchmarks.report import Goal, Table
from jingkai.casework.cases.models import Case, CaseAccess, CaseClock, Task
from jingkai.casework.clock import api as clocks
from jingkai.casework.clock.data import ClockStart
from jingkai.casework.clock.models import Clock, LedgerEntry, Reprojection
from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.calendar.data import NamedDay
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM

CLOCKS = 10_000
SECONDS = 60
CHUNK = 1000
AT = datetime(2026, 9, 14, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
LAST = date(2026, 12, 31)


def measure_clocks(cast: Cast, number: int = CLOCKS) -> Table:
    """Let so many clocks run, change the holidays before their due days, and time the background work."""
    for first in range(0, number, CHUNK):
        _begin(cast, first, min(CHUNK, number - first))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    run_jobs(limit=10 * number)
    made = calendar.draft_year(year=2026, days=_changed(), source="国办发明电〔2026〕1号", by=SYSTEM, at=AT)
    preview = _timed(run_jobs)
    calendar.put_in_force(draft=made, by=SYSTEM, at=AT)
    counted = _timed(run_jobs)
    _check(number)
    return _table(number, preview, counted)


def _begin(cast: Cast, first: int, number: int) -> None:
    """Start clocks for new cases, in the tables as the engine leaves them."""
    limit = clocks.get_limit("permit_decision", on=AT.date())
    starts = [ClockStart(limit=limit, label=f"审查{first + n}") for n in range(number)]
    with transaction.atomic():
        made = clocks.start_clocks(starts=starts, by=SYSTEM, at=AT)
        cases = Case.objects.bulk_create(_cases(cast, first, made))
        pairs = list(zip(cases, made, strict=True))
        CaseClock.objects.bulk_create(
            CaseClock(case=case, key="fire", clock=clock, label=clock.label, attached_at=AT)
            for case, clock in pairs
        )
        officers = (cast.officer_fire.party_id, cast.leader.party_id, cast.officer_quality.party_id)
        Task.objects.bulk_create(
            Task(
                case=case,
                node_id="fire",
                name="消防审查",
                clock_key="fire",
                assignee_id=officers[place % len(officers)],
                pool_id=cast.unit("fire"),
                opened_at=AT,
                due_at=clock.due_at,
                yellow_at=clock.yellow_at,
            )
            for place, (case, clock) in enumerate(pairs)
        )
        CaseAccess.objects.bulk_create(_access(cast, cases))


def _cases(cast: Cast, first: int, made: Sequence[Clock]) -> Iterator[Case]:
    flow = Filling(cast).publish_flow()
    for place, clock in enumerate(made):
        yield Case(
            reference=f"K{first + place:08d}",
            kind="approvals",
            title=f"第{first + place}号厂房",
            flow_version_id=flow,
            applicant_id=cast.enterprise.pk,
            starter_id=cast.handler.party_id,
            opened_at=AT,
            updated_at=AT,
            due_at=clock.due_at,
            yellow_at=clock.yellow_at,
        )


def _access(cast: Cast, cases: Sequence[Case]) -> Iterator[CaseAccess]:
    handler = cast.person("handler").pk
    seen = (cast.zone.pk, cast.enterprise.pk, handler, cast.unit("fire"), cast.unit("quality"))
    for case in cases:
        for grantee in seen:
            yield CaseAccess(
                grantee_id=grantee,
                case=case,
                updated=AT,
                opened=AT,
                due=case.due_at or AT,
                yellow=case.yellow_at or AT,
                kind=case.kind,
                state="open",
            )


def _changed() -> list[NamedDay]:
    """The loaded year with one more day off before every due day."""
    named = calendar.name_days(date(2026, 1, 1), LAST)
    free = next(day for day in _days(AT.date() + timedelta(days=2)) if calendar.load().is_working(day))
    return [day for on, day in named.items() if on != free] + [NamedDay(free, False, "调休", "Day off")]


def _days(first: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((LAST - first).days))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _check(number: int) -> None:
    """Every clock moved, has its line with the reason, and its case shows the new date."""
    newest = Reprojection.objects.order_by("-pk").values_list("state", "done", "moved")
    runs = list(newest[:2])
    lines = LedgerEntry.objects.filter(kind="reproject").exclude(note="").count()
    behind = CaseClock.objects.exclude(case__due_at=F("clock__due_at")).count()
    if runs != [("done", number, number)] * 2 or lines != number or behind:
        raise AssertionError(f"runs {runs}, {lines} lines of {number}, {behind} cases behind")


def _table(number: int, preview: float, counted: float) -> Table:
    table = Table(
        f"{number:,} running clocks and a changed holiday, in the background, one worker",
        ("what", "seconds", "clocks a second"),
    )
    table.rows = [
        ("preview: every due day that will move", f"{preview:.1f}", f"{number / preview:,.0f}"),
        (f"{number:,} clocks re-projected", f"{counted:.1f}", f"{number / counted:,.0f}"),
    ]
    table.goals = [
        Goal(f"{number:,} clocks re-projected", f"{counted:.1f} s", f"≤ {SECONDS} s", counted <= SECONDS)
    ]
    table.note = (
        "Every clock moves: it has its own line in the ledger and its own entry in the trail, both with the "
        "reason; its case, task and five access rows show the new date; the holders are told, each once. In "
        "batches, each one transaction that notes how far it is: after a crash the next one goes on there."
    )
    return table
