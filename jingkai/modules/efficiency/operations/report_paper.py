"""What stands in a monthly report: its tables and bars as data for the typesetter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from jingkai.casework.clock import api as clock
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.efficiency import queries, rules
from jingkai.modules.efficiency.data import Dimension, Figures, Label, Scope
from jingkai.records.numbering import api as numbering

SERIES = "efficiency.report"
SINCE = date(2020, 1, 1)
UNITS = {"working": "工作日", "natural": "自然日", "half_days": "半日", "hours": "小时"}
EACH = "平均/中位/九成"
HEAD = ("", "办件量", f"法定\n{EACH}", f"承诺\n{EACH}", f"实际\n{EACH}", "压缩率", "按时率", "一次办成率")
BARS = 12
_REASONS = dict(clock.EVERY_REASON)


def seed_series(*, by: Actor, at: datetime) -> None:
    """Write the series of the reports' numbers down where the installation lacks it."""
    numbering.seed_series(
        key=SERIES,
        name="效能月报文号",
        name_en="Monthly reports of efficiency",
        pattern="示开效〔{year}〕{n}号",
        starts_on=SINCE,
        source="本区文号规则",
        by=by,
        at=at,
    )


def content_of(*, month: date, version: int, title: str, agency: str, at: datetime) -> Mapping[str, Any]:
    """Everything that the report's template is given; each unit of days has tables of its own."""
    scope = Scope(since=month, until=month)
    names = queries.labels(_EVERYTHING)
    by_item = queries.figures(by=Dimension.ITEM, scope=scope)
    by_unit = queries.figures(by=Dimension.UNIT, scope=scope)
    year = queries.figures(by=Dimension.MONTH, scope=Scope(since=rules.months_before(month, 11), until=month))
    return {
        "title": title,
        "agency": agency,
        "edition": f"第 {version} 版",
        "made": f"{timezone.localtime(at):%Y-%m-%d %H:%M}",
        "month": f"{month.year}年{month.month}月",
        "summary": [_sentence(one) for one in by_item.totals] or ["本月无办结事项。"],
        "tables": [
            *_tables("按部门", by_unit.rows, names.of(Dimension.UNIT)),
            *_tables("按事项", by_item.rows, names.of(Dimension.ITEM)),
        ],
        "holds": _holds(by_item.totals),
        "charts": _charts(by_item, year, names.of(Dimension.ITEM)),
    }


_EVERYTHING = Actor(
    party_id=None, user_id=None, name=SYSTEM.name, kind="system", permissions=frozenset({rules.SEE_ZONE})
)


def _sentence(one: Figures) -> str:
    unit = UNITS[one.day_unit]
    words = (
        f"办结 {one.count} 项（以{unit}计）：法定平均 {_average(one.statutory, one.count)}，"
        f"承诺平均 {_average(one.promised, one.count)}，实际平均 {_average(one.actual, one.count)} 个{unit}；"
        f"压缩 {_percent(one.compression)}，按时 {_percent(one.on_time_rate)}，"
        f"一次办成 {_percent(one.one_visit_rate)}，退回 {one.returned} 次，"
        f"补正 {one.corrected} 项，暂停 {one.held_days} 个{unit}。"
    )
    if one.before is None:
        return words + "上年同月无办结事项。"
    past = one.before
    return words + (
        f"上年同月办结 {past.count} 项，实际平均 {_average(past.actual, past.count)} 个{unit}，"
        f"压缩 {_percent(past.compression)}。"
    )


def _tables(name: str, rows: Sequence[Figures], names: Mapping[str, Label]) -> Iterable[dict[str, Any]]:
    for unit in dict.fromkeys(one.day_unit for one in rows):
        lines = [_line(one, names) for one in rows if one.day_unit == unit]
        yield {"title": f"{name}（{UNITS[unit]}）", "head": [name[1:], *HEAD[1:]], "rows": lines}


def _line(one: Figures, names: Mapping[str, Label]) -> list[str]:
    label = names.get(one.key)
    return [
        label.name if label else one.key,
        str(one.count),
        _days(one.statutory, one.count, one.statutory_median, one.statutory_p90),
        _days(one.promised, one.count, one.promised_median, one.promised_p90),
        _days(one.actual, one.count, one.actual_median, one.actual_p90),
        _percent(one.compression),
        _percent(one.on_time_rate),
        _percent(one.one_visit_rate),
    ]


def _days(days: int, count: int, median: float, most: float) -> str:
    """Average, median, and what nine tenths stay within, as the note at the report's end explains."""
    return f"{_average(days, count)} / {median:g} / {most:g}"


def _holds(totals: Sequence[Figures]) -> list[list[str]]:
    return [
        [str(_REASONS.get(reason, reason)), f"{days} {UNITS[one.day_unit]}"]
        for one in totals
        for reason, days in one.held.items()
    ]


def _charts(items: queries.Table, year: queries.Table, names: Mapping[str, Label]) -> list[dict[str, Any]]:
    """Bars as the template draws them: a label, a share of the longest, and the figure."""
    volume: dict[str, int] = {}
    for one in year.months:
        volume[one.key] = volume.get(one.key, 0) + one.count
    charts = [{"title": "近十二个月办结量（项）", "bars": _bars(volume.items())}]
    for unit in dict.fromkeys(one.day_unit for one in items.rows):
        rows = [one for one in items.rows if one.day_unit == unit][:BARS]
        found = [(_name(one, names), round(one.actual / one.count, 1), one) for one in rows]
        bars = _bars((name, days) for name, days, _one in found)
        charts.append({"title": f"各事项实际平均用时（{UNITS[unit]}）", "bars": bars})
    return [chart for chart in charts if chart["bars"]]


def _bars(pairs: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    found = list(pairs)
    most = max((value for _label, value in found), default=0) or 1
    return [
        {"label": label, "share": round(value * 100 / most, 2), "text": f"{value:g}"}
        for label, value in found
    ]


def _name(one: Figures, names: Mapping[str, Label]) -> str:
    label = names.get(one.key)
    return label.name if label else one.key


def _average(days: int, count: int) -> str:
    return f"{days / count:.1f}"


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}%"
