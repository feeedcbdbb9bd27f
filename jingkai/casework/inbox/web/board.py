"""The leaders' board in detail: urged matters, people, and where the days go; each also as a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from jingkai.casework.inbox.data import ListPage
from jingkai.casework.inbox.operations import record_export
from jingkai.casework.inbox.queries import board
from jingkai.casework.inbox.queries.board import NodeDays, NodeTask, PersonLoad, Urged
from jingkai.casework.inbox.rules import SEE_COCKPIT
from jingkai.casework.inbox.web.shown.board import board_tabs
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, requires
from jingkai.ui.data import Chart, Column, Light, Link, Row, Table
from jingkai.ui.sheets import spreadsheet
from jingkai.ui.words import moment

MOST_BARS = 12
PARTS = ("given", "people", "flows")


def _show(request: Request, part: str, title: str, text: str, table: Table, **more: Any) -> HttpResponse:
    context = {
        "tabs": board_tabs(part),
        "title": title,
        "text": text,
        "table": table,
        "is_empty": not table.rows,
        "export_url": reverse("inbox:board_export", kwargs={"part": part}),
        **more,
    }
    return render(request, "inbox/board.html", context)


@requires(SEE_COCKPIT)
@require_safe
def given(request: Request) -> HttpResponse:
    """Show what was urged: by whom, who has taken it, and how it stands."""
    found = board.list_urged(actor=request.actor, at=request.at)
    columns = [
        Column(_("Progress"), "light"),
        Column(pgettext("case", "Matter"), "title"),
        Column(_("Step urged")),
        Column(_("Taken by")),
        Column(_("Urged by")),
        Column(_("Last urged"), "date"),
        Column(_("Where the case is now")),
    ]
    rows = [Row(_urged_cells(one, request), muted=one.task_state != "open") for one in found]
    text = _("What was urged since %(day)s; what is still open stands first.") % {
        "day": board.since(request.at)
    }
    return _show(request, "given", _("Urged"), text, Table(_("Urged"), columns, rows))


def _urged_cells(one: Urged, request: Request) -> list[Any]:
    times = _("%(n)s ×") % {"n": one.times}
    words = " · ".join(part for part in (one.reference, times, one.text) if part)
    return [
        _progress(one, request),
        Link(local(one, "title"), reverse("inbox:case", args=[one.uuid]), words),
        local(one, "task"),
        _taken_by(one),
        local(one, "by") or _("The system"),
        one.at,
        _now_at(one) or _("finished"),
    ]


def _now_at(one: Urged) -> str:
    return local({"name": one.now_at or "", "name_en": one.now_at_en or ""}, "name")


def _taken_by(one: Urged) -> str:
    name = local(one, "holder")
    return _("%(pool)s · to be claimed") % {"pool": name} if one.is_waiting else name


def _progress(one: Urged, request: Request) -> Light:
    if one.task_state == "done":
        return Light("ok", _("done %(at)s") % {"at": moment(one.closed_at)})
    if one.task_state != "open":
        return Light("none", _("taken off the table"))
    if one.suspended:
        return Light("hold", _("On hold"))
    if one.due_at and one.due_at <= request.at:
        return Light("late", _("Overdue"))
    if one.yellow_at and one.yellow_at <= request.at:
        return Light("warn", _("Due soon"))
    return Light("ok", _("Open, in order")) if one.due_at else Light("none", _("Open, no limit"))


@requires(SEE_COCKPIT)
@require_safe
def people(request: Request) -> HttpResponse:
    """Show who has how many open tasks, unit by unit; a line leads to exactly those cases."""
    found = board.list_loads(actor=request.actor, at=request.at)
    columns = [
        Column(_("Person"), "title"),
        Column(_("Unit")),
        Column(_("Open tasks"), "number"),
        Column(_("Overdue"), "number"),
        Column(_("Due soon"), "number"),
        Column(_("In order"), "number"),
        Column(_("On hold"), "number"),
        Column(_("Oldest since"), "date"),
    ]
    rows = [
        Row(
            [
                Link(local(one, "name"), _hand_url(one)),
                _unit(one),
                one.total,
                one.late or None,
                one.warn or None,
                one.ok or None,
                one.hold or None,
                timezone.localdate(one.oldest),
            ]
        )
        for one in found
    ]
    text = _("Units and posts stand for what nobody has claimed yet; the most urgent open cases are counted.")
    return _show(request, "people", _("People"), text, Table(_("People"), columns, rows))


def _hand_url(one: PersonLoad) -> str:
    """Lead to exactly the cases in somebody's hand, or of a pool to those that nobody has claimed."""
    free = "" if one.kind == "person" else "&free=1"
    return f"{reverse('inbox:cases')}?unit={one.uuid}{free}"


def _unit(one: PersonLoad) -> str:
    return local({"name": one.unit or "", "name_en": one.unit_en or ""}, "name")


@requires(SEE_COCKPIT)
@require_safe
def flows(request: Request) -> HttpResponse:
    """Show where days go, step by step; with a step chosen, exactly the tasks behind its figures."""
    key, node = request.GET.get("flow", ""), request.GET.get("node", "")
    text = _("Finished tasks since %(day)s, in natural days; at most the %(n)s cases that changed last.")
    text %= {"day": board.since(request.at), "n": board.MOST_CASES}
    if key and node:
        tasks = board.list_node_tasks(key=key[:80], node=node[:80], actor=request.actor, at=request.at)
        name = f"{local(tasks[0], 'flow')} · {local(tasks[0], 'task')}" if tasks else _("Where the days go")
        return _show(request, "flows", name, text, _task_table(tasks), back_url=reverse("inbox:flows"))
    found = board.list_bottlenecks(actor=request.actor, at=request.at)
    chart = _chart(found) if found else None
    return _show(request, "flows", _("Where the days go"), text, _node_table(found), chart=chart)


def _node_table(found: Sequence[NodeDays]) -> Table:
    columns = [
        Column(_("Step"), "title"),
        Column(_("Finished tasks"), "number"),
        Column(pgettext("days", "Waiting"), "number"),
        Column(_("Work"), "number"),
        Column(_("On hold"), "number"),
        Column(_("Slowest tenth over"), "number"),
    ]
    address = reverse("inbox:flows")
    rows = [
        Row(
            [
                Link(
                    local(one, "name"),
                    f"{address}?{urlencode({'flow': one.key, 'node': one.node})}",
                    local(one, "flow"),
                ),
                one.number,
                *map(_days, (one.queue, one.work, one.hold, one.slowest)),
            ]
        )
        for one in found
    ]
    return Table(_("Where the days go"), columns, rows)


def _task_table(tasks: Sequence[NodeTask]) -> Table:
    columns = [
        Column(pgettext("case", "Matter"), "title"),
        Column(_("Finished by")),
        Column(pgettext("days", "Waiting"), "number"),
        Column(_("Work"), "number"),
        Column(_("On hold"), "number"),
        Column(_("Finished on"), "date"),
    ]
    rows = [
        Row(
            [
                Link(local(one, "title"), reverse("inbox:case", args=[one.uuid]), one.reference),
                local({"name": one.who or "", "name_en": one.who_en or ""}, "name"),
                *(_days(float(value)) for value in (one.queue, one.work, one.hold)),
                one.closed_at,
            ]
        )
        for one in tasks
    ]
    return Table(_("Finished tasks"), columns, rows)


def _days(value: float) -> str:
    return f"{value:.1f}"


def _chart(found: Sequence[NodeDays]) -> Chart:
    """Draw queue, work and suspension of the slowest steps as stacked bars."""
    shown = sorted(found, key=lambda one: -(one.queue + one.work + one.hold))[:MOST_BARS]
    names = [local(one, "name") for one in shown]
    parts = ((pgettext("days", "Waiting"), "queue"), (_("Work"), "work"), (_("On hold"), "hold"))
    series = [
        {
            "type": "bar",
            "stack": "days",
            "name": label,
            "data": [round(getattr(one, part), 2) for one in shown],
        }
        for label, part in parts
    ]
    option = {
        "legend": {},
        "xAxis": {"type": "category", "data": names, "axisLabel": {"interval": 0, "rotate": 30}},
        "yAxis": {"name": _("days")},
        "series": series,
    }
    rows = [
        (name, *(_days(getattr(one, part)) for _label, part in parts))
        for name, one in zip(names, shown, strict=True)
    ]
    return Chart(_("Average days per step"), option, [_("Step"), *(label for label, _part in parts)], rows)


@requires(SEE_COCKPIT)
@require_safe
def export(request: Request, part: str) -> HttpResponseBase:
    """Give one part of the board as a spreadsheet."""
    if part not in PARTS:
        raise Http404
    record_export(page=ListPage.COCKPIT, query=f"part={part}", by=request.actor, at=request.at)
    title, head, rows = {"given": _given_sheet, "people": _people_sheet, "flows": _flows_sheet}[part](request)
    return spreadsheet(title=title, head=head, rows=rows, on=timezone.localdate(request.at))


def _given_sheet(request: Request) -> Any:
    head = [
        (_("Number"), 20),
        (pgettext("case", "Matter"), 48),
        (_("Step urged"), 20),
        (_("Taken by"), 20),
        (_("Urged by"), 16),
        (_("Last urged"), 17),
        (_("Times"), 8),
        (_("A word to the holder"), 40),
        (_("Progress"), 20),
        (_("Where the case is now"), 24),
    ]
    rows = [
        [
            one.reference,
            local(one, "title"),
            local(one, "task"),
            _taken_by(one),
            local(one, "by"),
            one.at,
            one.times,
            one.text,
            _progress(one, request).text,
            _now_at(one),
        ]
        for one in board.list_urged(actor=request.actor, at=request.at)
    ]
    return _("Urged"), head, rows


def _people_sheet(request: Request) -> Any:
    labels = (_("Open tasks"), _("Overdue"), _("Due soon"), _("In order"), _("On hold"))
    head = [(_("Unit"), 28), (_("Person"), 20), *((label, 10) for label in labels), (_("Oldest since"), 17)]
    rows = [
        [_unit(one), local(one, "name"), one.total, one.late, one.warn, one.ok, one.hold, one.oldest]
        for one in board.list_loads(actor=request.actor, at=request.at)
    ]
    return _("People"), head, rows


def _flows_sheet(request: Request) -> Any:
    labels = (
        _("Finished tasks"),
        pgettext("days", "Waiting"),
        _("Work"),
        _("On hold"),
        _("Slowest tenth over"),
    )
    head = [(_("Flow"), 28), (_("Step"), 24), *((label, 12) for label in labels)]
    rows = [
        [
            local(one, "flow"),
            local(one, "name"),
            one.number,
            *(round(v, 2) for v in (one.queue, one.work, one.hold, one.slowest)),
        ]
        for one in board.list_bottlenecks(actor=request.actor, at=request.at)
    ]
    return _("Where the days go"), head, rows
