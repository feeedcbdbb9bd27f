"""The account of a clock's days, for any page that has its clocks: `{% why_still_running clocks at %}`.

A page that has read the calendar hands it in too: `{% why_still_running clocks at calendar %}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _

from jingkai.casework.clock.data import DayKind, DayRun, State
from jingkai.casework.clock.models import Clock
from jingkai.casework.clock.queries import Account, accounts_of, extend_url, left_words, limit_words, usage
from jingkai.kernel.calendar.api import Calendar, get_calendar
from jingkai.kernel.hooks.api import local
from jingkai.ui.words import day

register = template.Library()


@register.inclusion_tag("clock/parts/account.html")
def why_still_running(
    clocks: Sequence[Clock], at: datetime, calendar: Calendar | None = None
) -> dict[str, Any]:
    """Explain day by day why a limit still runs: counted, off, or left out and on what basis."""
    calendar = calendar or get_calendar()
    return {"lines": [_line(one, at, calendar) for one in accounts_of(list(clocks), at, calendar)]}


@register.inclusion_tag("clock/parts/extend_link.html", takes_context=True)
def extend_link(context: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
    """Link to the page on which an extension is entered, for whoever may."""
    return {"url": extend_url(clock, context["request"].actor)}


def _line(account: Account, at: datetime, calendar: Calendar) -> dict[str, Any]:
    clock = account.clock
    return {
        "name": local(clock, "label"),
        "ended": clock.state == State.STOPPED,
        "sum": "" if account.missing else _sum(clock, at, calendar),
        "missing": account.missing,
        "runs": [(_days(run), _words(run, clock), run) for run in account.runs],
    }


def _sum(clock: Clock, at: datetime, calendar: Calendar) -> str:
    used = usage(clock, at, calendar)
    unit = clock.limit["unit"]
    parts = [
        _("%(used)s counted of %(limit)s")
        % {"used": limit_words(used.used, unit), "limit": limit_words(used.statutory, unit)}
    ]
    if used.suspended:
        parts.append(_("%(held)s left out") % {"held": limit_words(used.suspended, unit)})
    if clock.state == State.STOPPED:
        parts.append(_("ended on %(day)s") % {"day": day(clock.stopped_on)})
    elif clock.state == State.RUNNING:
        parts.append(_("due on %(day)s") % {"day": day(clock.due_on)})
        if used.remaining is not None:
            parts.append(left_words(used.remaining, unit))
    return " · ".join(parts)


def _days(run: DayRun) -> str:
    return day(run.first) if run.first == run.last else f"{day(run.first)} – {day(run.last)}"


def _words(run: DayRun, clock: Clock) -> str:
    match run.kind:
        case DayKind.ZERO:
            return _("the day on which it began; it does not count")
        case DayKind.COUNTED:
            return _("%(days)s counted") % {"days": limit_words(run.days, clock.limit["unit"])}
        case DayKind.LATE:
            return _("past due: %(days)s") % {"days": limit_words(run.days, clock.limit["unit"])}
        case DayKind.OFF:
            return (
                _("not a working day: %(name)s") % {"name": run.reason}
                if run.reason
                else _("not a working day")
            )
    reason = run.reason or _("a department's part of the matter stands still")
    if run.kind is DayKind.HELD:
        return _("left out, and still standing: %(reason)s") % {"reason": reason}
    return _("left out: %(reason)s") % {"reason": reason}
