"""Ratings and their figures as the design system draws them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jingkai.kernel.hooks.api import local
from jingkai.modules.evaluations.data import Figures
from jingkai.modules.evaluations.models import Evaluation, Rectification
from jingkai.ui.data import Chart, Column, Fact, Light, Link, Row, Stat, Table
from jingkai.ui.words import grouped, rating_levels

TONES = {5: "ok", 4: "ok", 3: "none", 2: "warn", 1: "late"}
MOST_BARS = 12


def level_light(level: int) -> Light:
    """One of the five levels with its word."""
    return Light(TONES[level], str(dict(rating_levels())[level]))  # type: ignore[arg-type]


def reference_of(evaluation: Evaluation) -> str:
    """The number of the matter; nothing that points to somebody who stays nameless."""
    return _("Without a name") if evaluation.anonymous else evaluation.reference


def state_light(evaluation: Evaluation) -> Light:
    """What became of a rating."""
    if not evaluation.counted:
        return Light("none", _("Does not count"))
    found = getattr(evaluation, "rectification", None)
    if found is None:
        return Light("none", "—")
    tone = {"handling": "warn", "visiting": "warn", "closed": "ok"}.get(found.state, "none")
    return Light(tone, found.get_state_display())  # type: ignore[arg-type]


def register_table(rows: Sequence[Evaluation], *, sorts: dict[str, str]) -> Table:
    """The register of ratings, a line each."""
    columns = [
        Column(_("Level"), "light", sorts["level"], "" if sorts["level"] else "ascending"),
        Column(_("Item"), "title"),
        Column(_("Unit")),
        Column(_("In the rater's words")),
        Column(_("What followed"), "light"),
        Column(_("When"), "date", sorts["rated_at"], "" if sorts["rated_at"] else "descending"),
    ]
    lines = [
        Row(
            [
                level_light(one.level),
                Link(
                    local(one, "item_name"),
                    reverse("evaluations:evaluation", args=[one.uuid]),
                    f"{reference_of(one)} · {one.get_channel_display()}",
                ),
                local(one.unit, "name"),
                one.comment or "—",
                state_light(one),
                one.rated_at,
            ],
            muted=not one.counted,
        )
        for one in rows
    ]
    return Table(_("Ratings"), columns, lines)


def register_head() -> list[tuple[str, int]]:
    """The columns of the spreadsheet of the register."""
    return [
        (_("Level"), 14),
        (_("Item"), 32),
        (_("Number"), 18),
        (_("Unit"), 24),
        (_("Rated"), 14),
        (_("Standard reasons"), 30),
        (_("In the rater's words"), 50),
        (_("What followed"), 20),
        (_("Days until"), 12),
        (_("Return visits"), 10),
        (_("When"), 17),
    ]


def register_lines(rows: Iterable[Evaluation], *, reasons: dict[str, str]) -> Iterator[list[Any]]:
    """The lines of the spreadsheet of the register."""
    for one in rows:
        rectification = getattr(one, "rectification", None)
        yield [
            level_light(one.level).text,
            local(one, "item_name"),
            reference_of(one),
            local(one.unit, "name"),
            str(one.get_channel_display()),
            "；".join(reasons.get(code, code) for code in one.reasons),
            one.comment,
            state_light(one).text,
            rectification.due_on if rectification else None,
            rectification.rounds if rectification and rectification.closed_at else None,
            one.rated_at,
        ]


def rating_facts(one: Evaluation, *, reasons: dict[str, str]) -> list[Fact]:
    """What is known of one rating."""
    nameless = _("Without a name")
    applicant = local(one.enterprise, "name") if one.enterprise else "—"
    return [
        Fact(_("Level"), level_light(one.level)),
        Fact(_("Item"), local(one, "item_name")),
        Fact(_("Number"), reference_of(one)),
        Fact(_("Unit"), local(one.unit, "name")),
        Fact(_("Served by"), local(one.person, "name") if one.person else "—"),
        Fact(_("Rated by"), nameless if one.anonymous else applicant),
        Fact(_("Rated"), str(one.get_channel_display())),
        Fact(_("When"), one.rated_at),
        Fact(
            _("Standard reasons"),
            "；".join(reasons.get(code, code) for code in one.reasons) or "—",
            wide=True,
        ),
        Fact(_("In the rater's words"), one.comment or "—", wide=True),
    ]


def rectification_facts(found: Rectification) -> list[Fact]:
    """How far a rectification is."""
    return [
        Fact(_("State"), str(found.get_state_display())),
        Fact(_("Due day"), found.due_on),
        Fact(_("Round"), found.rounds),
        Fact(_("Put right by"), local(found.handled_by, "name") if found.handled_by else "—"),
        Fact(_("What was found out, what was done"), found.measures or "—", wide=True),
    ]


def percent(value: float | None) -> str:
    """A share as people read it."""
    return "—" if value is None else f"{value:.1f}%"


def figure_stats(total: Figures) -> list[Stat]:
    """The strip over the public figures."""
    return [
        Stat(_("Number of ratings"), grouped(total.count)),
        Stat(_("Satisfaction"), percent(total.satisfaction)),
        Stat(_("Bad ratings"), percent(total.bad_rate), note=grouped(total.bad)),
        Stat(_("Put right"), percent(total.rectified_rate), note=_share(total.rectified, total.due)),
        Stat(_("Return visits"), percent(total.visit_rate), note=_share(total.visited, total.due)),
    ]


def _share(part: int, whole: int) -> str:
    return f"{part} / {whole}" if whole else ""


def figure_head(first: str) -> list[tuple[str, int]]:
    """The columns of the figures, on the page and in the spreadsheet."""
    return [
        (first, 32),
        (_("Number of ratings"), 10),
        (_("Satisfaction %"), 12),
        (pgettext("ratings", "Bad"), 10),
        (_("Bad %"), 10),
        (_("Put right %"), 12),
        (_("Return visits %"), 14),
    ]


def figure_lines(rows: Iterable[Figures]) -> list[list[Any]]:
    """The lines of the figures."""
    return [
        [
            local(one, "name"),
            one.count,
            one.satisfaction,
            one.bad,
            one.bad_rate,
            one.rectified_rate,
            one.visit_rate,
        ]
        for one in rows
    ]


def figure_table(first: str, rows: Sequence[Figures]) -> Table:
    """The figures as a list."""
    head = figure_head(first)
    columns = [
        Column(label, "title" if number == 0 else "number") for number, (label, _width) in enumerate(head)
    ]
    lines = [Row(["—" if cell is None else cell for cell in line]) for line in figure_lines(rows)]
    return Table(_("Figures of ratings"), columns, lines, wide=True)


def figure_chart(first: str, rows: Sequence[Figures], *, by_month: bool) -> Chart:
    """How many ratings, and how many per cent were satisfied.

    Months follow each other, so a line joins them; names do not: they stand one below the other, each written
    out, with a mark for its share.
    """
    shown = list(rows)[-24:] if by_month else list(rows)[:MOST_BARS]
    names = {"type": "category", "data": [local(one, "name") for one in shown]}
    figures = [{"type": "value", "minInterval": 1}, {"type": "value", "min": 0, "max": 100}]
    share: dict[str, Any] = {"name": _("Satisfaction %"), "data": [one.satisfaction for one in shown]}
    counts = {"type": "bar", "name": _("Number of ratings"), "data": [one.count for one in shown]}
    if by_month:
        axes: dict[str, Any] = {"xAxis": names, "yAxis": figures}
        share |= {"type": "line", "yAxisIndex": 1}
    else:
        axes = {"xAxis": figures, "yAxis": {**names, "inverse": True}}
        share |= {"type": "scatter", "xAxisIndex": 1, "symbolSize": 12}
    option = {"legend": {}, **axes, "series": [counts, share]}
    return Chart(_("Ratings and satisfaction"), option)
