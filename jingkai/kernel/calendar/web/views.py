"""The calendar for the system administrator: years, a year as twelve months, one day, taking a notice in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jingkai.kernel.calendar import operations, queries
from jingkai.kernel.calendar.data import NamedDay, ReadNotice, ReadTable
from jingkai.kernel.calendar.models import CalendarDay, CalendarDraft
from jingkai.kernel.calendar.rules import MANAGE, list_packaged_days, list_packaged_years
from jingkai.kernel.calendar.rules.notice import read_notice
from jingkai.kernel.calendar.rules.pictures import picture, works
from jingkai.kernel.calendar.rules.tables import MOST_BYTES, read_table, write_csv, write_xlsx
from jingkai.kernel.calendar.web import forms
from jingkai.kernel.calendar.web.shown import shown_sections, weekdays
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import held, once

FIRST_YEAR, LAST_YEAR = 2000, 2100
LARGEST = 2**31
NOTICE = "国务院办公厅关于%(year)s年部分节假日安排的通知"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Days = Mapping[date, NamedDay]


@requires(MANAGE)
@require_GET
def years(request: Request) -> HttpResponse:
    """List the loaded years and say which one is needed next."""
    form = forms.YearForm(request.GET if "year" in request.GET else None)
    if form.is_valid():
        return redirect("calendar:year", form.cleaned_data["year"])
    calendar, this_year = queries.get_calendar(), timezone.localdate(request.at).year
    missing = this_year
    while missing in calendar.years:
        missing += 1
    context = {
        "form": form,
        "rows": [(year, calendar.count_year(year.year)) for year in queries.list_years()],
        "missing": missing,
        "urgent": missing <= this_year,
        "packaged": missing in list_packaged_years(),
    }
    return render(request, "calendar/years.html", context)


@requires(MANAGE)
@require_GET
def year(request: Request, year: int) -> HttpResponse:
    """Show a year as twelve months, or how to load it."""
    _check(year)
    loaded = queries.get_year(year=year)
    if loaded is None:
        packaged = year in list_packaged_years()
        return render(request, "calendar/missing.html", {"year": year, "packaged": packaged})
    rows = queries.list_days(year=year)
    days = _named(rows)
    context = {
        "year": loaded,
        "months": picture(year, days),
        "weekdays": weekdays(),
        "count": queries.get_calendar(getattr(loaded, "prints", None)).count_year(year),
        "made_up": sum(day.working for day in days.values()),
        "changed": [day for day in rows if day.reason],
        "versions": queries.list_versions(year=year),
        "sections": shown_sections(request, loaded),
    }
    return render(request, "calendar/year.html", context)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
@once
def day(request: Request, year: int, month: int, day: int) -> HttpResponse:
    """Change whether one day is worked."""
    on = _date(year, month, day)
    loaded = queries.get_year(year=year)
    if loaded is None:
        return redirect("calendar:year", year)
    known = _days(year)
    named = known.get(on)
    form = forms.DayForm(request.POST or held(request) or None)
    if not form.is_bound:
        start = {
            "working": int(works(on, known)),
            "name": named.name if named else "",
            "version": loaded.version,
        }
        form = forms.DayForm(initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_day(on=on, by=request.actor, at=request.at, **form.cleaned_data)
        except PersonFacingError as error:
            form = _again(form, error, version=loaded.version)
        else:
            messages.success(request, _("The day was changed. Running clocks are being computed anew."))
            return redirect("calendar:year", year)
    return render(request, "calendar/day.html", {"form": form, "on": on, "named": named, "year": loaded})


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
@once
def upload(request: Request, year: int) -> HttpResponse:
    """Take the notice's text or a table of a year and show what it would change; nothing counts yet."""
    _check(year)
    form = forms.UploadForm(request.POST or held(request) or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "year": year, "loaded": queries.get_year(year=year)}
    if request.method == "POST" and form.is_valid():
        read = _read(form, year)
        if read.faults:
            return render(request, "calendar/upload.html", {**context, "faults": read.faults})
        try:
            draft = _draft(request, year, read, form.cleaned_data["source"])
        except PersonFacingError as error:
            form.add_error(None, f"{error} {error.advice}")
        else:
            return redirect("calendar:draft", draft.uuid)
    return render(request, "calendar/upload.html", context)


def _read(form: forms.UploadForm, year: int) -> ReadTable:
    file = form.cleaned_data["file"]
    if file is None:
        return read_notice(form.cleaned_data["text"], year=year)
    return read_table(file.name, file.read(MOST_BYTES + 1), year=year)


def _draft(request: Request, year: int, read: ReadTable, source: str) -> CalendarDraft:
    notice = read if isinstance(read, ReadNotice) else ReadNotice(read.days, ())
    return operations.draft_year(
        year=year,
        days=notice.days,
        beside=notice.beside,
        amends=notice.amends,
        source=source or notice.source or NOTICE % {"year": year},
        by=request.actor,
        at=request.at,
    )


@requires(MANAGE)
@require_POST
@once
def restore(request: Request, year: int, number: int) -> HttpResponse:
    """Look at an old version of a year, so that it can be put in force again."""
    _check(year)
    version = queries.get_version(year=year, number=number) if number < LARGEST else None
    if version is None:
        raise Http404
    draft = operations.draft_old_version(version=version, by=request.actor, at=request.at)
    return redirect("calendar:draft", draft.uuid)


@requires(MANAGE)
@require_POST
@once
def seed(request: Request, year: int) -> HttpResponse:
    """Load a year from the notices that come with the product."""
    _check(year)
    if year in list_packaged_years():
        operations.seed_calendar(years=[year], by=request.actor, at=request.at)
        messages.success(request, _("The calendar of %(year)s is in force.") % {"year": year})
    return redirect("calendar:year", year)


@requires(MANAGE)
@require_GET
def template(request: Request, year: int, kind: str) -> HttpResponse:
    """Give the year as a table to fill in: what is loaded, else what is packaged, else one example line."""
    _check(year)
    if kind not in ("csv", "xlsx"):
        raise Http404
    example = [NamedDay(date(year, 1, 1), False, "元旦", "New Year's Day")]
    packaged = list_packaged_days(year=year) if year in list_packaged_years() else example
    days = [_days(year)[on] for on in sorted(_days(year))] or packaged
    if kind == "csv":
        response = HttpResponse("\ufeff" + write_csv(days), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(write_xlsx(days, year=year), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="workdays-{year}.{kind}"'
    return response


def _days(year: int) -> dict[date, NamedDay]:
    return _named(queries.list_days(year=year))


def _named(rows: Iterable[CalendarDay]) -> dict[date, NamedDay]:
    return {row.on: NamedDay(row.on, row.working, row.name, row.name_en) for row in rows}


def _again(form: forms.DayForm, error: PersonFacingError, *, version: int) -> forms.DayForm:
    """Show a refused form again with what was typed, the reason, and the version as it is now."""
    typed = {name: form.data.get(name) for name in form.fields}
    again = forms.DayForm({**typed, "version": version})
    again.is_valid()
    again.add_error(None, f"{error} {error.advice}")
    return again


def _date(year: int, month: int, day: int) -> date:
    _check(year)
    try:
        return date(year, month, day)
    except ValueError:
        raise Http404 from None


def _check(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
