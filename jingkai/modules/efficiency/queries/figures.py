"""Figures, put together by the database in one statement: rows, total, months, and the year before beside.

Working days, natural days and hours are never added up: every figure is that of one unit of days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from jingkai.kernel.hooks.api import may_lag, reading_connection
from jingkai.modules.efficiency.data import Dimension, Figures, Measure, Scope

COLUMNS = {
    Dimension.ITEM: "fact.item",
    Dimension.UNIT: "fact.unit_id::text",
    Dimension.PERSON: "COALESCE(fact.person_id::text, '')",
    Dimension.MONTH: "to_char(fact.month, 'YYYY-MM')",
    Dimension.PACKAGE: "fact.package",
}
ALL = "*"
"""The key of the row that holds everything."""

MONTHS = "to_char(fact.month, 'YYYY-MM')"

_WHERE = """
(fact.month BETWEEN %(since)s AND %(until)s OR fact.month BETWEEN %(since_before)s AND %(until_before)s)
AND (%(units)s::bigint[] IS NULL OR fact.unit_id = ANY(%(units)s))
AND (%(item)s = '' OR fact.item = %(item)s)
AND (%(unit)s::bigint IS NULL OR fact.unit_id = %(unit)s)
AND (%(person)s::bigint IS NULL OR fact.person_id = %(person)s)
AND (%(package)s = '' OR fact.package = %(package)s)
AND (%(day_unit)s = '' OR fact.day_unit = %(day_unit)s)
AND (%(simulated)s::boolean IS NULL OR fact.simulated = %(simulated)s)
"""

_DAYS = """
count(*), sum(statutory), sum(COALESCE(promised, statutory)), sum(actual),
percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY statutory),
percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY COALESCE(promised, statutory)),
percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY actual),
count(*) FILTER (WHERE on_time), count(*) FILTER (WHERE one_visit), sum(returned),
count(*) FILTER (WHERE corrections > 0), count(*) FILTER (WHERE simulated), sum(held_days)
"""


@dataclass(frozen=True, slots=True)
class Table:
    """Figures of each row, of everything, and of every month, each with the year before beside."""

    rows: tuple[Figures, ...]
    totals: tuple[Figures, ...]
    months: tuple[Figures, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a crossed table."""

    row: str
    column: str
    value: float


@may_lag
def figures(*, by: Dimension, scope: Scope) -> Table:
    """Put the facts of a scope together by one dimension, two statements at any number of facts."""
    key = COLUMNS[by]
    where, values = _narrowed(scope)
    sql = f"""
        SELECT GROUPING(k) + 2 * GROUPING(m), k, m, day_unit, is_now, {_DAYS}
        FROM (SELECT {key} AS k, {MONTHS} AS m, fact.*, fact.month >= %(since)s AS is_now
              FROM efficiency_matterfact fact WHERE {where}) fact
        GROUP BY GROUPING SETS ((k, day_unit, is_now), (m, day_unit, is_now), (day_unit, is_now))
    """  # noqa: S608 - columns come from the closed list above
    held = _held(key, where, values)
    parts: dict[int, dict[tuple[str, str, bool], Figures]] = defaultdict(dict)
    for kind, row, month, day_unit, is_now, *rest in _ask(sql, values):
        name = {1: month, 2: row, 3: ALL}[kind]
        parts[kind][name, day_unit, is_now] = _figures(
            name, day_unit, rest, held.get((kind, name, day_unit, is_now), {})
        )
    return Table(
        rows=_beside(parts[2], by_month=by is Dimension.MONTH),
        totals=_beside(parts[3], by_month=False),
        months=_beside(parts[1], by_month=True),
    )


@may_lag
def summary(*, scope: Scope) -> tuple[Figures, ...]:
    """The figures of everything in a scope, in each unit of days; for a tile, one statement."""
    where, values = _narrowed(scope)
    sql = f"""
        SELECT fact.day_unit, fact.month >= %(since)s AS is_now, {_DAYS}
        FROM efficiency_matterfact fact WHERE {where} GROUP BY fact.day_unit, is_now
    """  # noqa: S608 - the condition is a constant
    found = {(ALL, unit, is_now): _figures(ALL, unit, rest, {}) for unit, is_now, *rest in _ask(sql, values)}
    return _beside(found, by_month=False)


@may_lag
def crossed(*, rows: Dimension, columns: Dimension, measure: Measure, scope: Scope) -> list[Cell]:
    """One measure for each pair of two dimensions, such as items across months."""
    where, values = _narrowed(scope)
    sql = f"""
        SELECT {COLUMNS[rows]} AS k, {COLUMNS[columns]} AS c, {_MEASURES[measure]}
        FROM efficiency_matterfact fact WHERE {where} AND fact.month >= %(since)s GROUP BY k, c ORDER BY k, c
    """  # noqa: S608 - columns come from the closed list above
    return [Cell(row, column, float(value)) for row, column, value in _ask(sql, values) if value is not None]


_MEASURES = {
    Measure.COUNT: "count(*)",
    Measure.ACTUAL: "percentile_cont(0.5) WITHIN GROUP (ORDER BY actual)",
    Measure.COMPRESSION: "round((sum(statutory) - sum(actual)) * 100.0 / NULLIF(sum(statutory), 0), 1)",
    Measure.ON_TIME: "round(count(*) FILTER (WHERE on_time) * 100.0 / count(*), 1)",
    Measure.ONE_VISIT: "round(count(*) FILTER (WHERE one_visit) * 100.0 / count(*), 1)",
    Measure.RETURNED: "sum(returned)",
    Measure.HELD: "sum(held_days)",
}


def _narrowed(scope: Scope) -> tuple[str, dict[str, Any]]:
    before = scope.year_before()
    return _WHERE, {
        "since": scope.since,
        "until": scope.until,
        "since_before": before.since,
        "until_before": min(before.until, _day_before(scope.since)),
        "units": None if scope.units is None else list(scope.units),
        "item": scope.item,
        "unit": scope.unit,
        "person": scope.person,
        "package": scope.package,
        "day_unit": scope.day_unit,
        "simulated": scope.simulated,
    }


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _held(
    key: str, where: str, values: dict[str, Any]
) -> Mapping[tuple[int, str, str, bool], Mapping[str, int]]:
    """Days left out by reason, of each row, of every month and of everything, in their unit."""
    sql = f"""
        SELECT GROUPING(k) + 2 * GROUPING(m), k, m, day_unit, is_now, reason, sum(days)
        FROM (SELECT {key} AS k, {MONTHS} AS m, fact.day_unit, fact.month >= %(since)s AS is_now,
                     held.reason, held.days
              FROM efficiency_helddays held JOIN efficiency_matterfact fact ON fact.id = held.fact_id
              WHERE {where}) one
        GROUP BY GROUPING SETS ((k, day_unit, is_now, reason), (m, day_unit, is_now, reason),
                                (day_unit, is_now, reason))
    """  # noqa: S608 - columns come from the closed list above
    found: dict[tuple[int, str, str, bool], dict[str, int]] = defaultdict(dict)
    for kind, row, month, day_unit, is_now, reason, days in _ask(sql, values):
        found[kind, {1: month, 2: row, 3: ALL}[kind], day_unit, is_now][reason] = int(days)
    return found


def _figures(key: str, day_unit: str, row: list[Any], held: Mapping[str, int]) -> Figures:
    count, statutory, promised, actual, of_law, of_promise, of_use, *rest = row
    on_time, one_visit, returned, corrected, simulated, held_days = rest
    return Figures(
        key=key,
        day_unit=day_unit,
        count=count,
        statutory=int(statutory),
        promised=int(promised),
        actual=int(actual),
        statutory_median=of_law[0],
        statutory_p90=of_law[1],
        promised_median=of_promise[0],
        promised_p90=of_promise[1],
        actual_median=of_use[0],
        actual_p90=of_use[1],
        on_time=on_time,
        one_visit=one_visit,
        returned=int(returned),
        corrected=corrected,
        simulated=simulated,
        held_days=int(held_days),
        held=dict(sorted(held.items())),
    )


def _beside(found: Mapping[tuple[str, str, bool], Figures], *, by_month: bool) -> tuple[Figures, ...]:
    """Put the year before beside each row of this one; rows of the year before alone are left out."""
    rows = []
    for (key, day_unit, is_now), one in found.items():
        if is_now:
            past = found.get((_year_before(key) if by_month else key, day_unit, False))
            rows.append(replace(one, before=past))
    if by_month:
        return tuple(sorted(rows, key=lambda one: (one.key, one.day_unit)))
    return tuple(sorted(rows, key=lambda one: (-one.count, one.key, one.day_unit)))


def _year_before(month: str) -> str:
    return f"{int(month[:4]) - 1}{month[4:]}"


def _ask(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with reading_connection().cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
