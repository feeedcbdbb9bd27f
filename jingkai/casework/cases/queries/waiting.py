"""Reads: what is due, and who waits for what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Q

from jingkai.casework.cases.data import TaskKind, TaskState
from jingkai.casework.cases.models import Migration, Task, Timer


def list_due_timers(
    *, at: datetime, after: tuple[datetime, int] | None, limit: int
) -> list[tuple[int, datetime]]:
    """Give timers that are due and not used up, the oldest first, each with its moment."""
    rows = Timer.objects.filter(due_at__lte=at, fired_at__isnull=True, lapsed_at__isnull=True, held=False)
    if after is not None:
        rows = rows.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], pk__gt=after[1]))
    return list(rows.order_by("due_at", "pk").values_list("pk", "due_at")[:limit])


def list_timers(case_id: int) -> list[Timer]:
    """Give the timers of a case that still run, the next first."""
    rows = Timer.objects.filter(case_id=case_id, fired_at__isnull=True, lapsed_at__isnull=True)
    rows = rows.filter(task__state__in=[TaskState.OPEN, TaskState.PLANNED])
    return list(rows.select_related("task").order_by("due_at", "pk"))


def running_timers(case_id: int) -> list[Timer]:
    """Give the timers of a case that are not used up."""
    rows = Timer.objects.filter(case_id=case_id, fired_at__isnull=True, lapsed_at__isnull=True)
    return list(rows.order_by("pk"))


def cases_with_timers_of(clock_ids: Collection[int]) -> list[int]:
    """Give the cases in which a timer runs that is tied to one of these clocks: one query."""
    rows = Timer.objects.filter(fired_at__isnull=True, lapsed_at__isnull=True).exclude(clock_key="")
    rows = rows.filter(case__clocks__clock_id__in=list(clock_ids), case__clocks__key=F("clock_key"))
    return list(rows.order_by("case_id").values_list("case_id", flat=True).distinct())


def list_cases_by_working_days(*, after_id: int, limit: int) -> list[int]:
    """Give the cases in which a timer of working days runs, in the order of their numbers."""
    rows = Timer.objects.filter(fired_at__isnull=True, lapsed_at__isnull=True, working_days__gt=0)
    rows = rows.filter(case_id__gt=after_id).order_by("case_id")
    return list(rows.values_list("case_id", flat=True).distinct()[:limit])


def list_waiting_cases(kind: TaskKind, name: str, *, after_id: int, limit: int) -> list[int]:
    """Give the cases in which a place waits for a message or signal, in the order of their numbers."""
    rows = Task.objects.filter(waits_for=name, kind=kind, state=TaskState.OPEN, case_id__gt=after_id)
    return list(rows.order_by("case_id").values_list("case_id", flat=True).distinct()[:limit])


def list_migrations(key: str, *, limit: int = 20) -> list[Migration]:
    """Give the last runs that moved cases of a flow, newest first."""
    rows = Migration.objects.filter(from_version__key=key).select_related("begun_by")
    rows = rows.select_related("from_version", "to_version").defer("from_version__bpmn", "to_version__bpmn")
    return list(rows.order_by("-pk")[:limit])
