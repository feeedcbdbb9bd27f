"""The calendar for the system administrator: years, a year as twelve months, one day, import with preview."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jingkai.kernel.calendar import operations, queries
from jingkai.kernel.calendar.data import NamedDay, ReadTable
from jingkai.kernel.calendar.rules import MANAGE, list_packaged_days, list_packaged_years
from jingkai.kernel.calendar.rules.pictures import picture, works
from jingkai.kernel.calendar.rules.tables import MOST_BYTES, read_table, write_csv, write_xlsx
from jingkai.kernel.calendar.web import forms
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import held, once

FIRST_YEAR, LAST_YEAR = 2000, 2100
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
    days = _days(year)
    context = {
        "year": loaded,
        "months": picture(year, days),
        "weekdays": _weekdays(),
        "count": queries.get_calendar().count_year(year),
        "made_up": sum(day.working for day in days.values()),
        "changed": [day for day in queries.list_days(year=year) if day.reason],
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
    """Take a table of a year and show what it would change; nothing is written yet."""
    _check(year)
    form = forms.UploadForm(request.POST, request.FILES) if request.method == "POST" else forms.UploadForm()
    context: dict[str, Any] = {"form": form, "year": year, "loaded": queries.get_year(year=year)}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        table = read_table(file.name, file.read(MOST_BYTES + 1), year=year)
        if table.faults:
            return render(
                request, "calendar/upload.html", {**context, "faults": table.faults, "file": file.name}
            )
        return _preview(request, year, table, form.cleaned_data["source"])
    return render(request, "calendar/upload.html", context)


def _preview(request: Request, year: int, table: ReadTable, source: str) -> HttpResponse:
    loaded, former, days = queries.get_year(year=year), _days(year), {day.on: day for day in table.days}
    version = loaded.version if loaded else None
    context = {
        "year": year,
        "loaded": loaded,
        "source": source,
        "form": forms.LoadForm(
            initial={"table": write_csv(table.days), "source": source, "version": version}
        ),
        "months": picture(year, days, former if loaded else None),
        "weekdays": _weekdays(),
        "off": sum(not day.working for day in table.days),
        "made_up": sum(day.working for day in table.days),
        "count": sum(works(on, days) for on in _all_days(year)),
        "changes": [on for on in _all_days(year) if works(on, days) != works(on, former)] if loaded else [],
    }
    return render(request, "calendar/preview.html", context)


@requires(MANAGE)
@require_POST
@once
def load(request: Request, year: int) -> HttpResponse:
    """Put a table that was looked at in force, all of it or nothing."""
    _check(year)
    form = forms.LoadForm(request.POST)
    if not form.is_valid():
        return redirect("calendar:upload", year)
    given = form.cleaned_data
    table = read_table("preview.csv", given["table"].encode(), year=year)
    if table.faults:
        return redirect("calendar:upload", year)
    operations.load_year(
        year=year,
        days=table.days,
        source=given["source"],
        version=given["version"],
        by=request.actor,
        at=request.at,
    )
    messages.success(request, _("The calendar of %(year)s is in force.") % {"year": year})
    return redirect("calendar:year", year)


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


def _weekdays() -> list[tuple[str, str]]:
    """The days of the week in Django's own words, short (in Chinese one character) and long."""
    start = -1 if (get_language() or "").startswith("zh") else 0
    return [(str(WEEKDAYS_ABBR[n])[start:], str(WEEKDAYS[n])) for n in range(7)]


def _days(year: int) -> dict[date, NamedDay]:
    rows = queries.list_days(year=year)
    return {row.on: NamedDay(row.on, row.working, row.name, row.name_en) for row in rows}


def _again(form: forms.DayForm, error: PersonFacingError, *, version: int) -> forms.DayForm:
    """Show a refused form again with what was typed, the reason, and the version as it is now."""
    typed = {name: form.data.get(name) for name in form.fields}
    again = forms.DayForm({**typed, "version": version})
    again.is_valid()
    again.add_error(None, f"{error} {error.advice}")
    return again


def _all_days(year: int) -> list[date]:
    first = date(year, 1, 1).toordinal()
    return [date.fromordinal(n) for n in range(first, date(year + 1, 1, 1).toordinal())]


def _date(year: int, month: int, day: int) -> date:
    _check(year)
    try:
        return date(year, month, day)
    except ValueError:
        raise Http404 from None


def _check(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
