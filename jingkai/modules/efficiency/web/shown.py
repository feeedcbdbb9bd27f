"""Figures as the design system draws them: strips, and tables whose figures lead to their matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jingkai.casework.clock.api import EVERY_REASON
from jingkai.kernel.hooks.api import local
from jingkai.modules.efficiency.data import Dimension, Figures, Label
from jingkai.modules.efficiency.models import MatterFact
from jingkai.modules.efficiency.queries import Cell as Crossing
from jingkai.modules.efficiency.queries import Labels
from jingkai.modules.efficiency.queries import Table as Found
from jingkai.modules.efficiency.web.forms import BY, DAY_UNITS, MEASURES, FigureForm
from jingkai.ui.data import Cell, Column, Light, Lines, Link, Row, Stat, Table
from jingkai.ui.words import grouped

REASONS = dict(EVERY_REASON)


def unit_words(day_unit: str) -> str:
    """The unit of days in words."""
    return str(dict(DAY_UNITS).get(day_unit, day_unit))


def average(days: int, count: int) -> str:
    """Days for each item, one digit."""
    return f"{days / count:.1f}"


def percent(value: float | None) -> str:
    """A share as people read it."""
    return "—" if value is None else f"{value:.1f}%"


def stats(totals: Sequence[Figures]) -> list[Stat]:
    """The strip over everything; each unit of days has its own."""
    found = []
    for one in totals:
        days = _("statutory %(statutory)s · promised %(promised)s") % {
            "statutory": average(one.statutory, one.count),
            "promised": average(one.promised, one.count),
        }
        past = one.before
        found += [
            Stat(_("Items handled"), grouped(one.count), note=_past(grouped(past.count) if past else "")),
            Stat(
                _("Days used, average"),
                average(one.actual, one.count),
                unit=unit_words(one.day_unit),
                note=days,
            ),
            Stat(
                _("Compression"),
                percent(one.compression),
                note=_past(percent(past.compression) if past else ""),
            ),
            Stat(
                _("In time"),
                percent(one.on_time_rate),
                note=_past(percent(past.on_time_rate) if past else ""),
            ),
            Stat(
                _("One visit"),
                percent(one.one_visit_rate),
                note=_past(percent(past.one_visit_rate) if past else ""),
            ),
        ]
    return found


def _past(text: str) -> str:
    return _("year before %(figure)s") % {"figure": text} if text else ""


def name_of(dimension: Dimension, key: str, names: Labels) -> str:
    """What a row is called."""
    if dimension is Dimension.MONTH:
        return key
    label: Label | None = names.of(dimension).get(key)
    return local(label, "name") if label else (key or "—")


def ordered(found: Sequence[Figures], *, by: Dimension, names: Labels) -> list[Figures]:
    """Rows by size; persons by name, for nobody is ranked."""
    if by is Dimension.PERSON:
        return sorted(found, key=lambda one: name_of(by, one.key, names))
    return sorted(found, key=lambda one: one.key) if by is Dimension.MONTH else list(found)


def head(by: Dimension) -> list[str]:
    """The columns of the spreadsheet."""
    return [
        str(dict(BY)[by.value]),
        _("Unit of days"),
        _("Items handled"),
        _("Year before"),
        _("Statutory, average"),
        _("Statutory, median"),
        _("Statutory, 90 % within"),
        _("Promised, average"),
        _("Promised, median"),
        _("Promised, 90 % within"),
        _("Used, average"),
        _("Used, median"),
        _("Used, 90 % within"),
        _("Compression %"),
        _("In time %"),
        _("One visit %"),
        _("Sent back"),
        _("Corrected"),
        _("Days left out"),
        _("Simulated"),
    ]


def line(one: Figures, name: str) -> list[Any]:
    """One row as plain values, for the spreadsheet."""
    return [
        name,
        unit_words(one.day_unit),
        one.count,
        one.before.count if one.before else None,
        round(one.statutory / one.count, 1),
        round(one.statutory_median, 1),
        round(one.statutory_p90, 1),
        round(one.promised / one.count, 1),
        round(one.promised_median, 1),
        round(one.promised_p90, 1),
        round(one.actual / one.count, 1),
        round(one.actual_median, 1),
        round(one.actual_p90, 1),
        one.compression,
        one.on_time_rate,
        one.one_visit_rate,
        one.returned,
        one.corrected,
        one.held_days,
        one.simulated,
    ]


def columns(by: Dimension) -> list[Column]:
    """The columns of the page: what fits a desk without scrolling, medians and nine tenths under averages."""
    labels = (
        _("Items handled"),
        _("Statutory, average"),
        _("Promised, average"),
        _("Used, average"),
        _("Compression %"),
        _("In time %"),
        _("One visit %"),
        _("Sent back"),
        _("Corrected"),
        _("Days left out"),
        _("Simulated"),
    )
    return [Column(str(dict(BY)[by.value]), "title"), *(Column(label, "number") for label in labels)]


def table(found: Found, *, form: FigureForm, names: Labels) -> Table:
    """The wide table: every figure leads to the matters behind it."""
    rows = [
        Row(_cells(one, name_of(form.row_key, one.key, names), form))
        for one in ordered(found.rows, by=form.row_key, names=names)
    ]
    totals = [Row(_cells(one, _("All"), form, total=True)) for one in found.totals]
    return Table(_("Efficiency"), columns(form.row_key), [*rows, *totals], wide=True)


def _cells(one: Figures, name: str, form: FigureForm, *, total: bool = False) -> list[Cell]:
    """A row of the page; a figure that is about some matters leads to just those."""

    def leading(value: float | None, only: str) -> Cell:
        return Link(_text(value), behind(one, form, only=only, total=total))

    def counted(value: int, only: str) -> Cell:
        return leading(value, only) if value else 0

    past = _past(grouped(one.before.count)) if one.before else ""
    return [
        Lines((name,), (unit_words(one.day_unit),)),
        Link(grouped(one.count), behind(one, form, total=total), past),
        _days(one.statutory, one.count, one.statutory_median, one.statutory_p90),
        _days(one.promised, one.count, one.promised_median, one.promised_p90),
        _days(one.actual, one.count, one.actual_median, one.actual_p90),
        "—" if one.compression is None else one.compression,
        leading(one.on_time_rate, "late"),
        leading(one.one_visit_rate, "trips"),
        counted(one.returned, "returned"),
        counted(one.corrected, "corrected"),
        counted(one.held_days, "held"),
        counted(one.simulated, "simulated"),
    ]


def _days(days: int, count: int, median: float, most: float) -> Lines:
    """The average of days, and beneath it what half and what nine tenths of the items stay within.

    Where both are the same, as with one limit for all, it stands once.
    """
    under = [_("median %(days)s") % {"days": f"{median:g}"}]
    if most != median:
        under.append(_("90 %% within %(days)s") % {"days": f"{most:g}"})
    return Lines((average(days, count),), under)


def _text(value: Any) -> str:
    return "—" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def behind(one: Figures, form: FigureForm, *, only: str = "", total: bool = False) -> str:
    """The address of the matters behind a figure."""
    changes = {"days": one.day_unit, "only": only, "by": "", "across": "", "measure": ""}
    if not total:
        changes |= narrowing(form.row_key, one.key)
    return f"{reverse('efficiency:matters')}?{form.query(**changes)}"


def narrowing(by: Dimension, key: str) -> dict[str, str]:
    """What narrows a list to one row."""
    if by is Dimension.MONTH:
        return {"since": key, "until": key}
    return {by.value: key}


def held_lines(totals: Sequence[Figures]) -> list[list[str | int]]:
    """Why days were left out: the reason, the unit, how many."""
    return [
        [str(REASONS.get(reason, reason)), unit_words(one.day_unit), days]
        for one in totals
        for reason, days in one.held.items()
    ]


def crossed_table(cells: Sequence[Crossing], *, form: FigureForm, names: Labels) -> Table:
    """One measure, rows across columns; each figure leads to its matters."""
    assert form.column_key is not None
    across = form.column_key
    columns = sorted({one.column for one in cells}, key=lambda key: name_of(across, key, names))
    found = {(one.row, one.column): one.value for one in cells}
    rows = sorted({one.row for one in cells}, key=lambda key: name_of(form.row_key, key, names))
    heads = [Column(str(dict(BY)[form.row_key.value]), "title")]
    heads += [Column(name_of(across, key, names), "number") for key in columns]
    lines = [
        Row([name_of(form.row_key, row, names), *(_crossed(found, row, column, form) for column in columns)])
        for row in rows
    ]
    return Table(str(dict(MEASURES)[form.cell_measure.value]), heads, lines, wide=True)


def _crossed(found: Mapping[tuple[str, str], float], row: str, column: str, form: FigureForm) -> Any:
    value = found.get((row, column))
    if value is None or form.column_key is None:
        return "—"
    changes = {
        "by": "",
        "across": "",
        "measure": "",
        **narrowing(form.row_key, row),
        **narrowing(form.column_key, column),
    }
    return Link(f"{value:g}", f"{reverse('efficiency:matters')}?{form.query(**changes)}")


def matter_columns(sorts: Mapping[str, str]) -> list[Column]:
    """The columns of the matters behind a figure."""
    return [
        Column(_("Item"), "title"),
        Column(_("Unit")),
        Column(_("Statutory days"), "number"),
        Column(_("Promised days"), "number"),
        Column(_("Used days"), "number", sorts["actual"], "" if sorts["actual"] else "descending"),
        Column(_("Unit of days")),
        Column(_("In time"), "light"),
        Column(_("Visits"), "number"),
        Column(_("Sent back"), "number"),
        Column(_("Days left out"), "number"),
        Column(_("Concluded"), "date", sorts[""], "" if sorts[""] else "descending"),
    ]


def matter_table(rows: Sequence[Row], *, sorts: Mapping[str, str]) -> Table:
    """The matters behind a figure as a list."""
    return Table(_("Items handled"), matter_columns(sorts), rows, wide=True)


def matter_row(one: MatterFact, *, names: Labels, readable: bool) -> Row:
    """One item handled; its case opens for who may read it."""
    sub = f"{one.reference} · {local(one, 'title')}"
    name = name_of(Dimension.ITEM, one.item, names)
    title = Link(name, reverse("inbox:case", args=[one.case.uuid]), sub) if readable else f"{name} · {sub}"
    return Row(
        [
            title,
            local(one.unit, "name"),
            one.statutory,
            one.promised if one.promised is not None else "—",
            one.actual,
            unit_words(one.day_unit),
            Light("ok", _("In time")) if one.on_time else Light("late", _("Late")),
            one.trips,
            one.returned,
            one.held_days,
            one.concluded_on,
        ]
    )


def matter_head() -> list[tuple[str, int]]:
    """The columns of the spreadsheet of matters."""
    widths = (32, 20, 16, 40, 24, 14, 12, 12, 12, 14, 10, 10, 10, 10, 12, 12, 12, 14)
    labels = (
        _("Item"),
        _("Service"),
        _("Number"),
        _("Matter"),
        _("Unit"),
        _("Unit of days"),
        _("Statutory days"),
        _("Promised days"),
        _("Used days"),
        _("Extended by"),
        _("In time"),
        _("Visits"),
        _("Corrected"),
        _("Sent back"),
        _("Days left out"),
        _("Simulated"),
        _("Started on"),
        _("Concluded"),
    )
    return list(zip(labels, widths, strict=True))


def matter_line(one: MatterFact, *, names: Labels) -> list[Any]:
    """One item handled, for the spreadsheet."""
    yes, no = _("yes"), _("no")
    return [
        name_of(Dimension.ITEM, one.item, names),
        name_of(Dimension.PACKAGE, one.package, names),
        one.reference,
        local(one, "title"),
        local(one.unit, "name"),
        unit_words(one.day_unit),
        one.statutory,
        one.promised,
        one.actual,
        one.extended,
        yes if one.on_time else no,
        one.trips,
        one.corrections,
        one.returned,
        one.held_days,
        yes if one.simulated else no,
        one.started_on,
        one.concluded_on,
    ]
