"""Planning the rota: draft, copy, publish, absences, swaps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import record
from jingkai.kernel.events.api import publish as publish_event
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices.api import notify
from jingkai.kernel.parties.api import check_version
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.windows.data import SwapState, monday_of
from jingkai.modules.windows.events import RotaPublished
from jingkai.modules.windows.models import Absence, RotaWeek, Shift, Swap
from jingkai.modules.windows.queries import rota as queries
from jingkai.modules.windows.rules import may_answer_swap

Cell = tuple[date, str, int]
"""Day, half, window: where in the plan a person stands."""


class TwoPlaces(PersonFacingError):
    """Nobody is at two windows at the same time."""

    status = 422
    sentence = _("%(name)s is planned at two windows on %(on)s (%(half)s).")
    advice = _("Leave one of them to somebody else.")


class NothingToCopy(PersonFacingError):
    """The week before was not planned."""

    sentence = _("There is no rota for the week before.")
    advice = _("Plan this week by hand or read in a sheet.")


class NothingPlanned(PersonFacingError):
    """An empty plan is not published."""

    sentence = _("Nobody is planned in this week yet.")
    advice = _("Fill the plan first; gaps are shown below it.")


class SwapNotPossible(PersonFacingError):
    """A swap is between two published shifts of two people, one of them one's own."""

    sentence = _("These two shifts cannot be swapped.")
    advice = _("Choose one of your own coming shifts and one of a colleague, both of a published rota.")


class NotAsked(PersonFacingError):
    """Only who was asked answers, and once."""

    status = 403
    sentence = _("This swap is not yours to answer, or it was answered already.")


def draft_week(monday: date) -> RotaWeek:
    """Give the plan of a week, made empty where there is none."""
    return RotaWeek.objects.get_or_create(monday=monday_of(monday))[0]


@transaction.atomic
def save_plan(
    *, monday: date, plan: Mapping[Cell, int | None], version: int, by: Actor, at: datetime
) -> RotaWeek:
    """Write down who is where in a week; a published plan stays published and says so to those concerned.

    `plan` names each cell that the page showed; None empties it. Errors: TwoPlaces, ChangedMeanwhile.
    """
    week = RotaWeek.objects.select_for_update().get(pk=draft_week(monday).pk)
    check_version(row_version=week.version, form_version=version)
    present = {(row.on, str(row.half), row.window_id): row for row in Shift.objects.filter(week=week)}
    changed = {cell: person for cell, person in plan.items() if _person_at(present, cell) != person}
    fresh = [
        Shift(week=week, on=on, half=half, window_id=window, person_id=person)
        for (on, half, window), person in changed.items()
        if person is not None and (on, half, window) not in present
    ]
    for cell, person in changed.items():
        if cell in present:
            _put(present[cell], person)
    Shift.objects.bulk_create(fresh)
    _require_one_place(week)
    week.version += 1
    week.save(update_fields=("version",))
    record(week, action="rota.planned", by=by, at=at, facts={"changed": len(changed)})
    if week.published_at and changed:
        _tell_published(week, at)
    return week


def _person_at(present: Mapping[Cell, Shift], cell: Cell) -> int | None:
    return present[cell].person_id if cell in present else None


def _put(shift: Shift, person: int | None) -> None:
    if person is None:
        shift.delete()
        return
    shift.person_id = person
    shift.save(update_fields=("person",))


def _require_one_place(week: RotaWeek) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS windows_shift_person, windows_shift_window IMMEDIATE")
            cursor.execute("SET CONSTRAINTS windows_shift_person, windows_shift_window DEFERRED")
    except IntegrityError as error:
        raise _two_places(week) from error


def _two_places(week: RotaWeek) -> TwoPlaces:
    seen: set[tuple[date, str, int]] = set()
    for shift in queries.shifts_of(week):
        place = (shift.on, shift.half, shift.person_id)
        if place in seen:
            return TwoPlaces(name=shift.person.name, on=shift.on, half=shift.get_half_display())
        seen.add(place)
    return TwoPlaces(name="", on=week.monday, half="")


@transaction.atomic
def copy_last_week(*, monday: date, by: Actor, at: datetime) -> RotaWeek:
    """Fill the free places of a week as in the week before, but for who is away. Errors: NothingToCopy."""
    monday = monday_of(monday)
    before = RotaWeek.objects.filter(monday=monday - timedelta(days=7)).first()
    if before is None:
        raise NothingToCopy
    week = RotaWeek.objects.select_for_update().get(pk=draft_week(monday).pk)
    days = set(queries.days_of_week(monday))
    away = list(queries.absences_between(monday, monday + timedelta(days=6)))
    taken = {(row.on, row.half, row.window_id) for row in Shift.objects.filter(week=week)}
    busy = {(row.on, row.half, row.person_id) for row in Shift.objects.filter(week=week)}
    fresh = []
    for row in Shift.objects.filter(week=before):
        on = row.on + timedelta(days=7)
        absent = any(one.person_id == row.person_id and one.starts_on <= on <= one.ends_on for one in away)
        free = (on, row.half, row.window_id) not in taken and (on, row.half, row.person_id) not in busy
        if on in days and free and not absent:
            fresh.append(
                Shift(week=week, on=on, half=row.half, window_id=row.window_id, person_id=row.person_id)
            )
    Shift.objects.bulk_create(fresh)
    week.version += 1
    week.save(update_fields=("version",))
    record(week, action="rota.copied", by=by, at=at, facts={"shifts": len(fresh)})
    return week


@transaction.atomic
def publish(*, monday: date, by: Actor, at: datetime) -> RotaWeek:
    """Put a plan in force; everybody in it is told. Errors: NothingPlanned."""
    week = RotaWeek.objects.select_for_update().get(pk=draft_week(monday).pk)
    if not Shift.objects.filter(week=week).exists():
        raise NothingPlanned
    if week.published_at is None:
        week.published_at, week.published_by = at, by.name
        week.version += 1
        week.save(update_fields=("published_at", "published_by", "version"))
        _tell_published(week, at)
        record(week, action="rota.published", by=by, at=at)
        publish_event(RotaPublished(week_id=week.pk))
    return week


def _tell_published(week: RotaWeek, at: datetime) -> None:
    people = list(Shift.objects.filter(week=week).values_list("person_id", flat=True).distinct())
    key = f"rota:{week.monday}:{week.version}"
    notify(
        to=people,
        kind="rota_published",
        at=at,
        facts={"monday": week.monday},
        url=reverse("windows:rota"),
        key=key,
    )


@transaction.atomic
def note_absence(
    *, person_id: int, starts_on: date, ends_on: date, reason: str, by: Actor, at: datetime
) -> Absence:
    """Write down that somebody is away; the plan then shows a gap."""
    row = Absence.objects.create(
        person_id=person_id,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason.strip()[:100],
        noted_by=by.name,
        noted_at=at,
    )
    facts = {"person": person_id, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    record(row, action="rota.absence_noted", by=by, at=at, facts=facts)
    return row


@transaction.atomic
def ask_swap(*, mine: Shift, theirs: Shift, reason: str, by: Actor, at: datetime) -> Swap:
    """Ask a colleague to swap shifts. Errors: SwapNotPossible."""
    both = (mine, theirs)
    if mine.person_id != by.party_id or theirs.person_id == by.party_id or not _published(both):
        raise SwapNotPossible
    row = Swap.objects.create(
        mine=mine,
        theirs=theirs,
        asked_by_id=mine.person_id,
        asked_of_id=theirs.person_id,
        reason=reason.strip()[:200],
        asked_at=at,
    )
    facts = {"name": by.name, "mine": _shift_words(mine), "theirs": _shift_words(theirs)}
    notify(to=[theirs.person_id], kind="swap_asked", at=at, facts=facts, url=reverse("windows:rota"))
    record(row, action="rota.swap_asked", by=by, at=at, facts={"mine": mine.pk, "theirs": theirs.pk})
    return row


@transaction.atomic
def answer_swap(*, swap: Swap, agree: bool, by: Actor, at: datetime) -> Swap:
    """Agree to a swap, which then is carried out, or decline it.

    Errors: NotAsked, SwapNotPossible, TwoPlaces.
    """
    row = Swap.objects.select_for_update(of=("self",)).get(pk=swap.pk)
    if row.state != SwapState.ASKED or not may_answer_swap(by.party_id, row.asked_of_id):
        raise NotAsked
    row.state, row.answered_at = SwapState.AGREED if agree else SwapState.DECLINED, at
    row.save(update_fields=("state", "answered_at"))
    if agree:
        _carry_out(row)
    answer = "同意" if agree else "不同意"
    notify(
        to=[row.asked_by_id],
        kind="swap_answered",
        at=at,
        facts={"name": by.name, "answer": answer},
        url=reverse("windows:rota"),
    )
    record(row, action="rota.swap_answered", by=by, at=at, facts={"agreed": agree})
    return row


def _carry_out(swap: Swap) -> None:
    rows = Shift.objects.select_for_update().filter(pk__in=[swap.mine_id, swap.theirs_id]).order_by("pk")
    shifts = {row.pk: row for row in rows}
    mine, theirs = shifts.get(swap.mine_id), shifts.get(swap.theirs_id)
    if mine is None or theirs is None or mine.person_id != swap.asked_by_id:
        raise SwapNotPossible
    if theirs.person_id != swap.asked_of_id:
        raise SwapNotPossible
    mine.person_id, theirs.person_id = theirs.person_id, mine.person_id
    mine.save(update_fields=("person",))
    theirs.save(update_fields=("person",))
    _require_one_place(mine.week)


def _published(shifts: Collection[Shift]) -> bool:
    return all(shift.week.published_at is not None for shift in shifts)


def _shift_words(shift: Shift) -> str:
    return f"{shift.on:%m-%d} {shift.half.upper()} {shift.window.number}"
