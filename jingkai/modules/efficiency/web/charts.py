"""Figures as charts: days of each row, items of each month, why days were left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from jingkai.modules.efficiency.data import Dimension, Figures
from jingkai.modules.efficiency.queries import Labels
from jingkai.modules.efficiency.queries import Table as Found
from jingkai.modules.efficiency.web.forms import BY, FigureForm
from jingkai.modules.efficiency.web.shown import REASONS, name_of, ordered, unit_words
from jingkai.ui.data import Chart

MOST_BARS = 15


def days_charts(found: Found, *, form: FigureForm, names: Labels) -> list[Chart]:
    """Statutory, promised and used days of each row, in the unit that most items have.

    First the averages, then what nine tenths of the items stay within: an average alone hides the long ones.
    """
    if not found.rows:
        return []
    unit = max(found.totals, key=lambda one: one.count).day_unit
    rows = [one for one in ordered(found.rows, by=form.row_key, names=names) if one.day_unit == unit][
        :MOST_BARS
    ]
    words = {"unit": unit_words(unit)}
    averages = [
        [round(days / one.count, 1) for days in (one.statutory, one.promised, one.actual)] for one in rows
    ]
    most = [
        [round(days, 1) for days in (one.statutory_p90, one.promised_p90, one.actual_p90)] for one in rows
    ]
    labels = [name_of(form.row_key, one.key, names) for one in rows]
    return [
        _days_chart(_("Average days (%(unit)s)") % words, labels, averages, form),
        _days_chart(_("Days that 90 %% stay within (%(unit)s)") % words, labels, most, form),
    ]


def _days_chart(title: str, labels: list[str], figures: list[list[float]], form: FigureForm) -> Chart:
    """Three bars for each label: statutory, promised, used."""
    series = [_("Statutory days"), _("Promised days"), _("Used days")]
    option = {
        "legend": {},
        **_axes(labels, upright=form.row_key is Dimension.MONTH),
        "series": [
            {"type": "bar", "name": name, "data": [row[place] for row in figures]}
            for place, name in enumerate(series)
        ],
    }
    rows: list[list[str | int | float]] = [[label, *row] for label, row in zip(labels, figures, strict=True)]
    return Chart(title, option, [str(dict(BY)[form.row_key.value]), *series], rows, tall=len(labels) > 4)


def _axes(labels: Sequence[str], *, upright: bool) -> dict[str, Any]:
    """Months stand side by side; names, which are long, one below the other."""
    value = {"type": "value"}
    if upright:
        return {"xAxis": {"type": "category", "data": labels}, "yAxis": value}
    shown = {"interval": 0, "width": 150, "overflow": "truncate"}
    return {
        "xAxis": value,
        "yAxis": {"type": "category", "data": labels, "inverse": True, "axisLabel": shown},
    }


def months_chart(found: Found) -> Chart | None:
    """Items handled in each month, beside the same months of the year before."""
    if not found.months:
        return None
    now: dict[str, int] = {}
    past: dict[str, int] = {}
    for one in found.months:
        now[one.key] = now.get(one.key, 0) + one.count
        past[one.key] = past.get(one.key, 0) + (one.before.count if one.before else 0)
    keys = sorted(now)
    series: list[dict[str, Any]] = [
        {"type": "bar", "name": _("Items handled"), "data": [now[key] for key in keys]}
    ]
    if any(past.values()):  # a zone of less than a year has none, which is no row of noughts
        series.append({"type": "line", "name": _("Year before"), "data": [past[key] for key in keys]})
    option = {
        "legend": {},
        "xAxis": {"type": "category", "data": keys},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": series,
    }
    head = [_("Month"), _("Items handled"), _("Year before")]
    return Chart(_("Items handled per month"), option, head, [[key, now[key], past[key]] for key in keys])


def held_chart(totals: Sequence[Figures]) -> Chart | None:
    """Why days were left out, the reason with the most first; each unit of days has its own bars."""
    found: dict[str, dict[str, int]] = {}
    for one in totals:
        for reason, days in one.held.items():
            found.setdefault(str(REASONS.get(reason, reason)), {})[unit_words(one.day_unit)] = days
    if not found:
        return None
    reasons = sorted(found, key=lambda reason: -sum(found[reason].values()))
    units = sorted({unit for days in found.values() for unit in days})
    option = {
        "legend": {},
        **_axes(reasons, upright=False),
        "series": [
            {"type": "bar", "name": unit, "data": [found[reason].get(unit, 0) for reason in reasons]}
            for unit in units
        ],
    }
    head = [_("Reason for leaving them out"), *units]
    rows: list[list[str | int]] = [
        [reason, *(found[reason].get(unit, 0) for unit in units)] for reason in reasons
    ]
    return Chart(_("Days left out by reason"), option, head, rows)
