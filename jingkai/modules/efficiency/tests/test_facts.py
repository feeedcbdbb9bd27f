"""Every figure once more from what people did: matters, ledgers of clocks and the trail, days counted anew.

Nothing of the way that the product takes is used: not its facts, not the days that its clocks kept, not its
calendar. One statement reads the matters, the State Council's days come from another package, and the rest is
arithmetic of the law: day zero is not counted, days left out are not, and an end by the last day is in time.
"""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil, floor
from typing import Any

import chinese_calendar
import pytest
from django.db import connection

from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.modules.efficiency import operations, queries
from jingkai.modules.efficiency.data import Dimension, Scope

pytestmark = pytest.mark.django_db

YEAR = Scope(since=date(2026, 1, 1), until=date(2026, 12, 1))
MATTERS = """
SELECT item.code, part.unit_id, matter.id, part.branch, part.decides, clock.limit ->> 'amount',
       clock.limit ->> 'promised', clock.started_on, package.code, item.visits,
       (SELECT count(*) FROM approvals_correction told WHERE told.application_id = matter.id),
       (SELECT jsonb_agg(jsonb_build_array(line.kind, line."on", line.reason_code) ORDER BY line.sequence)
          FROM clock_ledgerentry line WHERE line.clock_id = clock.id),
       (SELECT array_agg(said.author_id ORDER BY said.at, said.id) FROM cases_opinion said
          JOIN cases_task task ON task.id = said.task_id
         WHERE task.case_id = matter.case_id AND task.branch = part.branch),
       (SELECT count(*) FROM audit_trailentry entry WHERE entry.stream_kind = 'cases.case'
           AND entry.stream_id = matter.case_id AND entry.action = 'task.completed'
           AND entry.facts ->> 'outcome' = 'return')
  FROM approvals_applicationitem part
  JOIN approvals_application matter ON matter.id = part.application_id
  JOIN approvals_package package ON package.id = matter.package_id
  JOIN approvals_item item ON item.id = part.item_id
  JOIN clock_clock clock ON clock.id = part.clock_id
"""


@dataclass
class Handled:
    """One item that was handled, as the ground tells it."""

    item: str
    unit: int
    matter: int
    statutory: int
    promised: int
    package: str
    trips: int
    corrected: bool
    returned: int
    person: int
    ended: date
    actual: int
    on_time: bool
    held: Counter[str] = field(default_factory=Counter)


def working_days(after: date, until: date) -> Iterator[date]:
    """The working days after a day, up to and with another."""
    day = after
    while day < until:
        day += timedelta(days=1)
        if chinese_calendar.is_workday(day):
            yield day


def read() -> list[Handled]:
    """Every item whose clock has ended, recomputed."""
    with connection.cursor() as cursor:
        cursor.execute(MATTERS)
        rows = cursor.fetchall()
    found = [_handled(*row[:11], json.loads(row[11]), *row[12:]) for row in rows]
    return [one for one in found if one is not None]


def _handled(
    item: str,
    unit: int,
    matter: int,
    branch: str,
    decides: bool,
    statutory: str,
    promised: str | None,
    began: date,
    package: str,
    visits: int,
    corrections: int,
    ledger: list[list[str]],
    authors: list[int],
    returned: int,
) -> Handled | None:
    if ledger[-1][0] != "stop":
        return None
    left_out: dict[date, str] = {}
    since: date | None = None
    reason = ""
    for kind, on, why in ledger:
        if kind == "suspend":
            since, reason = date.fromisoformat(on), why
        elif kind == "resume" and since is not None:
            spared = working_days(since - timedelta(days=1), date.fromisoformat(on) - timedelta(days=1))
            left_out |= dict.fromkeys(spared, reason)
    ended = date.fromisoformat(ledger[-1][1])
    actual = len([day for day in working_days(began, ended) if day not in left_out])
    return Handled(
        item=item,
        unit=unit,
        matter=matter,
        statutory=int(statutory),
        promised=int(promised or statutory),
        package=package,
        trips=visits + min(corrections, 1),
        corrected=corrections > 0,
        returned=returned if decides else 0,
        person=authors[-1],
        ended=ended,
        actual=actual,
        on_time=actual <= int(statutory),
        held=Counter(left_out.values()),
    )


def percentile(values: list[int], share: float) -> float:
    """Between the two values around the place, in proportion."""
    ordered, place = sorted(values), share * (len(values) - 1)
    return ordered[floor(place)] + (place - floor(place)) * (ordered[ceil(place)] - ordered[floor(place)])


def told(rows: list[Handled]) -> dict[str, Any]:
    """All measures of one group of items."""
    count, statutory = len(rows), sum(row.statutory for row in rows)
    actual = sum(row.actual for row in rows)
    held: Counter[str] = sum((row.held for row in rows), Counter())
    return {
        "count": count,
        "statutory": statutory,
        "promised": sum(row.promised for row in rows),
        "actual": actual,
        "statutory_median": statistics.median(row.statutory for row in rows),
        "statutory_p90": percentile([row.statutory for row in rows], 0.9),
        "promised_median": statistics.median(row.promised for row in rows),
        "promised_p90": percentile([row.promised for row in rows], 0.9),
        "actual_median": statistics.median(row.actual for row in rows),
        "actual_p90": percentile([row.actual for row in rows], 0.9),
        "compression": round((statutory - actual) * 100 / statutory, 1),
        "on_time_rate": round(sum(row.on_time for row in rows) * 100 / count, 1),
        "one_visit_rate": round(sum(row.trips <= 1 for row in rows) * 100 / count, 1),
        "returned": sum(row.returned for row in rows),
        "corrected": sum(row.corrected for row in rows),
        "held_days": held.total(),
        "held": dict(sorted(held.items())),
    }


KEYS: Mapping[Dimension, Callable[[Handled], str]] = {
    Dimension.ITEM: lambda row: row.item,
    Dimension.UNIT: lambda row: str(row.unit),
    Dimension.PERSON: lambda row: str(row.person),
    Dimension.MONTH: lambda row: f"{row.ended:%Y-%m}",
    Dimension.PACKAGE: lambda row: row.package,
}


def play(hall: Hall) -> None:
    """Three matters: one held for experts, one late and given back, one corrected and over a holiday."""
    held = hall.bring_to("accepted", accepted="2026-03-03 10:00")
    task, by = hall.claim(held, "fire", "officer_fire", at="2026-03-04 09:00")
    approvals.start_expert_review(task=task, reason="特殊消防设计", by=by, at=moment("2026-03-04 09:00"))
    approvals.end_expert_review(task=task, conclusion="同意", by=by, at=moment("2026-03-10 09:00"))
    _conclude(hall, held, "2026-03-05 09:00", "2026-03-05 15:00", "2026-03-11 09:00")
    _issue(hall, held, ("2026-03-11 10:00", "2026-03-11 11:00", "2026-03-11 15:00"))
    late = hall.bring_to("accepted", accepted="2026-03-05 10:00")
    _conclude(hall, late, "2026-03-06 09:00", "2026-03-20 09:00", "2026-03-27 09:00")
    hall.summarise(late, at="2026-03-27 10:00")
    hall.give_back(late, at="2026-03-27 16:00")
    _issue(hall, late, ("2026-03-30 09:00", "2026-03-30 10:00", "2026-03-31 09:00"))
    wrong = hall.bring_to("submitted", submitted="2026-04-27 09:00", draft="2026-04-27 08:30")
    hall.correct(wrong, {"site-plan": "消防车道没有尺寸"}, at="2026-04-28 09:00")
    hall.give(wrong, "site-plan", at="2026-04-28 15:00", content=b"")
    hall.supply(wrong, at="2026-04-28 16:00")
    hall.accept(wrong, at="2026-04-29 09:00")
    _conclude(hall, wrong, "2026-05-06 09:00", "2026-05-07 09:00", "2026-05-09 09:00")
    _issue(hall, wrong, ("2026-05-09 10:00", "2026-05-09 11:00", "2026-05-11 09:00"))


def _conclude(hall: Hall, matter: Any, *moments: str) -> None:
    for branch, at in zip(("airdefence", "quality", "fire"), moments, strict=True):
        hall.conclude(matter, branch, at=at)


def _issue(hall: Hall, matter: Any, moments: tuple[str, str, str]) -> None:
    summarised, signed, sealed = moments
    hall.summarise(matter, at=summarised)
    hall.sign(matter, at=signed)
    hall.apply_seal(matter, at=sealed)


HALL_AT = play
"""The spring is played once; each test finds it played."""


@pytest.fixture
def ground(hall: Hall) -> list[Handled]:
    """What the hall did this spring, as the ground tells it."""
    operations.rebuild_facts()
    return read()


def test_the_ground_holds_every_kind_of_fate(ground: list[Handled]) -> None:
    """What is compared below is no row of noughts."""
    assert len(ground) == 9
    assert any(not row.on_time for row in ground)
    whole = told(ground)
    assert whole["statutory_p90"] > whole["statutory_median"], "limits differ, so that both are tried"
    assert whole["promised_p90"] > whole["promised_median"]
    assert any(row.returned for row in ground)
    assert any(row.corrected for row in ground)
    assert Counter({"expert_review": 4}) in [row.held for row in ground]


@pytest.mark.parametrize("dimension", list(Dimension))
def test_every_measure_follows_from_the_ground(ground: list[Handled], dimension: Dimension) -> None:
    groups: dict[str, list[Handled]] = defaultdict(list)
    for row in ground:
        groups[KEYS[dimension](row)].append(row)
    found = queries.figures(by=dimension, scope=YEAR)
    wanted = {key: told(rows) for key, rows in groups.items()}
    assert {one.key: {name: getattr(one, name) for name in told(ground)} for one in found.rows} == wanted
    [whole] = found.totals
    assert {name: getattr(whole, name) for name in told(ground)} == told(ground)
