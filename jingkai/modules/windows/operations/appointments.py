"""Booking a slot, moving and cancelling it, reminding, and what happens to slots nobody took up."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import record
from jingkai.kernel.events.api import publish
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices.api import notify
from jingkai.kernel.parties.api import get_persons_by_phone, register_person
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises.api import plain_code
from jingkai.modules.windows.data import BOOKING, AppointmentState, BookingDraft, Slot
from jingkai.modules.windows.events import AppointmentEnded, AppointmentMade
from jingkai.modules.windows.models import Appointment, Line, SlotCount
from jingkai.modules.windows.operations.tickets import AppointmentOver, plain_appointment_code
from jingkai.modules.windows.queries import slots
from jingkai.modules.windows.rules import RuleBook

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
MOST_WRONG = 10
"""After so many wrong digits of the phone a code is opened at the hall only."""


class SlotFull(PersonFacingError):
    """The slot was taken meanwhile, or it is not offered."""

    sentence = _("The slot %(on)s %(starts)s is not free any more.")
    advice = _("Choose another one; the calendar shows what is free now.")


class TooManyOpen(PersonFacingError):
    """One person does not hold the slots of many."""

    sentence = _("You already hold %(many)s appointments.")
    advice = _("Cancel one that you do not need, or move it to another time.")


class BookingClosed(PersonFacingError):
    """Whoever let slots lapse again and again waits at the counter for a while."""

    sentence = _(
        "%(many)s of your appointments were not taken up; booking is closed for you until %(until)s."
    )
    advice = _("Come to the hall and take a number; you are served without appointment.")


@transaction.atomic
def book(*, line: Line, person: Person, draft: BookingDraft, by: Actor, at: datetime) -> Appointment:
    """Hold a slot for a person, who is told by text message.

    Errors: SlotFull, TooManyOpen, BookingClosed.
    """
    _refuse_too_many(line, person, at)
    slot = _take_slot(line, draft.on, draft.starts, at)
    row = Appointment.objects.create(
        code="".join(secrets.choice(SIGNS) for _sign in range(8)),
        line=line,
        topic=draft.topic[:120],
        on=slot.on,
        starts=slot.starts,
        ends=slot.ends,
        person=person,
        name=draft.name.strip()[:60],
        uscc=plain_code(draft.uscc)[:18],
        made_at=at,
        changed_at=at,
    )
    _tell("appointment_made", row, at)
    facts = {"line": line.code, "on": row.on.isoformat(), "starts": f"{row.starts:%H:%M}"}
    record(row, action="appointment.made", by=by, at=at, facts=facts)
    publish(AppointmentMade(appointment_id=row.pk))
    return row


def person_with_phone(*, phone: str, name: str, language: str, by: Actor, at: datetime) -> Person:
    """Give the person behind a proven phone; somebody who is new here is registered with name and phone."""
    found = get_persons_by_phone(phone).order_by("pk").first()
    if found is not None:
        return found
    return register_person(name=name, phone=phone, language=language, by=by, at=at)


@transaction.atomic
def move(*, appointment: Appointment, on: date, starts: time, by: Actor, at: datetime) -> Appointment:
    """Move an appointment to another slot under the same code. Errors: AppointmentOver, SlotFull."""
    row = _lock(appointment)
    slot = _take_slot(row.line, on, starts, at)
    _give_back(row)
    row.on, row.starts, row.ends = slot.on, slot.starts, slot.ends
    row.moves, row.changed_at = row.moves + 1, at
    row.save(update_fields=("on", "starts", "ends", "moves", "changed_at"))
    _tell("appointment_made", row, at)
    facts = {"on": row.on.isoformat(), "starts": f"{row.starts:%H:%M}"}
    record(row, action="appointment.moved", by=by, at=at, facts=facts)
    publish(AppointmentMade(appointment_id=row.pk))
    return row


@transaction.atomic
def cancel(*, appointment: Appointment, by: Actor, at: datetime) -> Appointment:
    """Give a slot back. Errors: AppointmentOver."""
    row = _lock(appointment)
    _give_back(row)
    row.state, row.ended_at, row.changed_at = AppointmentState.CANCELLED, at, at
    row.save(update_fields=("state", "ended_at", "changed_at"))
    _tell("appointment_cancelled", row, at)
    record(row, action="appointment.cancelled", by=by, at=at)
    publish(AppointmentEnded(appointment_id=row.pk, state=row.state))
    return row


def open_by_code(*, code: str, digits: str) -> Appointment:
    """Give the appointment behind a code and the last four digits of its phone.

    Guessing is counted on the row. Errors: AppointmentOver, whatever of the two was wrong.
    """
    row = slots.appointments().filter(code=plain_appointment_code(code)).first()
    if row is None or row.wrong_tries >= MOST_WRONG:
        raise AppointmentOver
    if len(digits) != 4 or not (row.person.phone or "").endswith(digits):
        raise AppointmentOver
    return row


def count_wrong_try(*, code: str) -> None:
    """Count a wrong guess at an appointment for good."""
    rows = Appointment.objects.filter(code=plain_appointment_code(code))
    rows.update(wrong_tries=F("wrong_tries") + 1)


def remind(*, at: datetime) -> int:
    """Tell on the working day before whoever has an appointment, once. Gives how many were told."""
    today = timezone.localdate(at)
    coming = [day for day in slots.working_days(today, 2) if day != today][:1]
    many = 0
    for row in slots.appointments().filter(on__in=coming, state=AppointmentState.BOOKED):
        _tell("appointment_reminder", row, at, key=f"appointment-reminder:{row.code}:{row.on}")
        many += 1
    return many


@transaction.atomic
def note_missed(*, on: date, by: Actor, at: datetime) -> int:
    """Note which appointments up to a day that is over nobody took up. Gives how many."""
    rows = Appointment.objects.select_for_update().filter(on__lte=on, state=AppointmentState.BOOKED)
    missed = list(rows.order_by("pk"))
    for row in missed:
        row.state, row.ended_at = AppointmentState.MISSED, at
        row.save(update_fields=("state", "ended_at"))
        record(row, action="appointment.missed", by=by, at=at)
        publish(AppointmentEnded(appointment_id=row.pk, state=row.state))
    return len(missed)


def _lock(appointment: Appointment) -> Appointment:
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("line", "person")
    row = rows.get(pk=appointment.pk)
    if row.state != AppointmentState.BOOKED:
        raise AppointmentOver
    return row


def _take_slot(line: Line, on: date, starts: time, at: datetime) -> Slot:
    """Lock the slot's row, count, and take one: of many at once as many get it as it can take."""
    SlotCount.objects.get_or_create(line=line, on=on, starts=starts)
    count = SlotCount.objects.select_for_update().get(line=line, on=on, starts=starts)
    slot = slots.find_slot(line, on=on, starts=starts, at=at)
    if slot is None or count.booked >= slot.capacity:
        raise SlotFull(on=on, starts=f"{starts:%H:%M}")
    count.booked += 1
    count.save(update_fields=("booked",))
    return slot


def _give_back(row: Appointment) -> None:
    held = SlotCount.objects.filter(line_id=row.line_id, on=row.on, starts=row.starts, booked__gt=0)
    held.update(booked=F("booked") - 1)


def _refuse_too_many(line: Line, person: Person, at: datetime) -> None:
    today = timezone.localdate(at)
    rule = RuleBook().get(BOOKING, line.code, on=today)
    Person.objects.select_for_update().get(pk=person.pk)
    mine = Appointment.objects.filter(person=person)
    open_now = mine.filter(state=AppointmentState.BOOKED, on__gte=today).count()
    if open_now >= rule["open_per_person"]:
        raise TooManyOpen(many=open_now)
    since = today - timedelta(days=rule["no_show_days"])
    missed = list(
        mine.filter(state=AppointmentState.MISSED, on__gte=since).order_by("-on").values_list("on", flat=True)
    )
    until = missed[0] + timedelta(days=rule["block_days"]) if missed else today
    if len(missed) >= rule["no_shows"] and until > today:
        raise BookingClosed(many=len(missed), until=until)


def _tell(kind: str, row: Appointment, at: datetime, *, key: str = "") -> None:
    facts = {
        "code": row.code,
        "on": row.on,
        "starts": f"{row.starts:%H:%M}",
        "line": row.line.name_en if row.person.language.startswith("en") else row.line.name,
    }
    notify(to=[row.person_id], kind=kind, at=at, facts=facts, url=reverse("windows:my_appointment"), key=key)
