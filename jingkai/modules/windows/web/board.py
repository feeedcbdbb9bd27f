"""The hall for its manager: now, statistics, the list behind each figure, appointments of a day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jingkai.kernel.audit.api import mark, record
from jingkai.kernel.hooks.api import local
from jingkai.kernel.parties.api import mask_phone
from jingkai.kernel.permissions.api import Request, requires
from jingkai.modules.windows.data import Figures
from jingkai.modules.windows.models import Appointment, Ticket
from jingkai.modules.windows.queries import counters, figures, slots, waits
from jingkai.modules.windows.rules import MANAGE, SEE_HALL
from jingkai.ui.data import Chart, Pager, Stat
from jingkai.ui.sheets import Page, spreadsheet, workbook

PAGE = 50


@requires(SEE_HALL)
@require_GET
def board(request: Request) -> HttpResponse:
    """Who waits now, how long, what each window does, what each hour brought."""
    on = timezone.localdate(request.at)
    now = figures.hall_now(on=on, at=request.at)
    lines = list(counters.list_lines())
    ahead = waits.waits_of(lines, on=on, at=request.at)
    context = {
        "now": now,
        "on": on,
        "at": request.at,
        "stats": _stats(now.figures, now.longest_now, on),
        "chart": _hour_chart(now.by_hour),
        "lines": [(line, ahead[line.pk]) for line in lines],
    }
    template = "windows/board_now.html" if "HX-Request" in request.headers else "windows/board.html"
    return render(request, template, context)


def _stats(now: Figures, longest: int, on: date) -> list[Stat]:
    def url(**more: str) -> str:
        return f"{reverse('windows:tickets')}?{urlencode({'first': on, 'last': on, **more})}"

    minutes = _("min")
    return [
        Stat(_("Waiting now"), str(now.waiting), url=url(state="waiting")),
        Stat(_("Longest wait now"), str(longest), minutes, tone="warn" if longest > 30 else "none"),
        Stat(_("Taken today"), str(now.taken), url=url()),
        Stat(_("Served today"), str(now.served), url=url(state="done")),
        Stat(_("Mean service"), f"{now.mean_service:.1f}", minutes),
        Stat(_("Left or did not come"), str(now.left + now.missed), url=url(state="missed")),
    ]


def _hour_chart(by_hour: Any) -> Chart:
    hours = [f"{hour}:00" for hour, _taken, _served in by_hour]
    option = {
        "legend": {},
        "xAxis": {"type": "category", "data": hours},
        "yAxis": {"minInterval": 1},
        "series": [
            {"type": "bar", "name": _("Taken"), "data": [taken for _hour, taken, _served in by_hour]},
            {"type": "bar", "name": _("Served"), "data": [served for _hour, _taken, served in by_hour]},
        ],
    }
    rows = [(f"{hour}:00", taken, served) for hour, taken, served in by_hour]
    return Chart(_("By hour"), option, [_("Hour"), _("Taken"), _("Served")], rows)


def _day(request: Request, name: str) -> date | None:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def _wanted(request: Request) -> dict[str, Any]:
    text = {name: request.GET.get(name, "").strip()[:60] for name in ("line", "window", "state", "outcome")}
    return {
        **text,
        "text": request.GET.get("q", "").strip()[:60],
        "first": _day(request, "first"),
        "last": _day(request, "last"),
    }


@requires(SEE_HALL)
@require_GET
def tickets(request: Request) -> HttpResponse:
    """The tickets behind every figure: filter, sort, page by page, spreadsheet."""
    wanted = _wanted(request)
    oldest_first = request.GET.get("sort") == "oldest"
    sign, way = ("", "gt") if oldest_first else ("-", "lt")
    rows = figures.filtered(wanted).order_by(f"{sign}pk")
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(**{f"pk__{way}": int(after)})
    found = list(rows[: PAGE + 1])
    kept = {name: value for name, value in request.GET.items() if name != "after" and value}
    older = "?" + urlencode({**kept, "after": found[PAGE - 1].pk}) if len(found) > PAGE else ""
    newer = "?" + urlencode(kept) if after else ""
    context = {
        "rows": found[:PAGE],
        "wanted": wanted,
        "sort": request.GET.get("sort", ""),
        "lines": counters.list_lines(active=False),
        "states": Ticket.States.choices,
        "outcomes": Ticket.Outcomes.choices,
        "pager": Pager(newer, older) if newer or older else None,
        "export_url": f"{reverse('windows:tickets_export')}?{urlencode(kept)}",
    }
    return render(request, "windows/tickets.html", context)


@requires(SEE_HALL)
@require_GET
def tickets_export(request: Request) -> FileResponse:
    """Give the filtered tickets as a spreadsheet."""
    _note_export(request)
    rows = figures.filtered(_wanted(request)).order_by("-pk")
    head = [
        (_("Day"), 12),
        (_("Ticket number"), 12),
        (_("Line of business"), 20),
        (_("Matter in question"), 30),
        (_("Priority"), 14),
        (_("State"), 14),
        (_("Window"), 8),
        (_("Clerk"), 12),
        (_("Taken"), 18),
        (_("First called"), 18),
        (_("Service begun"), 18),
        (_("Visit ended at"), 18),
        (_("Outcome"), 16),
    ]
    return spreadsheet(
        title=_("Tickets"), head=head, rows=_ticket_lines(rows), on=timezone.localdate(request.at)
    )


def _ticket_lines(rows: Any) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=1000):
        yield [
            row.on,
            row.number,
            local(row.line, "name"),
            row.topic,
            row.get_priority_display() if row.priority else "",
            row.get_state_display(),
            row.window.number if row.window else None,
            row.clerk.name if row.clerk else "",
            row.taken_at,
            row.first_called_at,
            row.started_at,
            row.ended_at,
            row.get_outcome_display() if row.outcome else "",
        ]


def _note_export(request: Request) -> None:
    facts = {"filter": mark(request.GET.urlencode())}
    record(("windows.export", 0), action="window.list_exported", by=request.actor, at=request.at, facts=facts)


def _month(request: Request) -> tuple[date, date]:
    """Give the first and last day of the month that was asked for, or of this one."""
    today = timezone.localdate(request.at)
    year, _dash, month = request.GET.get("month", "").partition("-")
    if year.isdecimal() and month.isdecimal() and 2000 <= int(year) <= 2100 and 1 <= int(month) <= 12:
        today = date(int(year), int(month), 1)
    return today.replace(day=1), today.replace(day=monthrange(today.year, today.month)[1])


@requires(SEE_HALL)
@require_GET
def statistics(request: Request) -> HttpResponse:
    """A month: by day, by line, by window, by clerk; each line leads to its tickets."""
    first, last = _month(request)
    found = figures.month_of_hall(first, last, line=_line_name(), clerk=_clerk_name())
    chart_rows = [(f"{day:%m-%d}", one.taken, one.served) for day, one in found.days]
    option = {
        "legend": {},
        "xAxis": {"type": "category", "data": [row[0] for row in chart_rows]},
        "yAxis": {"minInterval": 1},
        "series": [
            {"type": "line", "name": _("Taken"), "data": [row[1] for row in chart_rows]},
            {"type": "line", "name": _("Served"), "data": [row[2] for row in chart_rows]},
        ],
    }
    context = {
        "first": first,
        "last": last,
        "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "after": (last + timedelta(days=1)).strftime("%Y-%m"),
        "total": found.total,
        "days": found.days,
        "by_line": found.by_line,
        "by_window": found.by_window,
        "by_clerk": found.by_clerk,
        "chart": Chart(_("By day"), option, [_("Day"), _("Taken"), _("Served")], chart_rows),
        "month": f"{first:%Y-%m}",
    }
    return render(request, "windows/statistics.html", context)


@requires(SEE_HALL)
@require_GET
def statistics_export(request: Request) -> FileResponse:
    """Give a month's figures as a workbook of three sheets."""
    _note_export(request)
    first, last = _month(request)
    found = figures.month_of_hall(first, last, line=_line_name(), clerk=_clerk_name())
    pages = [
        Page(_("By day"), _figure_head(_("Day")), _figure_lines(found.days)),
        Page(
            _("By line"),
            _figure_head(_("Line of business")),
            _figure_lines(found.by_line),
        ),
        Page(
            _("By window"),
            _figure_head(_("Window")),
            _figure_lines(found.by_window),
        ),
    ]
    title = _("Service hall %(month)s") % {"month": f"{first:%Y-%m}"}
    return workbook(title=title, pages=pages, on=timezone.localdate(request.at))


def _line_name() -> str:
    """The column with a line's name in the reader's language."""
    return "line__name_en" if (get_language() or "").startswith("en") else "line__name"


def _clerk_name() -> Any:
    """The name of a clerk in the reader's language; the Chinese one where there is no other."""
    if (get_language() or "").startswith("en"):
        return Coalesce(NullIf("clerk__name_en", Value("")), "clerk__name")
    return F("clerk__name")


def _figure_head(first: str) -> list[tuple[str, int]]:
    more = [
        (_("Taken"), 10),
        (_("Served"), 10),
        (_("Did not come"), 12),
        (_("Left"), 10),
        (_("Mean wait (min)"), 14),
        (_("Mean service (min)"), 14),
        (_("Longest wait (min)"), 14),
    ]
    return [(first, 24), *more]


def _figure_lines(found: Any) -> list[list[Any]]:
    return [
        [
            key,
            one.taken,
            one.served,
            one.missed,
            one.left,
            round(one.mean_wait, 1),
            round(one.mean_service, 1),
            round(one.longest_wait, 1),
        ]
        for key, one in found
    ]


def _booked(request: Request) -> tuple[date, Any, dict[str, str]]:
    on = _day(request, "on") or timezone.localdate(request.at)
    wanted = {name: request.GET.get(name, "").strip()[:40] for name in ("line", "state")}
    rows = slots.appointments_of(on)
    if wanted["line"]:
        rows = rows.filter(line__code=wanted["line"])
    if wanted["state"]:
        rows = rows.filter(state=wanted["state"])
    return on, rows, wanted


@requires(MANAGE)
@require_GET
def booked(request: Request) -> HttpResponse:
    """The appointments of a day, for the hall and for printing."""
    on, rows, wanted = _booked(request)
    after = request.GET.get("after", "")
    found = slots.page_after(rows, after=after, newest=request.GET.get("sort") == "newest", size=PAGE + 1)
    kept = {name: value for name, value in request.GET.items() if name != "after" and value}
    older = "?" + urlencode({**kept, "after": found[PAGE - 1].pk}) if len(found) > PAGE else ""
    newer = "?" + urlencode(kept) if after else ""
    context = {
        "on": on,
        "before": on - timedelta(days=1),
        "next": on + timedelta(days=1),
        "rows": [(row, mask_phone(row.person.phone or "")) for row in found[:PAGE]],
        "wanted": wanted,
        "sort": request.GET.get("sort", ""),
        "lines": counters.list_lines(active=False),
        "states": Appointment.States.choices,
        "pager": Pager(newer, older) if newer or older else None,
        "export_url": f"{reverse('windows:booked_export')}?{urlencode({'on': on, **kept})}",
    }
    return render(request, "windows/booked.html", context)


@requires(MANAGE)
@require_GET
def booked_export(request: Request) -> FileResponse:
    """Give the appointments of a day as a spreadsheet."""
    _note_export(request)
    on, rows, _wanted_rows = _booked(request)
    head = [
        (_("Time"), 14),
        (_("Line of business"), 20),
        (_("Matter in question"), 30),
        (_("Full name"), 14),
        (_("Phone"), 16),
        (_("Appointment code"), 14),
        (_("State"), 14),
    ]
    lines = (
        [
            f"{row.starts:%H:%M}–{row.ends:%H:%M}",
            local(row.line, "name"),
            row.topic,
            row.name,
            mask_phone(row.person.phone or ""),
            row.code,
            row.get_state_display(),
        ]
        for row in rows.iterator(chunk_size=500)
    )
    return spreadsheet(title=_("Appointments"), head=head, rows=lines, on=on)
