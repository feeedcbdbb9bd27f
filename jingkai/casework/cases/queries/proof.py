"""Cases compared with their trail, to prove that neither was touched by itself: one, or many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from jingkai.casework.cases.models import (
    Case,
    CaseAccess,
    CaseClock,
    KeptMessage,
    Reading,
    Task,
    Timer,
)
from jingkai.casework.cases.queries.replay import replay
from jingkai.kernel.audit import api as audit
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.hooks.api import Prepared, PreparedValues, one_view
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Party

R = TypeVar("R")

_CASE = Prepared(lambda s: Case.objects.filter(pk=s.number("case")))
_ENTRIES = Prepared(lambda s: audit.entries_of((Case._meta.label_lower, s.number("case"))))
_ZONES = PreparedValues(lambda _s: Party.objects.filter(kind=PartyKind.ZONE).values("pk"))
_TASKS = Prepared(lambda s: Task.objects.filter(case_id=s.number("case")))
_TIMERS = Prepared(lambda s: Timer.objects.filter(case_id=s.number("case")))
_KEPT = Prepared(lambda s: KeptMessage.objects.filter(case_id=s.number("case")))
_READINGS = PreparedValues(
    lambda s: Reading.objects.filter(case_id=s.number("case")).values("reader_id", "read_at")
)
_ACCESS = PreparedValues(lambda s: CaseAccess.objects.filter(case_id=s.number("case")).values("grantee_id"))
_CLOCKS = PreparedValues(
    lambda s: CaseClock.objects.filter(case_id=s.number("case")).order_by("pk").values("key", "clock_id")
)
"""Tests compare the same case after every step."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of one case: its trail, and its rows in the tables."""

    case: Case
    entries: Iterable[TrailEntry]
    tasks: Iterable[Task]
    timers: Iterable[Timer]
    messages: Iterable[KeptMessage]
    readers: Mapping[int, datetime | None]
    grantees: set[int]
    clocks: list[tuple[str, int]]


def differences(case_id: int) -> list[str]:
    """Compare the rows of a case with its trail; each difference is one line, none means that they agree."""
    case = _CASE.first(case=case_id)
    if case is None:
        raise Case.DoesNotExist
    standing = Standing(
        case,
        _ENTRIES.fetch(case=case_id),
        _TASKS.fetch(case=case_id),
        _TIMERS.fetch(case=case_id),
        _KEPT.fetch(case=case_id),
        {one["reader_id"]: one["read_at"] for one in _READINGS.fetch(case=case_id)},
        {one["grantee_id"] for one in _ACCESS.fetch(case=case_id)},
        [(one["key"], one["clock_id"]) for one in _CLOCKS.fetch(case=case_id)],
    )
    return compare(standing, {one["pk"] for one in _ZONES.fetch()})


def batches_of_cases(size: int = 500) -> Iterator[dict[int, str]]:
    """Give number and reference of every case, so many at a time, in the order of their numbers."""
    last = 0
    while batch := dict(
        Case.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "reference")[:size]
    ):
        yield batch
        last = max(batch)


def differing(case_ids: Collection[int]) -> dict[int, list[str]]:
    """Compare many cases with their trails at once; gives those that differ, each with its lines.

    Nine questions for all of them, in one view of the data, so that a case that moves on meanwhile differs in
    nothing. A few hundred at a time: everything of theirs is held in memory.
    """
    wanted = list(case_ids)
    of_these = {"case_id__in": wanted}
    with one_view():
        zones = set(Party.objects.filter(kind=PartyKind.ZONE).values_list("pk", flat=True))
        entries = _by_case(audit.entries_of_many(Case._meta.label_lower, wanted), "stream_id")
        tasks = _by_case(Task.objects.filter(**of_these))
        timers = _by_case(Timer.objects.filter(**of_these))
        messages = _by_case(KeptMessage.objects.filter(**of_these))
        readings = _by_case(Reading.objects.filter(**of_these))
        access = _by_case(CaseAccess.objects.filter(**of_these))
        clocks = _by_case(CaseClock.objects.filter(**of_these).order_by("pk"))
        cases = list(Case.objects.filter(pk__in=wanted))
    found = {}
    for case in cases:
        standing = Standing(
            case,
            entries[case.pk],
            tasks[case.pk],
            timers[case.pk],
            messages[case.pk],
            {one.reader_id: one.read_at for one in readings[case.pk]},
            {one.grantee_id for one in access[case.pk]},
            [(one.key, one.clock_id) for one in clocks[case.pk]],
        )
        if lines := compare(standing, zones):
            found[case.pk] = lines
    return found


def _by_case(rows: Iterable[R], name: str = "case_id") -> defaultdict[int, list[R]]:
    grouped: defaultdict[int, list[R]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, name)].append(row)
    return grouped


def compare(standing: Standing, zones: Iterable[int]) -> list[str]:
    """Tell in what the rows of a case are not those that its trail says; `zones` may see every case."""
    rows, case = replay(standing.entries), standing.case
    if not rows.case:
        return ["case: it has no trail"]
    rows.grantees |= set(zones)
    found = _compare("case", rows.case, {name: getattr(case, name) for name in rows.case})
    tasks = {task.pk: task for task in standing.tasks}
    found += _compare("tasks", {"ids": sorted(rows.tasks)}, {"ids": sorted(tasks)})
    for pk, expected in rows.tasks.items():
        if pk in tasks:
            found += _compare(f"task {pk}", expected, {name: _plain(tasks[pk], name) for name in expected})
    found += _compare_rows("timer", rows.timers, {one.pk: one for one in standing.timers})
    found += _compare_rows("message", rows.messages, {one.pk: one for one in standing.messages})
    found += _compare("circulation", {"readers": rows.readers}, {"readers": standing.readers})
    found += _compare("access", {"grantees": sorted(rows.grantees)}, {"grantees": sorted(standing.grantees)})
    return found + _compare("clocks", {"attached": rows.clocks}, {"attached": standing.clocks})


def _compare(what: str, expected: Mapping[str, Any], actual: Mapping[str, Any]) -> list[str]:
    return [
        f"{what}: {name} is {actual[name]!r}, the trail says {value!r}"
        for name, value in expected.items()
        if actual[name] != value
    ]


def _plain(task: Task, name: str) -> Any:
    value = getattr(task, name)
    return str(value) if isinstance(value, UUID) else value


def _compare_rows(
    what: str, expected: Mapping[int, Mapping[str, Any]], actual: Mapping[int, Any]
) -> list[str]:
    found = _compare(f"{what}s", {"ids": sorted(expected)}, {"ids": sorted(actual)})
    for pk, facts in expected.items():
        if pk in actual:
            found += _compare(f"{what} {pk}", facts, {name: getattr(actual[pk], name) for name in facts})
    return found
