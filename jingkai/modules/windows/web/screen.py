"""The calling screen over the windows: big, bilingual, spoken; it asks for news by itself."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from django.views.decorators.http import require_GET

from jingkai.kernel.permissions.api import Request, public
from jingkai.modules.windows.queries import queue
from jingkai.modules.windows.rules import RuleBook

SHOWN = 8
FRESH_SECONDS = 20


@public
@require_GET
def screen(request: Request) -> HttpResponse:
    """The whole screen; everything on it stands in the hall anyway, so it needs no login."""
    return render(request, "windows/screen.html", _context(request))


@public
@require_GET
def calls(request: Request) -> HttpResponse:
    """The part that changes: the last calls, the open windows, who waits."""
    return render(request, "windows/screen_calls.html", _context(request))


def _labels(language: str) -> dict[str, str]:
    """The screen's words in one language: both stand on it, whatever the page's own language."""
    with override(language):
        return {
            "title": _("Calling screen"),
            "number": pgettext("ticket", "Number"),
            "window": _("Window"),
            "waiting": pgettext("hall", "Waiting"),
            "paused": _("Paused"),
            "quiet": _("No number has been called yet. Hours on working days:"),
        }


def _context(request: Request) -> dict[str, object]:
    on = timezone.localdate(request.at)
    found = queue.last_calls(on, limit=SHOWN)
    blocks = [] if found else RuleBook().blocks(None, on=on)
    return {
        "hours": " · ".join(f"{one.opens:%H:%M}–{one.closes:%H:%M}" for one in blocks),
        "calls": [(call, (request.at - call.at).total_seconds() < FRESH_SECONDS) for call in found],
        "waiting": [ticket.number for ticket in queue.waiting(on)[:12]],
        "paused": [one.window for one in queue.open_sittings() if one.paused_at],
        "now": request.at,
        "zh": _labels("zh-hans"),
        "en": _labels("en"),
    }
