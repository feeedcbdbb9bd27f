"""The rota: a week as a grid, its gaps, planning, copying, publishing, absence, swaps, sheets."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.kernel.submissions.api import once
from jingkai.modules.windows.data import Half, monday_of
from jingkai.modules.windows.models import Halves, Shift, Swap
from jingkai.modules.windows.operations import rota as operations
from jingkai.modules.windows.operations import rota_sheet
from jingkai.modules.windows.queries import counters
from jingkai.modules.windows.queries import rota as queries
from jingkai.modules.windows.rules import PLAN, SEE_ROTA, may_answer_swap
from jingkai.modules.windows.web.forms import AbsenceForm, SwapForm, words_of
from jingkai.ui.sheets import spreadsheet

HALVES = (Half.MORNING, Half.AFTERNOON)


def _monday(request: Request) -> date:
    typed = request.POST.get("week") or request.GET.get("week") or ""
    try:
        return monday_of(date.fromisoformat(typed))
    except ValueError:
        return monday_of(timezone.localdate(request.at))


def _address(monday: date, name: str = "windows:rota") -> str:
    return f"{reverse(name)}?week={monday}"


def _grid(monday: date) -> dict[str, Any]:
    """A week as rows of windows and columns of half days, with who is away and where nobody is."""
    days, week = queries.days_of_week(monday), queries.week_of(monday)
    windows = list(counters.list_windows())
    shifts = list(queries.shifts_of(week)) if week else []
    away = list(queries.absences_between(monday, monday + timedelta(days=6)))
    gaps = queries.gaps_of(days, shifts, windows, away)
    at = {(shift.on, shift.half, shift.window_id): shift for shift in shifts}
    missing = {(gap.on, gap.half.value, gap.window_id): gap for gap in gaps}
    rows = [
        (
            window,
            [
                (
                    day,
                    half.value,
                    Halves(half.value).label,
                    at.get((day, half.value, window.pk)),
                    missing.get((day, half.value, window.pk)),
                )
                for day in days
                for half in HALVES
            ],
        )
        for window in windows
    ]
    return {
        "week": week,
        "monday": monday,
        "days": days,
        "halves": [(half.value, Halves(half.value).label) for half in HALVES],
        "rows": rows,
        "gaps": gaps,
        "away": away,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
    }


@requires(SEE_ROTA)
@require_GET
def show(request: Request) -> HttpResponse:
    """The week; whoever does not plan sees published weeks only."""
    monday, plans = _monday(request), may(request.actor, PLAN)
    context = _grid(monday)
    context["hidden"] = not plans and (context["week"] is None or context["week"].published_at is None)
    context["plans"] = plans
    swaps = queries.swaps_of(request.actor.party_id)[:10]
    context["swaps"] = [(swap, may_answer_swap(request.actor.party_id, swap.asked_of_id)) for swap in swaps]
    return render(request, "windows/rota.html", context)


@requires(PLAN)
@once
def plan(request: Request) -> HttpResponse:
    """Fill the grid."""
    monday = _monday(request)
    problem = ""
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            operations.save_plan(
                monday=monday,
                plan=_typed_plan(request, monday),
                version=int(version) if version.isdecimal() else 0,
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            problem = words_of(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(_address(monday))
    operations.draft_week(monday)
    context = {**_grid(monday), "people": queries.people(monday), "problem": problem}
    return render(request, "windows/rota_plan.html", context, status=422 if problem else 200)


def _typed_plan(request: Request, monday: date) -> dict[operations.Cell, int | None]:
    known = {party.pk for party in queries.people(monday)}
    plan: dict[operations.Cell, int | None] = {}
    for day in queries.days_of_week(monday):
        for half in HALVES:
            for window in counters.list_windows():
                typed = request.POST.get(f"c-{day}-{half.value}-{window.number}")
                if typed is not None:
                    number = int(typed) if typed.isdecimal() and len(typed) < 19 else 0
                    plan[(day, half.value, window.pk)] = number if number in known else None
    return plan


@requires(PLAN)
@require_POST
@once
def copy(request: Request) -> HttpResponse:
    """Fill free places as in the week before."""
    return _act(request, operations.copy_last_week, _("Copied from the week before."))


@requires(PLAN)
@require_POST
@once
def publish(request: Request) -> HttpResponse:
    """Put the week in force."""
    return _act(request, operations.publish, _("Published; everybody in it was told."))


def _act(request: Request, act: Any, said: str) -> HttpResponse:
    monday = _monday(request)
    try:
        act(monday=monday, by=request.actor, at=request.at)
    except PersonFacingError as error:
        messages.warning(request, words_of(error))
    else:
        messages.success(request, said)
    return redirect(_address(monday))


@requires(SEE_ROTA)
@require_GET
def export(request: Request) -> FileResponse:
    """Give a week as a spreadsheet; with its empty lines it is the template for reading in."""
    monday = _monday(request)
    grid = _grid(monday)
    if not may(request.actor, PLAN) and (grid["week"] is None or grid["week"].published_at is None):
        raise Http404
    words = {half: str(label) for half, label in grid["halves"]}
    lines: list[list[Any]] = [
        [day, words[half], window.number, shift.person.name if shift else "", window.name]
        for window, cells in grid["rows"]
        for day, half, _label, shift, _gap in cells
    ]
    order = [words[half.value] for half in HALVES]
    lines.sort(key=lambda row: (row[0], order.index(row[1]), row[2]))
    head = [(_("Day"), 12), (_("Half day"), 10), (_("Window"), 8), (_("Person"), 16), (_("Name"), 24)]
    return spreadsheet(title=_("Rota"), head=head, rows=lines, on=monday)


@requires(PLAN)
@once
def read_in(request: Request) -> HttpResponse:
    """Read a week in from a spreadsheet: every wrong line told, all or nothing."""
    monday = _monday(request)
    context: dict[str, Any] = {"monday": monday, "export_url": _address(monday, "windows:rota_export")}
    if request.method == "POST":
        file = request.FILES.get("sheet")
        try:
            if file is None or (file.size or 0) > 2 * 1024 * 1024:
                raise rota_sheet.SheetUnreadable
            rota_sheet.read_in(file=file, monday=monday, by=request.actor, at=request.at)
        except rota_sheet.SheetWrong as error:
            context |= {"problem": words_of(error), "errors": error.errors}
        except PersonFacingError as error:
            context["problem"] = words_of(error)
        else:
            messages.success(request, _("The sheet was read in."))
            return redirect(_address(monday))
    return render(request, "windows/rota_import.html", context, status=422 if "problem" in context else 200)


@requires(PLAN)
@once
def absence(request: Request) -> HttpResponse:
    """Note that somebody is away."""
    on = timezone.localdate(request.at)
    people = [(party.pk, local(party, "name")) for party in queries.people(on)]
    form = AbsenceForm(request.POST or None, people=people, initial={"starts_on": on, "ends_on": on})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        operations.note_absence(
            person_id=given["person"],
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            reason=given["reason"],
            by=request.actor,
            at=request.at,
        )
        messages.success(request, _("Noted; the rota shows the gaps."))
        return redirect(_address(monday_of(given["starts_on"])))
    return _form(request, form, _("Note an absence"))


def _form(request: Request, form: Any, title: str, *, action: str = "") -> HttpResponse:
    back = {"back": _("Rota"), "back_url": reverse("windows:rota")}
    context = {"form": form, "title": title, "action": action, **back}
    return render(request, "windows/form.html", context, status=422 if form.errors else 200)


@requires(SEE_ROTA)
@once
def swap(request: Request) -> HttpResponse:
    """Ask a colleague to swap shifts."""
    today = timezone.localdate(request.at)
    mine = list(queries.own_shifts(request.actor.party_id, today)[:40])
    rows = Shift.objects.select_related("window", "person", "week").filter(on__gte=today)
    theirs = list(
        rows.filter(week__published_at__isnull=False).exclude(person_id=request.actor.party_id)[:200]
    )
    form = SwapForm(
        request.POST or None,
        mine=[(row.pk, _words(row)) for row in mine],
        theirs=[(row.pk, f"{_words(row)} {local(row.person, 'name')}") for row in theirs],
    )
    if request.method == "POST" and form.is_valid():
        chosen = {row.pk: row for row in [*mine, *theirs]}
        try:
            operations.ask_swap(
                mine=chosen[form.cleaned_data["mine"]],
                theirs=chosen[form.cleaned_data["theirs"]],
                reason=form.cleaned_data["reason"],
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, words_of(error))
        else:
            messages.success(request, _("Your colleague was asked."))
            return redirect("windows:rota")
    return _form(request, form, _("Swap shifts"), action=_("Ask for the swap"))


def _words(shift: Shift) -> str:
    number = _("window %(number)s") % {"number": shift.window.number}
    return f"{shift.on} {shift.get_half_display()} {number}"


@requires(SEE_ROTA)
@require_POST
@once
def answer(request: Request, uuid: UUID) -> HttpResponse:
    """Agree to a swap or decline it; only the one who was asked."""
    row = get_object_or_404(Swap, uuid=uuid, asked_of_id=request.actor.party_id or 0)
    try:
        operations.answer_swap(swap=row, agree="agree" in request.POST, by=request.actor, at=request.at)
    except PersonFacingError as error:
        messages.warning(request, words_of(error))
    else:
        messages.success(request, _("Answered."))
    return redirect("windows:rota")
