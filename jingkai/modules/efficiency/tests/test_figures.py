"""Every figure is computed once more from the rows themselves, in plain Python, and must be the very same."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pytest

from jingkai.modules.approvals.testing import Hall
from jingkai.modules.efficiency import queries
from jingkai.modules.efficiency.data import Dimension, Figures, Measure, Scope
from jingkai.modules.efficiency.models import HeldDays, MatterFact

pytestmark = pytest.mark.django_db

YEAR = Scope(since=date(2026, 1, 1), until=date(2026, 12, 1))
KEYS: dict[Dimension, Callable[[MatterFact], str]] = {
    Dimension.ITEM: lambda one: one.item,
    Dimension.UNIT: lambda one: str(one.unit_id),
    Dimension.PERSON: lambda one: str(one.person_id or ""),
    Dimension.MONTH: lambda one: f"{one.month:%Y-%m}",
    Dimension.PACKAGE: lambda one: one.package,
}


def play(hall: Hall) -> None:
    """Three hundred items of two years over one real case, drawn at random from a fixed seed."""
    case = hall.case(hall.bring_to("submitted"))
    hall.played["facts"] = draw(hall, case.pk, number=300)


HALL_AT = play
"""They are drawn once; each test finds them drawn."""


@pytest.fixture
def facts(hall: Hall) -> list[MatterFact]:
    """What was drawn."""
    drawn: list[MatterFact] = hall.played["facts"]
    return drawn


def draw(hall: Hall, case_id: int, *, number: int) -> list[MatterFact]:
    chance = random.Random(20261122)
    units = [hall.cast.unit(code) for code in ("fire", "quality", "airdefence")]
    people = [hall.cast.person(who).pk for who in ("officer_fire", "officer_quality", "officer_airdefence")]
    rows = []
    for place in range(number):
        month = date(chance.choice((2025, 2026)), chance.randint(1, 12), 1)
        which, statutory = chance.randrange(3), chance.choice((0, 5, 20, 30))
        trips = chance.randint(0, 3)
        rows.append(
            MatterFact(
                item_id=10_000_000 + place,
                application_id=10_000_000 + place // 3,
                case_id=case_id,
                reference=f"SP{place}",
                title="项目",
                enterprise_id=hall.cast.enterprise.pk,
                package=chance.choice(("a", "b")),
                item=f"item-{chance.randrange(5)}",
                unit_id=units[which],
                person_id=chance.choice((people[which], None)),
                started_on=month,
                concluded_on=month.replace(day=chance.randint(1, 28)),
                month=month,
                outcome="agree",
                day_unit=chance.choice(("working", "working", "natural")),
                statutory=statutory,
                promised=chance.choice((None, statutory // 2)),
                actual=chance.randint(0, 40),
                on_time=chance.random() < 0.9,
                trips=trips,
                one_visit=trips <= 1,
                corrections=chance.randint(0, 1),
                returned=chance.randint(0, 2),
                simulated=chance.random() < 0.2,
            )
        )
    MatterFact.objects.bulk_create(rows)
    holds = [
        HeldDays(fact=row, reason=reason, days=chance.randint(1, 20))
        for row in rows
        for reason in ("expert_review", "hearing")
        if chance.random() < 0.2
    ]
    HeldDays.objects.bulk_create(holds)
    totals: dict[int, int] = defaultdict(int)
    for held in holds:
        totals[held.fact_id] += held.days
    for row in rows:
        row.held_days = totals[row.pk]
    MatterFact.objects.bulk_update(rows, ["held_days"])
    return rows


# --- the independent way ---------------------------------------------------------------------------------


def percentile(values: Iterable[int], share: float) -> float:
    """Linear interpolation between the two values around the place, as the standard of SQL defines it."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low + (place - math.floor(place)) * (high - low)


def expected(rows: list[MatterFact], key: str, day_unit: str) -> dict[str, Any]:
    """All figures of one row, from the facts and their holds."""
    promised = [row.statutory if row.promised is None else row.promised for row in rows]
    held: dict[str, int] = defaultdict(int)
    for one in HeldDays.objects.filter(fact__in=rows):
        held[one.reason] += one.days
    return {
        "key": key,
        "day_unit": day_unit,
        "count": len(rows),
        "statutory": sum(row.statutory for row in rows),
        "promised": sum(promised),
        "actual": sum(row.actual for row in rows),
        "statutory_median": percentile([row.statutory for row in rows], 0.5),
        "statutory_p90": percentile([row.statutory for row in rows], 0.9),
        "promised_median": percentile(promised, 0.5),
        "promised_p90": percentile(promised, 0.9),
        "actual_median": percentile([row.actual for row in rows], 0.5),
        "actual_p90": percentile([row.actual for row in rows], 0.9),
        "on_time": len([row for row in rows if row.on_time]),
        "one_visit": len([row for row in rows if row.trips <= 1]),
        "returned": sum(row.returned for row in rows),
        "corrected": len([row for row in rows if row.corrections]),
        "simulated": len([row for row in rows if row.simulated]),
        "held_days": sum(held.values()),
        "held": dict(sorted(held.items())),
    }


def plain(one: Figures) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Figures.__slots__ if name != "before"}


def grouped(
    rows: Iterable[MatterFact], key: Callable[[MatterFact], str]
) -> dict[tuple[str, str], list[MatterFact]]:
    found: dict[tuple[str, str], list[MatterFact]] = defaultdict(list)
    for row in rows:
        found[key(row), row.day_unit].append(row)
    return found


def within(rows: Iterable[MatterFact], year: int) -> list[MatterFact]:
    return [row for row in rows if row.month.year == year]


@pytest.mark.parametrize("dimension", list(Dimension))
def test_every_figure_is_recomputed(facts: list[MatterFact], dimension: Dimension) -> None:
    found = queries.figures(by=dimension, scope=YEAR)
    parts = (
        (found.rows, KEYS[dimension]),
        (found.months, KEYS[Dimension.MONTH]),
        (found.totals, lambda _one: "*"),
    )
    for part, key in parts:
        now = grouped(within(facts, 2026), key)
        assert {(one.key, one.day_unit): plain(one) for one in part} == {
            place: expected(rows, *place) for place, rows in now.items()
        }


@pytest.mark.parametrize("dimension", [Dimension.ITEM, Dimension.UNIT])
def test_year_before_stands_beside(facts: list[MatterFact], dimension: Dimension) -> None:
    before = grouped(within(facts, 2025), KEYS[dimension])
    for one in queries.figures(by=dimension, scope=YEAR).rows:
        rows = before.get((one.key, one.day_unit))
        assert (plain(one.before) if one.before else None) == (
            expected(rows, one.key, one.day_unit) if rows else None
        )


def test_months_stand_beside_the_same_month_of_the_year_before(facts: list[MatterFact]) -> None:
    before = grouped(within(facts, 2025), KEYS[Dimension.MONTH])
    for one in queries.figures(by=Dimension.MONTH, scope=YEAR).months:
        rows = before.get((f"2025{one.key[4:]}", one.day_unit))
        assert (one.before.count if one.before else 0) == len(rows or [])


@pytest.mark.parametrize(
    ("narrowing", "fits"),
    [
        ({"item": "item-1"}, lambda row: row.item == "item-1"),
        ({"package": "a"}, lambda row: row.package == "a"),
        ({"day_unit": "natural"}, lambda row: row.day_unit == "natural"),
        ({"simulated": True}, lambda row: row.simulated),
        ({"simulated": False}, lambda row: not row.simulated),
        ({"units": ()}, lambda row: False),
    ],
)
def test_filters_leave_exactly_what_fits(
    facts: list[MatterFact], narrowing: dict[str, Any], fits: Callable[[MatterFact], bool]
) -> None:
    scope = Scope(since=YEAR.since, until=YEAR.until, **narrowing)
    rows = [row for row in within(facts, 2026) if fits(row)]
    assert sum(one.count for one in queries.figures(by=Dimension.ITEM, scope=scope).totals) == len(rows)
    assert sum(one.count for one in queries.summary(scope=scope)) == len(rows)
    page, _more = queries.list_matters(scope=scope, limit=1000)
    assert {row.item_id for row in page} == {row.item_id for row in rows}


def test_crossed_table_agrees_with_the_rows(facts: list[MatterFact]) -> None:
    cells = queries.crossed(rows=Dimension.ITEM, columns=Dimension.MONTH, measure=Measure.COUNT, scope=YEAR)
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for row in within(facts, 2026):
        counted[row.item, f"{row.month:%Y-%m}"] += 1
    assert {(one.row, one.column): one.value for one in cells} == counted


@pytest.mark.parametrize("measure", list(Measure))
def test_every_measure_crosses(facts: list[MatterFact], measure: Measure) -> None:
    rows = [row for row in within(facts, 2026) if row.unit_id == facts[0].unit_id]
    [cell] = [
        one
        for one in queries.crossed(rows=Dimension.UNIT, columns=Dimension.UNIT, measure=measure, scope=YEAR)
        if one.row == one.column == str(facts[0].unit_id)
    ]
    whole = sum(row.statutory for row in rows)
    wanted = {
        Measure.COUNT: len(rows),
        Measure.ACTUAL: percentile([row.actual for row in rows], 0.5),
        Measure.COMPRESSION: (whole - sum(row.actual for row in rows)) * 100 / whole,
        Measure.ON_TIME: len([row for row in rows if row.on_time]) * 100 / len(rows),
        Measure.ONE_VISIT: len([row for row in rows if row.one_visit]) * 100 / len(rows),
        Measure.RETURNED: sum(row.returned for row in rows),
        Measure.HELD: sum(row.held_days for row in rows),
    }
    assert cell.value == pytest.approx(wanted[measure], abs=0.051)
