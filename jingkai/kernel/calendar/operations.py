"""Writing the calendar: load a year, change a day, seed what is packaged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.calendar import queries
from jingkai.kernel.calendar.data import NamedDay, from_rows, is_weekend, to_rows
from jingkai.kernel.calendar.events import CalendarChanged, CalendarDrafted
from jingkai.kernel.calendar.models import CalendarDay, CalendarDraft, CalendarVersion, CalendarYear
from jingkai.kernel.calendar.rules import (
    CalendarYearMissing,
    fingerprint_of,
    list_packaged_days,
    list_packaged_years,
)
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor

PACKAGED_NOTICE = "国务院办公厅节假日安排通知（chinese-calendar）"


class CalendarEditedMeanwhile(PersonFacingError):
    """Somebody else changed the year after the form was opened."""

    sentence = _("The calendar of %(year)s was changed by someone else meanwhile (now version %(version)s).")
    advice = _("Look at the days as they are now and enter your change again if it is still needed.")


class DraftUsedUp(PersonFacingError):
    """The draft counts already."""

    sentence = _("This calendar was put in force before; nothing was done twice.")
    advice = _("Open the year to see what counts now.")


class CannotChangeDay(PersonFacingError):
    """A day's change lacks what it needs."""

    status = 422


@transaction.atomic
def load_year(
    *, year: int, days: Sequence[NamedDay], source: str, by: Actor, at: datetime, version: int | None = None
) -> CalendarYear:
    """Put a year's holiday notice in force: the named days, and the plain week for all others.

    A year already loaded is replaced only when `version` is the one that was looked at. Days that the new
    notice no longer names go back to the plain week, save those that the notice of another year arranges;
    the version before is kept, and who changed what is in the trail.
    """
    if any(day.on.year != year for day in days):
        raise ValueError("every day must lie in the year")
    loaded = _lock_or_create(year=year, source=source, by=by, at=at, version=version)
    before = {day.on: day for day in queries.list_days(year=year)}
    named = {day.on for day in days}
    own = {on for on, day in before.items() if day.by_year in (None, year)}
    left = [_reset(before[on]) for on in sorted(own - named)]
    CalendarDay.objects.bulk_update(left, ["working", "name", "name_en", "reason"])
    CalendarDay.objects.bulk_create(
        [CalendarDay(year=loaded, on=d.on, working=d.working, name=d.name, name_en=d.name_en) for d in days],
        update_conflicts=True,
        unique_fields=["on"],
        update_fields=["working", "name", "name_en", "reason", "by_year"],
    )
    loaded.source, loaded.loaded_at = source, at
    loaded.loaded_by_id, loaded.loaded_by_name = by.party_id, by.name
    _settle(loaded, action="calendar.year_loaded", reason=source, by=by, at=at, facts={"days": len(days)})
    return loaded


@transaction.atomic
def set_day(
    *, on: date, working: bool, reason: str, version: int, by: Actor, at: datetime, name: str = ""
) -> CalendarYear:
    """Make one day a working day or a day off, with the reason that stands in the trail."""
    if not reason.strip():
        raise CannotChangeDay(_("A day is changed only with a reason, such as the notice that says so."))
    loaded = CalendarYear.objects.select_for_update().filter(year=on.year).first()
    if loaded is None:
        raise CalendarYearMissing(on.year)
    _check_version(loaded, version)
    day = CalendarDay.objects.filter(on=on).first() or CalendarDay(year=loaded, on=on)
    before = day.working if day.pk else not is_weekend(on)
    day.working, day.reason, day.by_year = working, reason.strip(), None
    day.name = name.strip() or day.name
    day.save()
    facts = {"on": on.isoformat(), "before": before, "working": working, "reason": day.reason}
    _settle(loaded, action="calendar.day_changed", reason=day.reason, by=by, at=at, facts=facts)
    return loaded


@transaction.atomic
def seed_calendar(*, by: Actor, at: datetime, years: Iterable[int] | None = None) -> list[int]:
    """Load the packaged years that the installation lacks, and give them; loaded years stay as they are."""
    present = set(CalendarYear.objects.values_list("year", flat=True))
    wanted = list_packaged_years() if years is None else sorted(years)
    missing = [year for year in wanted if year not in present]
    for year in missing:
        if year not in list_packaged_years():
            raise CalendarYearMissing(year)
        days = list_packaged_days(year=year)
        load_year(year=year, days=days, source=PACKAGED_NOTICE, by=by, at=at)
    return missing


@transaction.atomic
def draft_year(
    *,
    year: int,
    days: Sequence[NamedDay],
    source: str,
    by: Actor,
    at: datetime,
    beside: Sequence[NamedDay] = (),
    amends: bool = False,
) -> CalendarDraft:
    """Keep a year as it would be, to be looked at; nothing changes until `put_in_force`.

    A notice that amends single days keeps all others as they are.
    """
    loaded = queries.get_year(year=year)
    if amends:
        if loaded is None:
            raise CalendarYearMissing(year)
        known = {
            row.on: NamedDay(row.on, row.working, row.name, row.name_en)
            for row in queries.list_days(year=year)
        }
        days = list({**known, **{day.on: day for day in days}}.values())
    draft = CalendarDraft.objects.create(
        year=year,
        source=source.strip()[:200],
        days=to_rows(sorted(days, key=lambda day: day.on)),
        beside=to_rows(beside),
        based_on=loaded.version if loaded else None,
        made_by_name=by.name,
        made_at=at,
    )
    events.publish(CalendarDrafted(draft_id=draft.pk))
    return draft


@transaction.atomic
def put_in_force(*, draft: CalendarDraft, by: Actor, at: datetime) -> CalendarYear:
    """Let a drafted year count, all of it or nothing; a draft counts once.

    Refused when the year was changed after the draft was made. Days of another year that its notice arranges
    are changed there, where that year is loaded.
    """
    locked = CalendarDraft.objects.select_for_update().get(pk=draft.pk)
    if locked.in_force_at is not None:
        raise DraftUsedUp()
    loaded = load_year(
        year=locked.year,
        days=from_rows(locked.days),
        source=locked.source,
        version=locked.based_on,
        by=by,
        at=at,
    )
    _arrange_beside(locked, by=by, at=at)
    locked.in_force_at, locked.in_force_as = at, loaded.version
    locked.save(update_fields=["in_force_at", "in_force_as"])
    return loaded


def _arrange_beside(draft: CalendarDraft, *, by: Actor, at: datetime) -> None:
    days = from_rows(draft.beside)
    for year in sorted({day.on.year for day in days}):
        loaded = CalendarYear.objects.select_for_update().filter(year=year).first()
        if loaded is None:
            continue
        CalendarDay.objects.bulk_create(
            [
                CalendarDay(
                    year=loaded,
                    on=day.on,
                    working=day.working,
                    name=day.name,
                    name_en=day.name_en,
                    reason=draft.source,
                    by_year=draft.year,
                )
                for day in days
                if day.on.year == year
            ],
            update_conflicts=True,
            unique_fields=["on"],
            update_fields=["working", "name", "name_en", "reason", "by_year"],
        )
        facts: dict[str, object] = {"days": len(days), "arranged_by": draft.year}
        _settle(loaded, action="calendar.year_loaded", reason=draft.source, by=by, at=at, facts=facts)


@transaction.atomic
def draft_old_version(*, version: CalendarVersion, by: Actor, at: datetime) -> CalendarDraft:
    """Keep an old version of a year as a draft, so that it can be looked at and put in force again."""
    year = version.year.year
    days = [day for day in from_rows(version.days) if day.on.year == year]
    return draft_year(year=year, days=days, source=version.source, by=by, at=at)


def _lock_or_create(*, year: int, source: str, by: Actor, at: datetime, version: int | None) -> CalendarYear:
    loaded = CalendarYear.objects.select_for_update().filter(year=year).first()
    if loaded is not None:
        _check_version(loaded, version)
        return loaded
    if version:
        raise CalendarYearMissing(year)
    return CalendarYear.objects.create(
        year=year, source=source, loaded_by_id=by.party_id, loaded_by_name=by.name, loaded_at=at, version=0
    )


def _check_version(loaded: CalendarYear, version: int | None) -> None:
    if loaded.version != version:
        raise CalendarEditedMeanwhile(year=loaded.year, version=loaded.version)


def _reset(day: CalendarDay) -> CalendarDay:
    day.working, day.name, day.name_en, day.reason = not is_weekend(day.on), "", "", ""
    return day


def _settle(
    loaded: CalendarYear, *, action: str, reason: str, by: Actor, at: datetime, facts: dict[str, object]
) -> None:
    """Write the year's new fingerprint and version, the trail, and the event when a date may have moved."""
    days = {day.on: day.working for day in queries.list_days(year=loaded.year)}
    before, loaded.fingerprint = loaded.fingerprint, fingerprint_of(loaded.year, days)
    loaded.version += 1
    loaded.save()
    _keep_version(loaded, reason=reason, by=by, at=at)
    audit.record(loaded, action=action, by=by, at=at, facts={"year": loaded.year, **facts})
    if loaded.fingerprint != before:
        events.publish(
            CalendarChanged(
                year=loaded.year, fingerprint=loaded.fingerprint, reason=reason, version=loaded.version
            )
        )


def _keep_version(loaded: CalendarYear, *, reason: str, by: Actor, at: datetime) -> None:
    rows = queries.list_days(year=loaded.year)
    CalendarVersion.objects.create(
        year=loaded,
        number=loaded.version,
        source=reason[:200],
        days=to_rows(NamedDay(row.on, row.working, row.name, row.name_en) for row in rows),
        fingerprint=loaded.fingerprint,
        by_name=by.name,
        at=at,
    )
