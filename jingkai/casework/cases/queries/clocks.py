"""Reads: the clocks of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from jingkai.casework.cases.models import CaseClock
from jingkai.casework.cases.rules.deadlines import ClockLine, current_clocks


def clocks_by_case(case_ids: Collection[int]) -> dict[int, dict[str, ClockLine]]:
    """Give the current clock of every key of these cases, with one query."""
    rows = CaseClock.objects.filter(case_id__in=case_ids).order_by("pk")
    found: dict[int, list[ClockLine]] = defaultdict(list)
    for case_id, key, state, due_at, yellow_at in rows.values_list(
        "case_id", "key", "clock__state", "clock__due_at", "clock__yellow_at"
    ):
        found[case_id].append(ClockLine(key, state, due_at, yellow_at))
    return {case_id: current_clocks(lines) for case_id, lines in found.items()}


def list_clocks(case_id: int) -> list[CaseClock]:
    """Give every clock of a case with the clock itself, oldest first."""
    return list(CaseClock.objects.filter(case_id=case_id).select_related("clock").order_by("pk"))


def cases_of_clocks(clock_ids: Iterable[int]) -> list[int]:
    """Give the cases for which these clocks run."""
    rows = CaseClock.objects.filter(clock_id__in=list(clock_ids))
    return list(rows.order_by("case_id").values_list("case_id", flat=True).distinct())
