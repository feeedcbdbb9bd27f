"""The page of one case and the pages that hang on it: clocks, trail, print sheet, flow picture."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from jingkai.casework.cases.models import Case
from jingkai.casework.clock.models import Clock
from jingkai.casework.inbox import queries
from jingkai.casework.inbox.queries import CaseClocks, CaseFile
from jingkai.casework.inbox.rules import SEE_TRAIL
from jingkai.casework.inbox.web.shown import clocks as shown_clocks
from jingkai.casework.inbox.web.shown import hands, journey, panels, sheet
from jingkai.casework.inbox.web.shown.people import applicant_name
from jingkai.casework.inbox.web.shown.trail import trail_table, trail_words
from jingkai.kernel.hooks.api import address_of, local
from jingkai.kernel.permissions.api import Request, may, requires, staff

BPMN = "application/xml; charset=utf-8"


@staff
@require_safe
def case(request: Request, uuid: UUID) -> HttpResponse:
    """Show a case: who has it and for how long, my acts, the modules' sections, opinions, journey, trail."""
    file = _file(request, uuid)
    lights = _lights(file)
    context = {
        **_head(file),
        "holders": hands.hand_lines(file),
        "light": lights.light_of_case(file.case),
        "bars": _bars(file),
        "note": shown_clocks.clocks_note(lights.of_case(file.case.pk), file.at, file.calendar),
        "acts": panels.act_panels(
            request, file, {task.pk: lights.light_of_task(task) for task in file.open_tasks}
        ),
        "sections": list(panels.module_sections(request, file.case)),
        "opinions": journey.opinions(file),
        "steps": journey.journey_steps(file),
        "nodes": journey.flow_nodes(file),
        "flow_url": _url("flow", file.case),
        "trail": trail_words(file.seal),
        "trail_url": _url("trail", file.case) if may(request.actor, SEE_TRAIL) else "",
        "clocks_url": _url("clocks", file.case) if file.all_clocks else "",
        "print_url": _url("print", file.case),
        "own_links": hands.own_links(file),
        "may_resubmit": hands.may_resubmit(file),
        "reading": hands.my_reading(file),
        "receipts": hands.receipts_table(file.readings),
    }
    return render(request, "inbox/case.html", context)


def _file(request: Request, uuid: UUID) -> CaseFile:
    return queries.get_file(uuid=uuid, actor=request.actor, at=request.at)


def _head(file: CaseFile) -> dict[str, Any]:
    return {
        "case": file.case,
        "title": local(file.case, "title"),
        "applicant": applicant_name(file.case.applicant),
        "is_open": file.case.state == Case.State.OPEN,
        "state": str(file.case.get_state_display()),
    }


def _url(name: str, case: Case) -> str:
    return address_of(f"inbox:{name}", case.uuid)


def _lights(file: CaseFile) -> CaseClocks:
    return CaseClocks(file.at, {file.case.pk: {row.key: row for row in file.clocks}}, file.prints)


def _bars(file: CaseFile) -> list[Any]:
    names: dict[str, str] = {}
    for task in file.open_tasks:
        if task.clock_key and task.assignee is not None:
            names[task.clock_key] = local(task.assignee, "name")
    return shown_clocks.clock_bars(
        file.clocks, names, at=file.at, calendar=file.calendar, url=_url("clocks", file.case)
    )


@staff
@require_safe
def clocks(request: Request, uuid: UUID) -> HttpResponse:
    """Answer "why is it still running?": each clock with its basis and its ledger."""
    file = _file(request, uuid)
    entries: dict[int, list[Any]] = {}
    for entry in file.ledger:
        entries.setdefault(entry.clock_id, []).append(entry)
    bars = shown_clocks.clock_bars(file.all_clocks, {}, at=file.at, calendar=file.calendar)
    lines = [
        {
            "row": row,
            "name": bar.label,
            "light": bar.light,
            "why": shown_clocks.why_words(_clock(row)),
            "facts": shown_clocks.clock_facts(row, file.at, file.calendar),
            "table": shown_clocks.ledger_table(row, entries.get(row.clock_id, [])),
        }
        for row, bar in zip(file.all_clocks, bars, strict=True)
    ]
    return render(request, "inbox/clocks.html", {**_head(file), "lines": lines[::-1]})


def _clock(row: Any) -> Clock:
    clock: Clock = row.clock
    return clock


@requires(SEE_TRAIL)
@require_safe
def trail(request: Request, uuid: UUID) -> HttpResponse:
    """List the entries of the case's own chain: who, for whom, what, when."""
    file = _file(request, uuid)
    context = {**_head(file), "table": trail_table(file.trail), "words": trail_words(file.seal)}
    shown, whole = len(file.trail), file.seal.entries
    if shown < whole:
        context["cut"] = ngettext(
            "Only the newest %(n)s entry is shown; the audit administrator sees all.",
            "Only the newest %(n)s entries are shown; the audit administrator sees all.",
            shown,
        ) % {"n": shown}
    return render(request, "inbox/trail.html", context)


@staff
@require_safe
def print_sheet(request: Request, uuid: UUID) -> HttpResponse:
    """Show the handling sheet (办理单) as it is known on paper."""
    file = _file(request, uuid)
    context = {
        **_head(file),
        "rows": sheet.sheet_rows(file),
        "facts": sheet.sheet_facts(file),
        "clocks": sheet.clock_rows(file),
        "printed_at": request.at,
        "printed_by": request.actor.name,
    }
    return render(request, "inbox/sheet.html", context)


@staff
@require_safe
def flow(request: Request, uuid: UUID) -> HttpResponse:
    """Give the flow drawing under which the case began."""
    drawing = queries.get_drawing(uuid=uuid, actor=request.actor)
    return HttpResponse(drawing, content_type=BPMN)
