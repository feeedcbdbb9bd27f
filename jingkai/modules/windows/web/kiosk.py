"""The ticket machine in the hall, and the visitor's own page of a ticket. No login; machines are admitted."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import quote

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import zone
from jingkai.kernel.permissions.api import Request, public
from jingkai.kernel.submissions.api import once
from jingkai.modules.windows.data import Outcome, Priority, TicketDraft, TicketState
from jingkai.modules.windows.models import Kiosk, Line, Ticket
from jingkai.modules.windows.operations import tickets
from jingkai.modules.windows.queries import counters, queue, waits
from jingkai.modules.windows.rules import visit_offers
from jingkai.modules.windows.web.forms import words_of
from jingkai.records.typesetting import api as typesetting
from jingkai.ui.cookies import cookie_name
from jingkai.ui.words import listed

COOKIE, SALT = "jingkai_kiosk", "windows.kiosk"
YEAR = 365 * 24 * 3600
CHOICES = tuple(choice for choice in Priority if choice is not Priority.APPOINTMENT)


def kiosk_of(request: Request) -> Kiosk | None:
    """Give the admitted machine behind a request, by its signed cookie."""
    token = request.get_signed_cookie(cookie_name(COOKIE), default="", salt=SALT) or ""
    return counters.kiosk_of(token)


@public
@require_GET
def start(request: Request) -> HttpResponse:
    """Choose what one came for: by everyday words, or by a line of business with its present wait."""
    if kiosk_of(request) is None:
        return render(request, "windows/kiosk_closed.html")
    words = request.GET.get("q", "").strip()[:60]
    lines = list(counters.list_lines())
    ahead = waits.waits_of(lines, on=timezone.localdate(request.at), at=request.at)
    context = {
        "words": words,
        "topics": counters.find_topics(words),
        "lines": [(line, ahead[line.pk]) for line in lines],
    }
    return render(request, "windows/kiosk.html", context)


@public
@once
def take(request: Request, code: str) -> HttpResponse:
    """Say who comes first by law, leave a phone or code if one likes, and take the number."""
    if kiosk_of(request) is None:
        return redirect("windows:kiosk")
    line = get_object_or_404(Line, code=code, active=True)
    typed = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {
        "line": line,
        "topic": typed.get("topic", "")[:120],
        "topic_name": counters.topic_name(Ticket(line=line, topic=typed.get("topic", "")[:120])),
        "contact": typed.get("contact", "")[:30],
        "chosen": typed.get("priority", ""),
        "priorities": [(one.value, Ticket.Priorities(one.value).label) for one in CHOICES],
    }
    if request.method == "POST":
        try:
            ticket = tickets.take_ticket(line=line, draft=_draft(request), by=request.actor, at=request.at)
        except PersonFacingError as error:
            context["problem"] = words_of(error)
            return render(request, "windows/kiosk_take.html", context, status=422)
        return redirect(f"{reverse('windows:slip', args=[ticket.token])}?print=1")
    wait = waits.waits_of([line], on=timezone.localdate(request.at), at=request.at)[line.pk]
    return render(request, "windows/kiosk_take.html", {**context, "wait": wait})


def _draft(request: Request) -> TicketDraft:
    contact = request.POST.get("contact", "").strip()[:30]
    is_code = sum(sign.isalnum() for sign in contact) == 18
    chosen = request.POST.get("priority", "")
    known = {one.value for one in CHOICES}
    return TicketDraft(
        topic=request.POST.get("topic", "")[:120],
        phone="" if is_code else contact,
        uscc=contact if is_code else "",
        priority=Priority(chosen) if chosen in known else Priority.NONE,
        language=get_language() or "zh-hans",
    )


@public
@once
def check_in(request: Request) -> HttpResponse:
    """Turn an appointment into a number that is called within its slot."""
    if kiosk_of(request) is None:
        return redirect("windows:kiosk")
    context = {"code": request.POST.get("code", "")[:20]}
    if request.method == "POST":
        try:
            ticket = tickets.check_in(code=request.POST.get("code", ""), by=request.actor, at=request.at)
        except PersonFacingError as error:
            context["problem"] = words_of(error)
            return render(request, "windows/kiosk_check_in.html", context, status=422)
        return redirect(f"{reverse('windows:slip', args=[ticket.token])}?print=1")
    return render(request, "windows/kiosk_check_in.html", context)


def _ticket(token: str) -> Ticket:
    return get_object_or_404(queue.tickets(), token=token)


@public
@require_GET
def slip(request: Request, token: str) -> HttpResponse:
    """The printed slip, 80 mm wide; on the machine it prints itself and goes back to the start."""
    ticket = _ticket(token)
    served = counters.windows_of(ticket.line)
    follow = request.build_absolute_uri(reverse("windows:ticket", args=[token]))
    context = {
        "ticket": ticket,
        "topic": counters.topic_name(ticket),
        "wait": waits.wait_of(ticket, at=request.at),
        "windows": [window.number for window in served],
        "prints": request.GET.get("print") == "1" and kiosk_of(request) is not None,
        "on_kiosk": kiosk_of(request) is not None,
        "follow": follow,
        "code": mark_safe(_code(follow).svg_inline(scale=4, border=2)),  # noqa: S308 - drawn here
    }
    return render(request, "windows/slip.html", context)


def _code(address: str) -> segno.QRCode:
    """The code that leads to the visitor's own page."""
    return segno.make(address, error="m", micro=False)


def _picture(address: str) -> str:
    out = BytesIO()
    _code(address).save(out, kind="svg", border=1, xmldecl=False, svgns=True)
    return out.getvalue().decode()


@public
@require_GET
def follow(request: Request, token: str) -> HttpResponse:
    """The visitor's own page: how many stand before, where to go; it keeps itself up to date."""
    ticket = _ticket(token)
    waiting = ticket.state == TicketState.WAITING
    context = {
        "ticket": ticket,
        "topic": counters.topic_name(ticket),
        "wait": waits.wait_of(ticket, at=request.at) if waiting else None,
        "lacks": list(ticket.lacks.all()) if ticket.outcome == Outcome.MISSING else [],
        "may_leave": waiting,
        "offers": _offers(ticket),
    }
    template = "windows/ticket_state.html" if "HX-Request" in request.headers else "windows/ticket.html"
    return render(request, template, context)


def _offers(ticket: Ticket) -> list[tuple[str, str]]:
    """What other modules offer after the visit, with where to find it."""
    if ticket.state != TicketState.DONE:
        return []
    found = [(str(offer.label), offer.url(ticket.visit_key)) for offer in visit_offers.all()]
    return [(label, url) for label, url in found if url]


@public
@require_POST
@once
def leave(request: Request, token: str) -> HttpResponse:
    """Give the number back."""
    try:
        tickets.leave_queue(token=token, by=request.actor, at=request.at)
    except PersonFacingError as error:
        messages.warning(request, words_of(error))
    else:
        messages.success(request, _("Your number was given back. Thank you for telling us."))
    return redirect("windows:ticket", token)


@public
@require_GET
def slip_pdf(request: Request, token: str) -> HttpResponse:
    """The slip typeset, for receipt printers that are fed with PDF."""
    ticket = _ticket(token)
    wait = waits.wait_of(ticket, at=request.at)
    lines = [
        [_("Line of business"), local(ticket.line, "name")],
        [_("Windows"), listed(str(one.number) for one in counters.windows_of(ticket.line))],
        [_("Waiting before you"), str(wait.ahead)],
        [_("Estimated wait"), _("%(minutes)s minutes") % {"minutes": wait.minutes}],
        [_("Taken"), f"{timezone.localtime(ticket.taken_at):%Y-%m-%d %H:%M}"],
    ]
    if ticket.priority:
        lines.insert(1, [_("Priority"), ticket.get_priority_display()])
    data = {
        "zone": local(zone(), "name"),
        "number": ticket.number,
        "lines": lines,
        "foot": _("Listen for your number. If it was called and you missed it, go to the window."),
        "code": _picture(request.build_absolute_uri(reverse("windows:ticket", args=[token]))),
        "scan": _("Scan to see how many are before you"),
    }
    return _pdf(typesetting.render("windows/ticket", data, at=request.at), ticket.number)


@public
@require_GET
def lacks_pdf(request: Request, token: str) -> HttpResponse:
    """The list of what the visitor must still bring (一次性告知), typeset for taking home."""
    ticket = _ticket(token)
    data = {
        "zone": local(zone(), "name"),
        "title": _("Materials still needed"),
        "number": ticket.number,
        "matter": ticket.topic or local(ticket.line, "name"),
        "lacks": [{"name": row.name, "what": row.what} for row in ticket.lacks.all()],
        "facts": [
            [_("Window"), str(ticket.window.number) if ticket.window else ""],
            [_("Told by"), ticket.clerk.name if ticket.clerk else ""],
            [_("On"), f"{timezone.localtime(ticket.ended_at or request.at):%Y-%m-%d %H:%M}"],
        ],
        "note": ticket.note,
        "foot": _("All that is missing is named here once. Bring it to any window that serves this line."),
    }
    return _pdf(typesetting.render("windows/lacks", data, at=request.at), f"{ticket.number} {data['title']}")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    return response
