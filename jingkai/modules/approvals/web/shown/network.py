"""The network of a package as a picture and as tables: where each item stands, the longest path, the days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jingkai.casework.clock import api as clock
from jingkai.kernel.hooks.api import local
from jingkai.modules.approvals.models import ItemRun, Line
from jingkai.modules.approvals.queries import Network, NetworkItem
from jingkai.ui.data import Chart, Column, Light, Row, Stat, Table, Tone
from jingkai.ui.words import listed

WIDTH, HEIGHT, GAP, ROW = 142, 94, 24, 106
LEFT, TOP = 8, 30
"""Five columns fit beside the journey, without scrolling."""

MOST = 19
CLOSING = "）》”、，。："
"""Signs that never begin a line."""
"""How wide a line of a box may be, in Latin letters; a Chinese character counts two."""

Place = tuple[int, int]
CAME_TO_NOTHING = (ItemRun.State.DENIED, ItemRun.State.LAPSED, ItemRun.State.DROPPED)
STATES: dict[str, tuple[Tone, Any]] = {
    ItemRun.State.WAITING: ("none", lambda: _("Waits for its turn")),
    ItemRun.State.RUNNING: ("ok", lambda: _("Under way")),
    ItemRun.State.CONDITIONAL: ("hold", lambda: _("Passed as simulated")),
    ItemRun.State.GRANTED: ("ok", lambda: _("Result issued")),
    ItemRun.State.DENIED: ("late", lambda: _("Denied")),
    ItemRun.State.LAPSED: ("late", lambda: _("Lapsed, its condition never came")),
    ItemRun.State.DROPPED: ("none", lambda: _("Dropped, one before it came to nothing")),
}
MARKS = {"ok": "●", "warn": "▲", "late": "■", "hold": "◆", "none": "○"}
"""A shape for each light, so that it can be told without its colour."""
PAINT = {
    "ok": "var(--ok)",
    "warn": "var(--warn)",
    "late": "var(--late)",
    "hold": "var(--ink)",
    "none": "var(--text-2)",
}


@dataclass(frozen=True)
class Box:
    """One item in the picture, with its place and its words."""

    x: int
    y: int
    title: str
    lines: list[str]
    state: str
    paint: str
    days: str
    critical: bool
    simulated: bool


@dataclass(frozen=True)
class Edge:
    """One dependency in the picture."""

    path: str
    critical: bool


@dataclass(frozen=True)
class Lane:
    """One of the four lines, with its name and where it begins."""

    y: int
    height: int
    name: str
    shaded: bool


@dataclass(frozen=True)
class Picture:
    """A network as it is drawn."""

    width: int
    height: int
    box_width: int
    box_height: int
    boxes: list[Box]
    edges: list[Edge]
    lanes: list[Lane]
    critical: str
    length: int


def line_name(code: str) -> str:
    """One of the four lines in the reader's language."""
    return {
        Line.REGISTRATION: _("Registration"),
        Line.ENVIRONMENT: _("Environment"),
        Line.LAND: _("Land"),
        Line.CONSTRUCTION: _("Planning and construction"),
    }[Line(code)]


def picture(network: Network) -> Picture:
    """Lay the network out: columns by what lies before, one lane for each of the four lines."""
    places, lanes, height = _places(network)
    boxes = [_box(one, network, places[one.branch]) for one in network.items]
    edges = [
        Edge(_path(places[before], places[one.branch]), network.schedule.is_critical(before, one.branch))
        for one in network.items
        for before in one.after
        if before in places
    ]
    columns = max(network.schedule.levels.values(), default=0) + 1
    return Picture(
        width=LEFT * 2 + columns * WIDTH + (columns - 1) * GAP,
        height=height + 8,
        box_width=WIDTH,
        box_height=HEIGHT,
        boxes=boxes,
        edges=sorted(edges, key=lambda edge: edge.critical),
        lanes=lanes,
        critical=" → ".join(local(one.item, "name") for one in network.critical),
        length=network.schedule.length,
    )


def _places(network: Network) -> tuple[dict[str, Place], list[Lane], int]:
    places: dict[str, Place] = {}
    lanes, top = [], 0
    for index, line in enumerate(Line.values):
        columns: dict[int, list[NetworkItem]] = defaultdict(list)
        for one in network.items:
            if one.line == line:
                columns[network.schedule.levels[one.branch]].append(one)
        deepest = max((len(found) for found in columns.values()), default=0)
        if not deepest:
            continue
        for level, found in columns.items():
            for row, one in enumerate(found):
                places[one.branch] = (LEFT + level * (WIDTH + GAP), top + TOP + row * ROW)
        height = TOP + deepest * ROW
        lanes.append(Lane(top, height, line_name(line), index % 2 == 0))
        top += height
    return places, lanes, top


def _box(one: NetworkItem, network: Network, place: Place) -> Box:
    light = item_light(one)
    name = local(one.item, "name")
    return Box(
        x=place[0],
        y=place[1],
        title=f"{name}: {light.text}, {_days_of(one)}",
        lines=_wrapped(name),
        state=_cut(f"{MARKS[light.tone]} {light.text}"),
        paint=PAINT[light.tone],
        days=_days_of(one),
        critical=one.branch in network.schedule.critical,
        simulated=one.run is not None and one.run.simulated and one.run.state != ItemRun.State.GRANTED,
    )


def _path(start: Place, end: Place) -> str:
    x1, y1, x2, y2 = start[0] + WIDTH, start[1] + HEIGHT / 2, end[0] - 5, end[1] + HEIGHT / 2
    middle = x2 - (GAP - 5) / 2
    return f"M{x1:g} {y1:g} H{middle:g} V{y2:g} H{x2:g}"


def _wide(text: str) -> int:
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def _cut(text: str, most: int = MOST + 1) -> str:
    """A text that stays inside its box."""
    if _wide(text) <= most:
        return text
    while text and _wide(text) >= most:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _wrapped(name: str, most: int = MOST) -> list[str]:
    """A name in three lines at most."""
    lines, line, used = [], "", 0
    words = name.split(" ") if name.isascii() or " " in name else list(name)
    gap = " " if name.isascii() or " " in name else ""
    for word in words:
        wide = _wide(word)
        if used and used + len(gap) + wide > most and word not in CLOSING:
            lines.append(line)
            line, used = "", 0
        line = f"{line}{gap if line else ''}{word}"
        used += wide + (len(gap) if used else 0)
    lines.append(line)
    return lines if len(lines) < 4 else [*lines[:2], f"{lines[2][:-1]}…"]


def item_light(one: NetworkItem) -> Light:
    """How an item stands, in one light: its clock's while it runs, else its state."""
    if one.run is None:
        return Light("none", _("Simulated approval possible") if one.is_conditional else _("By itself"))
    if one.run.state == ItemRun.State.RUNNING and one.light is not None:
        return one.light
    if one.run.state == ItemRun.State.WAITING and one.missing:
        return Light("warn", _("Waits for a material"))
    tone, words = STATES[ItemRun.State(one.run.state)]
    return Light(tone, words())


def _days_of(one: NetworkItem) -> str:
    figures = one.figures
    if one.run is not None and figures.actual is not None:
        words = {"actual": figures.actual, "promised": figures.promised}
        return _("%(actual)d of %(promised)d working days") % words
    return ngettext("%(n)d working day", "%(n)d working days", figures.promised) % {"n": figures.promised}


def network_table(network: Network) -> Table:
    """The same network for those who do not see the picture: what waits for what, and how each stands."""
    names = {one.branch: local(one.item, "name") for one in network.items}
    rows = [
        Row(
            [
                item_light(one),
                format_html('{}<span class="sub">{}</span>', names[one.branch], _sub(one, network)),
                local(one.item.unit, "name"),
                listed(names[before] for before in one.after) or "—",
                _days_of(one),
            ]
        )
        for one in network.items
    ]
    return Table(
        caption=_("Items of the package"),
        columns=[
            Column(_("State"), "light"),
            Column(_("Item"), "title"),
            Column(_("Who handles it")),
            Column(_("Begins after")),
            Column(_("Days"), "date"),
        ],
        rows=rows,
        wide=True,
    )


def _sub(one: NetworkItem, network: Network) -> str:
    """Under an item's name: its line, whether it is on the longest path, and how it stands."""
    longest = _("on the longest path") if one.branch in network.schedule.critical else ""
    return " · ".join(filter(None, (line_name(one.line), longest, _stands(one, network))))


def _stands(one: NetworkItem, network: Network) -> str:
    run = one.run
    if run is None:
        return ""
    if run.state == ItemRun.State.WAITING and one.missing:
        return _("waits for: %(names)s") % {"names": listed(one.missing)}
    if run.reason:
        return _why_not(one, network) or run.reason
    if run.conditional is not None and run.state == ItemRun.State.CONDITIONAL:
        return f"{run.conditional.number_text} · {one.condition_name}"
    return one.document


def _why_not(one: NetworkItem, network: Network) -> str:
    """Why an item came to nothing, in the reader's language; the trail keeps it as it was decided."""
    assert one.run is not None
    if one.run.state == ItemRun.State.LAPSED:
        return _("%(needed)s did not come in time") % {"needed": one.condition_name}
    failed = [
        local(each.item, "name")
        for each in network.items
        if each.branch in one.after and each.run is not None and each.run.state in CAME_TO_NOTHING
    ]
    return _("came to nothing before: %(names)s") % {"names": listed(failed)} if failed else ""


def comparison_table(network: Network) -> Table:
    """Statutory, promised and actual days of each item and of the whole, all computed."""
    rows = [Row([local(one.item, "name"), *_cells(one)]) for one in network.items]
    whole = network.whole
    begun = any(one.figures.actual is not None for one in network.items)
    rows.append(
        Row(
            [
                _("Whole package, parallel days counted once"),
                whole.statutory,
                whole.promised,
                whole.actual if begun else "—",
                "—",
                "—",
            ]
        )
    )
    return Table(
        caption=_("Statutory, promised and actual working days"),
        columns=[
            Column(_("Item"), "title"),
            Column(_("Statutory days"), "number"),
            Column(_("Promised days"), "number"),
            Column(_("Actual days"), "number"),
            Column(_("Left out"), "number"),
            Column(_("Shorter by"), "number"),
        ],
        rows=rows,
    )


def _cells(one: NetworkItem) -> list[Any]:
    figures = one.figures
    saved = figures.saved if _has_ended(one) else None
    return [
        figures.statutory,
        figures.promised,
        "—" if figures.actual is None else figures.actual,
        figures.held or "—",
        "—" if saved is None else f"{saved}%",
    ]


def comparison_chart(network: Network) -> Chart:
    """The comparison as bars, one group for each item."""
    names = [local(one.item, "name") for one in network.items]
    series = {
        _("Statutory days"): [one.figures.statutory for one in network.items],
        _("Promised days"): [one.figures.promised for one in network.items],
        _("Actual days"): [one.figures.actual or 0 for one in network.items],
    }
    colours = ("#c4ccd6", "#7fa3d1", "#17407a")
    option = {
        "grid": {"left": 8, "right": 16, "top": 36, "bottom": 8, "containLabel": True},
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "value"},
        "yAxis": {"type": "category", "inverse": True, "data": names},
        "series": [
            {"type": "bar", "name": name, "data": values, "itemStyle": {"color": colour}}
            for (name, values), colour in zip(series.items(), colours, strict=True)
        ],
    }
    table = comparison_table(network)
    return Chart(
        title=_("Statutory, promised and actual working days"),
        option=option,
        head=[column.label for column in table.columns],
        rows=[[str(cell) for cell in row.cells] for row in table.rows],
    )


def whole_stats(network: Network) -> list[Stat]:
    """The figures of the whole package in a strip."""
    whole, day = network.whole, _("working days")
    stats = [
        Stat(_("Items"), str(len(network.items)), note=_("%(n)d departments") % {"n": network.departments}),
        Stat(_("Statutory, one after the other"), str(whole.in_turn), day),
        Stat(_("Statutory, in parallel"), str(whole.statutory), day),
        Stat(_("Promised, in parallel"), str(whole.promised), day, note=_less(whole.promised, whole.in_turn)),
    ]
    if any(one.figures.actual is not None for one in network.items):
        over = all(_has_ended(one) for one in network.items)
        note = _less(whole.actual, whole.in_turn) if over else _("still under way")
        stats.append(
            Stat(_("Actual days") if over else _("Actual so far"), str(whole.actual), day, note=note)
        )
    return stats


def _less(days: int, in_turn: int) -> str:
    """How much shorter a way is than one item after the other; nothing where no law sets days."""
    if not in_turn:
        return ""
    return _("%(n)d%% less than one after the other") % {"n": round((in_turn - days) * 100 / in_turn)}


def _has_ended(one: NetworkItem) -> bool:
    return one.clock is not None and one.clock.state == clock.State.STOPPED


def network_context(network: Network) -> dict[str, Any]:
    """All that the template of a network draws."""
    return {
        "picture": picture(network),
        "network_table": network_table(network),
        "stats": whole_stats(network),
    }
