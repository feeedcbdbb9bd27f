"""A drafted year: what it would change, and putting it in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jingkai.kernel.calendar import operations, queries
from jingkai.kernel.calendar.data import NamedDay, from_rows
from jingkai.kernel.calendar.models import CalendarDraft
from jingkai.kernel.calendar.rules import MANAGE
from jingkai.kernel.calendar.rules.pictures import picture
from jingkai.kernel.calendar.web.shown import shown_sections, weekdays
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import once


@requires(MANAGE)
@require_GET
def draft(request: Request, uuid: UUID) -> HttpResponse:
    """Show a drafted year: its twelve months, the days that change, and the due dates that would move."""
    found = _draft(uuid)
    loaded = queries.get_year(year=found.year)
    days = {day.on: day for day in from_rows(found.days)}
    changes = queries.list_changes(found) if found.in_force_at is None else []
    context = {
        "draft": found,
        "loaded": loaded,
        "months": picture(found.year, days, _former(found.year) if loaded else None),
        "weekdays": weekdays(),
        "count": queries.get_drafted_calendar(found).count_year(found.year),
        "off": sum(not day.working for day in days.values()),
        "made_up": sum(day.working for day in days.values()),
        "changes": changes,
        "beside": _beside(found),
        "stale": found.in_force_at is None and (loaded.version if loaded else None) != found.based_on,
        "sections": shown_sections(request, found),
    }
    return render(request, "calendar/preview.html", context)


def _former(year: int) -> Mapping[date, NamedDay]:
    rows = queries.list_days(year=year)
    return {row.on: NamedDay(row.on, row.working, row.name, row.name_en) for row in rows}


def _beside(found: CalendarDraft) -> list[tuple[NamedDay, bool]]:
    calendar = queries.get_calendar()
    return [(day, calendar.covers(day.on.year)) for day in from_rows(found.beside)]


@requires(MANAGE)
@require_POST
@once
def load(request: Request, uuid: UUID) -> HttpResponse:
    """Put a year that was looked at in force, all of it or nothing."""
    found = _draft(uuid)
    operations.put_in_force(draft=found, by=request.actor, at=request.at)
    messages.success(request, _("The calendar of %(year)s is in force.") % {"year": found.year})
    return redirect("calendar:year", found.year)


def _draft(uuid: UUID) -> CalendarDraft:
    found = queries.get_draft(uuid=uuid)
    if found is None:
        raise Http404
    return found
