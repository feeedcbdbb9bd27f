"""Appointments for everybody: choose, prove the phone (or be logged in), look up, move, cancel."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices.api import finish_phone_check, start_phone_check
from jingkai.kernel.parties.api import get_person, mask_phone
from jingkai.kernel.permissions.api import Request, public
from jingkai.kernel.submissions.api import once, though_refused
from jingkai.modules.windows.data import BookingDraft, Slot, parse_time
from jingkai.modules.windows.models import Appointment, Line
from jingkai.modules.windows.operations import appointments
from jingkai.modules.windows.queries import counters, slots
from jingkai.modules.windows.web.forms import CodeForm, FindForm, VisitorForm, words_of

BOOKING, OPENED, PURPOSE = "windows_booking", "windows_opened", "appointment"


@public
@require_GET
def choose(request: Request) -> HttpResponse:
    """Choose what one comes for, by everyday words or by line of business."""
    words = request.GET.get("q", "").strip()[:60]
    lines = counters.list_lines().filter(bookable=True)
    topics = [topic for topic in counters.find_topics(words) if topic.line.bookable]
    return render(request, "windows/booking.html", {"lines": lines, "words": words, "topics": topics})


@public
@once
def calendar(request: Request, code: str) -> HttpResponse:
    """Choose a free slot and say who comes; whoever is not logged in proves the phone next."""
    line = get_object_or_404(Line, code=code, active=True, bookable=True)
    known = _is_known(request)
    form = VisitorForm(request.POST or None, known=known, initial={"name": request.actor.name})
    problem = ""
    if request.method == "POST":
        picked = _slot(request.POST)
        if picked is None:
            problem = _("Choose a time in the calendar.")
        elif form.is_valid():
            try:
                return _go_on(request, line, picked, form.cleaned_data)
            except PersonFacingError as error:
                problem = words_of(error)
    context = {
        "line": line,
        "form": form,
        "topic": (request.POST or request.GET).get("topic", "")[:120],
        "days": _days(line, request.at),
        "picked": request.POST.get("slot", ""),
        "problem": problem,
        "known": known,
    }
    refused = request.method == "POST"
    return render(request, "windows/booking_line.html", context, status=422 if refused else 200)


def _days(line: Line, at: datetime) -> list[tuple[date, list[Slot], int]]:
    """The bookable days with their slots and how many may still book."""
    found = slots.list_slots(line, at=at)
    return [(day, each, sum(slot.free for slot in each)) for day, each in found.items()]


def _is_known(request: Request) -> bool:
    return request.actor.kind in ("enterprise", "staff") and request.actor.party_id is not None


def _slot(typed: QueryDict) -> tuple[date, time] | None:
    on, _space, starts = typed.get("slot", "").partition(" ")
    try:
        return date.fromisoformat(on), parse_time(starts)
    except ValueError:
        return None


def _go_on(request: Request, line: Line, picked: tuple[date, time], given: dict[str, Any]) -> HttpResponse:
    draft = BookingDraft(
        name=given["name"],
        on=picked[0],
        starts=picked[1],
        topic=request.POST.get("topic", "")[:120],
        uscc=given["uscc"],
        language=get_language() or "zh-hans",
    )
    if _is_known(request):
        person = get_person(request.actor.party_id or 0)
        row = appointments.book(line=line, person=person, draft=draft, by=request.actor, at=request.at)
        return _opened(request, row)
    check = start_phone_check(
        given["phone"], purpose=PURPOSE, at=request.at, language=get_language() or "zh-hans"
    )
    request.session[BOOKING] = {
        "check": str(check),
        "line": line.code,
        "name": draft.name,
        "on": draft.on.isoformat(),
        "starts": f"{draft.starts:%H:%M}",
        "topic": draft.topic,
        "uscc": draft.uscc,
        "phone": mask_phone(given["phone"]),
    }
    return redirect("windows:prove")


@public
@once
def prove(request: Request) -> HttpResponse:
    """Take the code from the phone and hold the slot."""
    kept = request.session.get(BOOKING)
    if not kept:
        return redirect("windows:appointments")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = _book_proven(request, kept, form.cleaned_data["code"])
        except PersonFacingError as error:
            form.add_error("code", words_of(error))
        else:
            del request.session[BOOKING]
            return _opened(request, row)
    context = {"form": form, "kept": kept, "line": get_object_or_404(Line, code=kept["line"])}
    return render(request, "windows/booking_prove.html", context, status=422 if form.errors else 200)


def _book_proven(request: Request, kept: dict[str, str], code: str) -> Appointment:
    phone = finish_phone_check(kept["check"], code, purpose=PURPOSE, at=request.at)
    language = get_language() or "zh-hans"
    person = appointments.person_with_phone(
        phone=phone, name=kept["name"], language=language, by=request.actor, at=request.at
    )
    draft = BookingDraft(
        name=kept["name"],
        on=date.fromisoformat(kept["on"]),
        starts=parse_time(kept["starts"]),
        topic=kept["topic"],
        uscc=kept["uscc"],
        language=language,
    )
    line = get_object_or_404(Line, code=kept["line"], active=True)
    return appointments.book(line=line, person=person, draft=draft, by=request.actor, at=request.at)


def _opened(request: Request, row: Appointment) -> HttpResponse:
    request.session[OPENED] = row.pk
    messages.success(request, _("Your appointment is made. The code was sent to your phone."))
    return redirect("windows:my_appointment")


def _mine(request: Request) -> Appointment | None:
    """The appointment opened in this browser by its code, or one's own newest when logged in."""
    rows = slots.appointments()
    number = request.session.get(OPENED)
    if number:
        return rows.filter(pk=number).first()
    if _is_known(request):
        return rows.filter(person_id=request.actor.party_id).order_by("-pk").first()
    return None


@public
@once
def my_appointment(request: Request) -> HttpResponse:
    """Show one's appointment; without login it is opened by its code and the end of the phone."""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code, digits = form.cleaned_data["code"], form.cleaned_data["digits"]
        try:
            request.session[OPENED] = appointments.open_by_code(code=code, digits=digits).pk
            return redirect("windows:my_appointment")
        except PersonFacingError as error:
            though_refused(request, lambda: appointments.count_wrong_try(code=code))
            form.add_error(None, words_of(error))
    row = _mine(request)
    context: dict[str, Any] = {"form": form, "row": row}
    if _is_known(request) and request.actor.party_id:
        context["others"] = slots.open_of(request.actor.party_id)
    if row is not None and row.state == Appointment.States.BOOKED:
        context["days"] = _days(row.line, request.at)
    return render(request, "windows/my_appointment.html", context, status=422 if form.errors else 200)


@public
@require_POST
@once
def change(request: Request) -> HttpResponse:
    """Move or cancel the appointment that is open in this browser."""
    row = _mine(request)
    if row is None:
        return redirect("windows:my_appointment")
    try:
        if "cancel" in request.POST:
            appointments.cancel(appointment=row, by=request.actor, at=request.at)
            messages.success(request, _("Your appointment was cancelled."))
        elif (picked := _slot(request.POST)) is not None:
            appointments.move(
                appointment=row, on=picked[0], starts=picked[1], by=request.actor, at=request.at
            )
            messages.success(request, _("Your appointment was moved. The code stays the same."))
    except PersonFacingError as error:
        messages.warning(request, words_of(error))
    return redirect("windows:my_appointment")


@public
@require_POST
@once
def forget(request: Request) -> HttpResponse:
    """Close the appointment on a shared device."""
    request.session.pop(OPENED, None)
    return redirect("windows:my_appointment")
