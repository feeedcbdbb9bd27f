"""Taking a number, checking in with an appointment, leaving; closing the day."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import Draft, mark, record, record_many, stream_of
from jingkai.kernel.calendar.api import CalendarYearMissing, get_calendar
from jingkai.kernel.events.api import publish
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import is_mobile, plain_phone
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises.api import find_by_code, plain_code
from jingkai.modules.windows.data import (
    BOOKING,
    QUEUE,
    AppointmentState,
    Priority,
    TicketDraft,
    TicketState,
)
from jingkai.modules.windows.events import TicketMissed
from jingkai.modules.windows.models import Appointment, Line, Ticket
from jingkai.modules.windows.rules import RuleBook

FIRST, USUAL = 0, 1
"""Ranks in the queue: those with a reason go before the others."""


class NoMoreTickets(PersonFacingError):
    """The day's numbers of a line are used up."""

    sentence = _("There are no more tickets for “%(line)s” today (%(limit)s were given out).")
    advice = _("Book an appointment for another day, or ask at the general window.")


class HallClosed(PersonFacingError):
    """Tickets are given out while the hall is open."""

    sentence = _("The hall is closed now.")
    advice = _("It opens on working days; the hours are on the page of appointments. You can book one.")


class PhoneWrong(PersonFacingError):
    """What was typed as phone or credit code is neither."""

    status = 422
    sentence = _("“%(typed)s” is neither a mobile number nor a credit code of 18 characters.")
    advice = _("Correct it or leave it empty: a ticket needs neither.")


class NotYourTime(PersonFacingError):
    """An appointment is checked in on its day, around its slot."""

    sentence = _("Your appointment is on %(on)s from %(starts)s.")
    advice = _("Check in up to %(early)s minutes before. To come at another time, rebook or take a number.")


class AppointmentOver(PersonFacingError):
    """The appointment was used, cancelled or missed, or no such code exists."""

    sentence = _("There is no open appointment under this code.")
    advice = _("Check the code in the text message, or take an ordinary number.")


class TicketGone(PersonFacingError):
    """The ticket is not waiting any more."""

    sentence = _("This number is not waiting any more.")
    advice = _("Take a new number if you still need a window.")


@transaction.atomic
def take_ticket(*, line: Line, draft: TicketDraft, by: Actor, at: datetime) -> Ticket:
    """Give out the next number of a line: no number twice, none left out, none over the day's limit.

    Errors: HallClosed, NoMoreTickets, PhoneWrong.
    """
    on, book = timezone.localdate(at), RuleBook()
    require_open(book, at=at)
    rank = FIRST if draft.priority else USUAL
    return _give_number(line, draft, book=book, on=on, rank=rank, appointment=None, by=by, at=at)


@transaction.atomic
def check_in(*, code: str, by: Actor, at: datetime) -> Ticket:
    """Give the holder of an appointment a number that is called first within its slot.

    Who comes too late for the slot gets an ordinary number. Errors: AppointmentOver, NotYourTime, HallClosed.
    """
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("line", "person")
    found = rows.filter(code=plain_appointment_code(code), state=AppointmentState.BOOKED).first()
    if found is None:
        raise AppointmentOver
    book, now = RuleBook(), timezone.localtime(at)
    require_open(book, at=at)
    rule = book.get(BOOKING, found.line.code, on=now.date())
    starts, ends = _moment(found, found.starts), _moment(found, found.ends)
    if found.on != now.date() or at < starts - timedelta(minutes=rule["early_minutes"]):
        raise NotYourTime(on=found.on, starts=f"{found.starts:%H:%M}", early=rule["early_minutes"])
    in_time = at <= ends + timedelta(minutes=rule["late_minutes"])
    draft = TicketDraft(
        topic=found.topic,
        phone=found.person.phone or "",
        uscc=found.uscc,
        priority=Priority.APPOINTMENT if in_time else Priority.NONE,
        language=found.person.language,
    )
    rank = FIRST if in_time else USUAL
    ticket = _give_number(
        found.line, draft, book=book, on=found.on, rank=rank, appointment=found, by=by, at=at
    )
    found.state, found.ended_at = AppointmentState.CAME, at
    found.save(update_fields=("state", "ended_at"))
    return ticket


def plain_appointment_code(typed: str) -> str:
    """Give a code as it is stored, however it was typed."""
    return "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())[:12]


def _moment(found: Appointment, at: object) -> datetime:
    return timezone.make_aware(datetime.combine(found.on, at))  # type: ignore[arg-type]


def require_open(book: RuleBook, *, at: datetime) -> None:
    """Refuse outside the hall's hours. Where the calendar does not reach, the hours alone decide.

    Errors: HallClosed.
    """
    now = timezone.localtime(at)
    try:
        working = get_calendar().is_working(now.date())
    except CalendarYearMissing:
        working = now.weekday() < 5
    early = (now + timedelta(minutes=30)).time()
    if not working or not any(
        block.opens <= early and now.time() < block.closes for block in book.blocks(None, on=now.date())
    ):
        raise HallClosed


def _give_number(
    line: Line,
    draft: TicketDraft,
    *,
    book: RuleBook,
    on: date,
    rank: int,
    appointment: Appointment | None,
    by: Actor,
    at: datetime,
) -> Ticket:
    sequence = _count_up(line, on)
    limit = book.get(QUEUE, line.code, on=on)["daily_limit"]
    if sequence > limit and appointment is None:
        raise NoMoreTickets(line=line.name, limit=limit)
    phone, uscc = _contact(draft)
    enterprise = find_by_code(uscc) if uscc else None
    ticket = Ticket.objects.create(
        token=secrets.token_urlsafe(12),
        line=line,
        on=on,
        sequence=sequence,
        number=f"{line.letter}{sequence:03}",
        topic=draft.topic[:120],
        phone=phone,
        uscc=uscc,
        enterprise_id=enterprise.pk if enterprise else None,
        language=draft.language[:10],
        priority=draft.priority,
        rank=rank,
        taken_at=at,
        queued_at=at,
        appointment=appointment,
    )
    facts = {"number": ticket.number, "priority": draft.priority, "phone": mark(phone) if phone else ""}
    record(ticket, action="ticket.taken", by=by, at=at, facts=facts)
    return ticket


_COUNT_UP = """
INSERT INTO windows_daycount (line_id, "on", last) VALUES (%s, %s, 1)
ON CONFLICT ON CONSTRAINT windows_count_once DO UPDATE SET last = windows_daycount.last + 1 RETURNING last
"""


def _count_up(line: Line, on: date) -> int:
    """Give the next number; a transaction that fails gives it back, so the numbers have no gaps."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_UP, [line.pk, on])
        return int(cursor.fetchone()[0])


def _contact(draft: TicketDraft) -> tuple[str, str]:
    """Take one field for both: eleven digits are a phone, eighteen characters a credit code."""
    phone, uscc = plain_phone(draft.phone), plain_code(draft.uscc)
    if (phone and not is_mobile(phone)) or (draft.phone.strip() and not phone):
        raise PhoneWrong(typed=draft.phone[:20])
    if uscc and len(uscc) != 18:
        raise PhoneWrong(typed=draft.uscc[:20])
    return phone, uscc


@transaction.atomic
def leave_queue(*, token: str, by: Actor, at: datetime) -> Ticket:
    """Let a visitor give a number back, so that nobody calls in vain. Errors: TicketGone."""
    ticket = Ticket.objects.select_for_update().filter(token=token, state=TicketState.WAITING).first()
    if ticket is None:
        raise TicketGone
    ticket.state, ticket.ended_at = TicketState.LEFT, at
    ticket.save(update_fields=("state", "ended_at"))
    record(ticket, action="ticket.left", by=by, at=at, facts={"number": ticket.number})
    return ticket


@transaction.atomic
def close_day(*, on: date, by: Actor, at: datetime) -> int:
    """Close the queue of a day that is over: who still waits has left, who was called did not come.

    Whoever stands at a window stays there until the clerk ends the visit. Gives how many were closed.
    """
    rows = list(
        Ticket.objects.select_for_update()
        .filter(on__lte=on, state__in=[TicketState.WAITING, TicketState.CALLED])
        .order_by("pk")
    )
    for ticket in rows:
        called = ticket.state == TicketState.CALLED
        ticket.state, ticket.ended_at = TicketState.MISSED if called else TicketState.LEFT, at
    Ticket.objects.bulk_update(rows, ("state", "ended_at"), batch_size=500)
    record_many(
        [
            Draft(stream_of(row), action="ticket.day_closed", by=by, at=at, facts={"state": str(row.state)})
            for row in rows
        ]
    )
    for ticket in rows:
        if ticket.state == TicketState.MISSED:
            publish(TicketMissed(ticket_id=ticket.pk))
    return len(rows)
