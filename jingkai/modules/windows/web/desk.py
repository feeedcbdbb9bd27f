"""The clerk's desk: one visitor, the next step as one button, the queue beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import mask_phone, representations_of
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import once
from jingkai.modules.approvals import api as approvals
from jingkai.modules.enterprises.api import find_by_code
from jingkai.modules.windows.data import QUEUE, Half, MissingLine, Outcome
from jingkai.modules.windows.models import Sitting, Ticket, Window
from jingkai.modules.windows.operations import desk as operations
from jingkai.modules.windows.operations import matters
from jingkai.modules.windows.queries import counters, queue, rota
from jingkai.modules.windows.rules import SERVE, RuleBook, desk_links
from jingkai.modules.windows.web.forms import words_of

SHOWN = 30
LACKS = 8


@requires(SERVE)
@require_GET
def desk(request: Request) -> HttpResponse:
    """The window where one sits; without a seat, the windows to choose from."""
    return _desk(request)


def _desk(request: Request, status: int = 200) -> HttpResponse:
    """The desk as it stands, with what was typed into a form that was refused."""
    sitting = queue.sitting_of(request.actor.party_id)
    if sitting is None:
        return render(request, "windows/sit.html", {"windows": _seats(request)}, status=status)
    ticket = queue.current_ticket(sitting.window)
    context = {
        "sitting": sitting,
        "window": sitting.window,
        "ticket": ticket,
        "links": [link for link in desk_links.all() if link.permission in request.actor.permissions],
        **_queue(request, sitting),
        **(_visit(request, ticket) if ticket else {}),
        "typed": request.POST,
    }
    return render(request, "windows/desk.html", context, status=status)


def _seats(request: Request) -> list[dict[str, Any]]:
    on = timezone.localdate(request.at)
    half = Half.MORNING if timezone.localtime(request.at).hour < 12 else Half.AFTERNOON
    taken = {one.window_id: one.person.name for one in queue.open_sittings()}
    return [
        {
            "window": window,
            "taken": taken.get(window.pk, ""),
            "planned": rota.planned_person(window, on=on, half=half) if window.pk not in taken else None,
        }
        for window in counters.list_windows()
    ]


def _queue(request: Request, sitting: Sitting) -> dict[str, Any]:
    on = timezone.localdate(request.at)
    rows = counters.with_topic_names(
        queue.callable_at(sitting.window, on).select_related("line")[: SHOWN + 1]
    )
    return {
        "waiting": [(row, int((request.at - row.taken_at).total_seconds() // 60)) for row in rows[:SHOWN]],
        "many": f"{SHOWN}+" if len(rows) > SHOWN else len(rows),
        "missed": list(queue.missed_today(on)[:8]),
    }


def _visit(request: Request, ticket: Ticket) -> dict[str, Any]:
    uscc = (request.POST.get("uscc") or request.GET.get("uscc") or "").strip()[:40] or ticket.uscc
    names, what = request.POST.getlist("lack"), request.POST.getlist("lack_what")
    typed = list(zip(names, what, strict=False))[:LACKS]
    enterprise = find_by_code(uscc) if uscc else None
    acting = representations_of(enterprise.pk, on=timezone.localdate(request.at)) if enterprise else []
    book = RuleBook()
    return {
        "topic": counters.topic_name(ticket),
        "phone": mask_phone(ticket.phone) if ticket.phone else "",
        "uscc": uscc,
        "enterprise": enterprise,
        "acting": list(acting),
        "packages": approvals.list_packages(),
        "items": approvals.offered_items(on=timezone.localdate(request.at)),
        "others": counters.list_windows().exclude(pk=ticket.window_id or 0),
        "calls": book.get(QUEUE, ticket.line.code, on=ticket.on)["calls"],
        "outcomes": Ticket.Outcomes.choices,
        "lack_rows": typed + [("", "")] * (LACKS - len(typed)),
        "lacks_typed": any(name for name, _more in typed),
    }


@requires(SERVE)
@require_GET
def waiting(request: Request) -> HttpResponse:
    """The queue beside the desk; asked for again and again by the page."""
    sitting = queue.sitting_of(request.actor.party_id)
    if sitting is None:
        return HttpResponse("")
    return render(request, "windows/desk_queue.html", _queue(request, sitting))


def _act(request: Request, act: Callable[..., Any], said: str = "", **given: Any) -> HttpResponse:
    """Do one thing and come back to the desk; a refusal stands there in words beside what was typed."""
    try:
        found = act(**given, by=request.actor, at=request.at)
    except PersonFacingError as error:
        messages.warning(request, words_of(error))
        return _desk(request, error.status)
    else:
        if act is operations.call_next and found is None:
            messages.info(request, _("Nobody is waiting for your window."))
        elif said:
            messages.success(request, said)
    return redirect("windows:desk")


@requires(SERVE)
@require_POST
@once
def sit(request: Request) -> HttpResponse:
    """Open a window."""
    number = request.POST.get("window", "")
    window = get_object_or_404(Window, number=number if number.isdecimal() else 0, active=True)
    return _act(request, operations.sit_down, window=window)


@requires(SERVE)
@require_POST
@once
def get_up(request: Request) -> HttpResponse:
    """Close the window."""
    return _act(request, operations.get_up, _("Your window is closed. Hand over what is open."))


@requires(SERVE)
@require_POST
@once
def pause(request: Request) -> HttpResponse:
    """Pause the window or go on."""
    return _act(request, operations.pause, reason=request.POST.get("reason", ""))


@requires(SERVE)
@require_POST
@once
def call_next(request: Request) -> HttpResponse:
    """Call the next number."""
    return _act(request, operations.call_next)


@requires(SERVE)
@require_POST
@once
def call_again(request: Request) -> HttpResponse:
    """Call the number once more."""
    return _act(request, operations.call_again, _("Called again."))


@requires(SERVE)
@require_POST
@once
def missed(request: Request) -> HttpResponse:
    """Note that nobody came."""
    return _act(request, operations.mark_missed)


@requires(SERVE)
@require_POST
@once
def recall(request: Request) -> HttpResponse:
    """Call a number that did not come before."""
    return _act(request, operations.recall, number=request.POST.get("number", "")[:8])


@requires(SERVE)
@require_POST
@once
def start(request: Request) -> HttpResponse:
    """Begin the service."""
    return _act(request, operations.start_service)


@requires(SERVE)
@require_POST
@once
def hand_on(request: Request) -> HttpResponse:
    """Send the visitor to another window."""
    number = request.POST.get("window", "")
    window = get_object_or_404(Window, number=number if number.isdecimal() else 0)
    said = _("Sent to window %(number)s; the place in the queue is kept.") % {"number": window.number}
    return _act(request, operations.hand_on, said, to=window, reason=request.POST.get("reason", ""))


@requires(SERVE)
@require_POST
@once
def end(request: Request) -> HttpResponse:
    """End the visit with its outcome; the slip of what is missing is one click away."""
    chosen = request.POST.get("outcome", "")
    outcome = Outcome(chosen) if chosen in set(Outcome) else Outcome.HANDLED
    names, what = request.POST.getlist("lack"), request.POST.getlist("lack_what")
    lacks = [
        MissingLine(name.strip(), more.strip())
        for name, more in zip(names, what, strict=False)
        if name.strip()
    ][:LACKS]
    try:
        ticket = operations.end_visit(
            outcome=outcome,
            note=request.POST.get("note", ""),
            lacks=lacks if outcome is Outcome.MISSING else [],
            by=request.actor,
            at=request.at,
        )
    except PersonFacingError as error:
        messages.warning(request, words_of(error))
        return _desk(request, error.status)
    messages.success(request, _("%(number)s is done.") % {"number": ticket.number})
    return (
        redirect("windows:lacks", ticket.token)
        if lacks and ticket.lacks.exists()
        else redirect("windows:desk")
    )


@requires(SERVE)
@require_POST
@once
def matter(request: Request) -> HttpResponse:
    """Open a draft for the enterprise at the window, with its handler's consent."""
    handler = request.POST.get("handler", "")
    return _act(
        request,
        matters.start_matter,
        _("The draft is open; the handler was told and goes on with it."),
        package_code=request.POST.get("package", ""),
        uscc=request.POST.get("uscc", ""),
        handler_id=int(handler) if handler.isdecimal() else 0,
        consent=request.POST.get("consent", ""),
    )


@requires(SERVE)
@require_GET
def lacks(request: Request, token: str) -> HttpResponse:
    """The list for the visitor, on screen, for printing and as PDF."""
    ticket = get_object_or_404(queue.tickets(), token=token)
    return render(request, "windows/lacks.html", {"ticket": ticket, "lacks": list(ticket.lacks.all())})
