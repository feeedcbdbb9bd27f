"""Reading the installation's calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models.expressions import RawSQL

from jingkai.kernel.calendar.data import DaySpan, NamedDay, from_rows, is_weekend
from jingkai.kernel.calendar.models import CalendarDay, CalendarDraft, CalendarVersion, CalendarYear
from jingkai.kernel.calendar.rules import Calendar, fingerprint_of_all
from jingkai.kernel.hooks.api import PreparedValues, RepeatedJSONField

INSTALLED = "installation"

_PRINTS = "(SELECT COALESCE(jsonb_object_agg(year, fingerprint), '{}') FROM calendar_calendaryear)"

_loaded: dict[str, Calendar] = {}


def year_prints() -> RawSQL:
    """Give what tells one state of the calendar from another, to be read along with a row of something else.

    Annotate a query with it and hand what it found to `get_calendar`, which then asks nothing more.
    """
    return RawSQL(_PRINTS, [], output_field=RepeatedJSONField())  # noqa: S611 - a constant of this file


def get_calendar(prints: Mapping[str, str] | None = None) -> Calendar:
    """Give the installation's calendar; one small query as long as nothing changed since the last call.

    The built calendar is kept per process under its fingerprint, so a change made by another process is
    seen at the next call, and within the transaction that makes it. With the `prints` of `year_prints`
    there is no query at all.
    """
    if prints is None:
        return _kept(dict(CalendarYear.objects.values_list("year", "fingerprint")))
    return _kept({int(year): fingerprint for year, fingerprint in prints.items()})


def _kept(prints: Mapping[int, str]) -> Calendar:
    fingerprint = fingerprint_of_all(prints)
    calendar = _loaded.get(fingerprint)
    if calendar is None:
        calendar = _build(prints)
        _loaded.clear()
        _loaded[calendar.fingerprint] = calendar
    return calendar


def _build(prints: Mapping[int, str]) -> Calendar:
    return Calendar.of(_changed_days(prints), source=INSTALLED)


def _changed_days(prints: Mapping[int, str]) -> dict[int, dict[date, bool]]:
    days: dict[int, dict[date, bool]] = {year: {} for year in prints}
    for on, working in CalendarDay.objects.filter(year__year__in=days).values_list("on", "working"):
        days[on.year][on] = working
    return days


def get_drafted_calendar(draft: CalendarDraft) -> Calendar:
    """Give the whole calendar as it would be with a draft in force."""
    prints = dict(CalendarYear.objects.values_list("year", "fingerprint"))
    days = _changed_days(prints)
    kept = CalendarDay.objects.filter(on__year=draft.year, by_year__isnull=False).exclude(by_year=draft.year)
    days[draft.year] = dict(kept.values_list("on", "working"))
    days[draft.year] |= {day.on: day.working for day in from_rows(draft.days)}
    for day in from_rows(draft.beside):
        if day.on.year in days:
            days[day.on.year][day.on] = day.working
    return Calendar.of(days, source=draft.source)


def list_changes(draft: CalendarDraft) -> list[date]:
    """List the days that a draft would make worked or free, otherwise than they count now.

    In a year that is not loaded yet these are all days that differ from the plain week.
    """
    now, then = get_calendar(), get_drafted_calendar(draft)
    years = {draft.year, *(day.on.year for day in from_rows(draft.beside))}
    spans = (DaySpan(date(year, 1, 1), date(year, 12, 31)) for year in sorted(years) if then.covers(year))
    return [
        on
        for span in spans
        for on in span.days()
        if then.is_working(on) != (now.is_working(on) if now.covers(on.year) else not is_weekend(on))
    ]


def get_draft(*, uuid: UUID) -> CalendarDraft | None:
    """Give a drafted year, or None."""
    return CalendarDraft.objects.filter(uuid=uuid).first()


def get_draft_by_id(draft_id: int) -> CalendarDraft:
    """Give a drafted year by its number."""
    return CalendarDraft.objects.get(pk=draft_id)


def list_versions(*, year: int) -> list[CalendarVersion]:
    """List what a year said before, newest first."""
    return list(CalendarVersion.objects.filter(year__year=year).order_by("-number").defer("days"))


def get_version(*, year: int, number: int) -> CalendarVersion | None:
    """Give one version of a year, or None."""
    return CalendarVersion.objects.filter(year__year=year, number=number).select_related("year").first()


def name_days(first: date, last: date) -> dict[date, NamedDay]:
    """Give what the notices say of the days of a span; one query."""
    rows = _NAMED.fetch(first=first, last=last)
    return {row["on"]: NamedDay(**row) for row in rows}


_NAMED = PreparedValues(
    lambda slots: (
        CalendarDay.objects.filter(on__gte=slots.day("first"), on__lte=slots.day("last"))
        .exclude(name="")
        .values("on", "working", "name", "name_en")
    )
)


def list_years() -> list[CalendarYear]:
    """List the loaded years, newest first."""
    return list(CalendarYear.objects.order_by("-year"))


def get_year(*, year: int) -> CalendarYear | None:
    """Give a loaded year, or None; its `prints` bring the whole calendar along (see `get_calendar`)."""
    return CalendarYear.objects.annotate(prints=year_prints()).filter(year=year).first()


def list_days(*, year: int) -> list[CalendarDay]:
    """List the days that the year's notice speaks about."""
    return list(CalendarDay.objects.filter(year__year=year))
