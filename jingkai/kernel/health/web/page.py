"""How the installation does, in plain words: jobs, systems outside, and what waits to go out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jingkai.kernel.exchange.api import count_untold, list_system_health, problem_words, system_name
from jingkai.kernel.exchange.data import SystemHealth
from jingkai.kernel.health.queries.database import count_jobs
from jingkai.kernel.health.queries.program import in_words, read_look
from jingkai.kernel.health.queries.watch import check_watch, read_watch
from jingkai.kernel.health.rules import SEE
from jingkai.kernel.health.web import backups, certificates
from jingkai.kernel.parties.api import mask_email, mask_phone
from jingkai.kernel.permissions.api import Request, requires
from jingkai.ui.data import Column, Light, Link, Row, Stat, Table
from jingkai.ui.words import moment as shown_moment

TROUBLED = ("silent", "failing", "hand")


@requires(SEE)
@never_cache
@require_safe
def health(request: Request) -> HttpResponse:
    """Show jobs, systems outside, and the backlog of what is to go out."""
    systems = list_system_health(at=request.at)
    jobs = count_jobs()
    untold, since = count_untold()
    waiting = sum(one.waiting for one in systems)
    context: dict[str, Any] = {
        "sentence": _sentence(systems, waiting),
        "tone": "late" if any(one.state in TROUBLED for one in systems) else "ok",
        "stats": [
            Stat(_("Waits to go out"), str(waiting), tone="warn" if waiting else "none"),
            Stat(_("Webhooks not yet told"), str(untold), note=_since(since)),
            Stat(_("Jobs waiting"), str(jobs.get("todo", 0))),
            Stat(_("Jobs failed"), str(jobs.get("failed", 0)), tone="late" if jobs.get("failed") else "none"),
        ],
        "table": _table(systems),
        "backups": backups.stats(at=request.at),
        "runs": backups.table(),
        "alerts": alerts(at=request.at),
        "certificates": certificates.part(at=request.at),
        "program": program_files(),
    }
    return render(request, "health/page.html", context)


def alerts(*, at: datetime) -> dict[str, Any]:
    """Who is told when something fails, by what, when it was done last, and what about it is not well."""
    watch, check = read_watch(), check_watch(at=at)
    told = [mask_email(to) for to in settings.ALERT_MAIL] + [mask_phone(one) for one in settings.ALERT_PHONES]
    return {
        "notice": "" if check.state == "ok" else f"{check.message} {check.advice}",
        "stats": [
            Stat(_("Told when something fails"), "、".join(told) or _("nobody")),
            Stat(_("Last look"), _moment(watch.looked_at)),
            Stat(_("Last alert"), _moment(watch.sent_at), note=", ".join(watch.sent)),
        ],
    }


def program_files() -> dict[str, Any]:
    """What the last look at the program files found; a page does not read thousands of files."""
    look = read_look()
    told = in_words(look.difference) if look and look.difference else ""
    tone: Literal["late", "none"] = "late" if told else "none"
    return {
        "notice": told,
        "stats": [
            Stat(_("Last look"), _moment(look.at if look else None)),
            Stat(_("Files that differ"), str(len(look.difference)) if look else "–", tone=tone),
        ],
    }


def _moment(moment: datetime | None) -> str:
    return shown_moment(moment) if moment else _("not once")


def _sentence(systems: list[SystemHealth], waiting: int) -> str:
    """One sentence that a person on the phone can read out."""
    ill = [system_name(one.code) for one in systems if one.state in ("silent", "failing")]
    if ill:
        told = ngettext(
            "No answer from %(systems)s. %(number)s message waits and goes out by itself later.",
            "No answer from %(systems)s. %(number)s messages wait and go out by themselves later.",
            waiting,
        )
        return told % {"systems": "、".join(ill), "number": waiting}
    hand = sum(one.by_hand for one in systems)
    if hand:
        told = ngettext(
            "%(number)s message waits for a hand: copy it over with its copy sheet.",
            "%(number)s messages wait for a hand: copy them over with their copy sheets.",
            hand,
        )
        return told % {"number": hand}
    return _("Every system outside that was asked has answered; nothing waits for a hand.")


def _since(moment: Any) -> str:
    return _("oldest since %(moment)s") % {"moment": shown_moment(moment)} if moment else ""


def _table(systems: list[SystemHealth]) -> Table:
    columns = [
        Column(_("State"), "light"),
        Column(_("Outside system"), "title"),
        Column(_("Waits to go out"), "number"),
        Column(_("For a hand"), "number"),
        Column(_("Oldest"), "date"),
        Column(_("Last answered"), "date"),
    ]
    rows = [
        Row(
            [
                _light(one),
                Link(
                    system_name(one.code),
                    f"{reverse('exchange:journal')}?system={one.code}",
                    problem_words(one.problem),
                ),
                one.waiting,
                one.by_hand,
                one.oldest,
                one.last_ok_at,
            ]
        )
        for one in systems
    ]
    return Table(_("Systems outside"), columns, rows)


def _light(one: SystemHealth) -> Light:
    words = {
        "ok": ("ok", _("answers")),
        "failing": ("warn", _("failed last time")),
        "silent": ("late", _("does not answer; left alone for a while")),
        "hand": ("warn", _("waits for a hand")),
        "unknown": ("none", _("nothing sent yet")),
        "off": ("none", _("not connected")),
    }
    tone, text = words[one.state]
    return Light(tone, text)  # type: ignore[arg-type]
