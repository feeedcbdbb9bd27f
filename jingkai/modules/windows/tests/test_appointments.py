"""Appointments: slots by rules, moves, no-shows, check-in, reminders."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from jingkai.kernel.notices.models import Notice
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.data import SYSTEM, VISITOR
from jingkai.modules.windows.data import BOOKING, HOURS, AppointmentState, BookingDraft
from jingkai.modules.windows.models import Appointment, SlotCount
from jingkai.modules.windows.operations import appointments, tickets
from jingkai.modules.windows.operations import counters as setup
from jingkai.modules.windows.queries import slots
from jingkai.modules.windows.testing import Counters, moment

TOMORROW = date(2026, 3, 11)


def visitor(counters: Counters, phone: str = "13711112222") -> Person:
    return appointments.person_with_phone(
        phone=phone, name="吴访客", language="zh-hans", by=VISITOR, at=counters.at
    )


def book(counters: Counters, *, on: date = TOMORROW, starts: str = "09:00", phone: str = "") -> Appointment:
    draft = BookingDraft(name="吴访客", on=on, starts=time.fromisoformat(starts))
    person = visitor(counters, phone or "13711112222")
    line = counters.line("fire")
    return appointments.book(line=line, person=person, draft=draft, by=VISITOR, at=counters.at)


def rule(counters: Counters, **changes: int) -> None:
    value = {**slots.RuleBook().get(BOOKING, "hall", on=timezone.localdate(counters.at)), **changes}
    setup.write_rule(
        kind=BOOKING,
        key="fire",
        value=value,
        starts_on=timezone.localdate(counters.at),
        source="预约办法",
        by=SYSTEM,
        at=counters.at,
    )


def test_slots_lie_in_the_hours_of_working_days(counters: Counters) -> None:
    days = slots.list_slots(counters.line("fire"), at=counters.at)
    assert list(days)[:5] == [date(2026, 3, d) for d in (10, 11, 12, 13, 16)]
    morning = days[TOMORROW]
    assert (morning[0].starts, morning[-1].ends, len(morning)) == (time(9), time(17), 13)
    assert {slot.capacity for slot in morning} == {4}
    assert all(slot.starts > time(9) for slot in days[date(2026, 3, 10)])


def test_a_windows_own_hours_lower_the_capacity(counters: Counters) -> None:
    setup.write_rule(
        kind=HOURS,
        key="window-8",
        value={"morning_opens": "09:00", "morning_closes": "12:00", "closed_days": ["fri"]},
        starts_on=date(2026, 3, 11),
        source="大厅通知",
        by=SYSTEM,
        at=counters.at,
    )
    days = slots.list_slots(counters.line("fire"), at=counters.at)
    assert {slot.capacity for slot in days[TOMORROW] if slot.starts < time(12)} == {4}
    assert {slot.capacity for slot in days[date(2026, 3, 13)] if slot.starts < time(12)} == {2}


def test_booked_told_and_counted(counters: Counters) -> None:
    row = book(counters)
    assert (row.ends, SlotCount.objects.get().booked) == (time(9, 30), 1)
    assert row.code in Notice.objects.get(kind="appointment_made").body


@pytest.mark.parametrize(
    ("on", "starts"),
    [(date(2026, 3, 14), "09:00"), (TOMORROW, "09:10"), (TOMORROW, "12:00"), (date(2026, 3, 9), "09:00")],
)
def test_what_is_not_offered_is_not_booked(counters: Counters, on: date, starts: str) -> None:
    with pytest.raises(appointments.SlotFull):
        book(counters, on=on, starts=starts)
    assert not Appointment.objects.exists()


def test_one_person_holds_few(counters: Counters) -> None:
    book(counters), book(counters, starts="10:00")
    with pytest.raises(appointments.TooManyOpen):
        book(counters, starts="11:00")


def test_moving_gives_the_old_slot_back(counters: Counters) -> None:
    row = book(counters)
    moved = appointments.move(appointment=row, on=TOMORROW, starts=time(10), by=VISITOR, at=counters.at)
    counts = {count.starts: count.booked for count in SlotCount.objects.all()}
    assert (moved.code, counts) == (row.code, {time(9): 0, time(10): 1})


def test_cancelled_once_and_free_again(counters: Counters) -> None:
    row = book(counters)
    appointments.cancel(appointment=row, by=VISITOR, at=counters.at)
    assert SlotCount.objects.get().booked == 0
    with pytest.raises(tickets.AppointmentOver):
        appointments.cancel(appointment=row, by=VISITOR, at=counters.at)


def test_code_opens_only_with_the_phones_end(counters: Counters) -> None:
    row = book(counters)
    assert appointments.open_by_code(code=row.code.lower(), digits="2222") == row
    for digits in ("2223", "", "11112222"):
        with pytest.raises(tickets.AppointmentOver):
            appointments.open_by_code(code=row.code, digits=digits)


def test_guessing_ends(counters: Counters) -> None:
    row = book(counters)
    for _try in range(appointments.MOST_WRONG):
        appointments.count_wrong_try(code=row.code)
    with pytest.raises(tickets.AppointmentOver):
        appointments.open_by_code(code=row.code, digits="2222")


def test_no_shows_close_the_booking_for_a_while(counters: Counters) -> None:
    rule(counters, no_shows=1, block_days=30)
    row = book(counters)
    counters.at = moment("2026-03-12 00:10")
    assert appointments.note_missed(on=TOMORROW, by=SYSTEM, at=counters.at) == 1
    row.refresh_from_db()
    assert row.state == AppointmentState.MISSED
    with pytest.raises(appointments.BookingClosed):
        book(counters, on=date(2026, 3, 13))
    counters.at = moment("2026-04-13 09:00")
    assert book(counters, on=date(2026, 4, 14)).state == AppointmentState.BOOKED


def test_checked_in_within_the_slot_goes_first(counters: Counters) -> None:
    row = book(counters)
    counters.at = moment("2026-03-11 08:50")
    counters.take("fire")
    ticket = tickets.check_in(code=f"{row.code[:4]}-{row.code[4:]}", by=VISITOR, at=counters.at)
    assert (ticket.rank, ticket.priority, ticket.appointment) == (0, "appointment", row)
    counters.sit("clerk", 8)
    assert counters.call("clerk") == ticket
    with pytest.raises(tickets.AppointmentOver):
        tickets.check_in(code=row.code, by=VISITOR, at=counters.at)


def test_too_early_and_too_late(counters: Counters) -> None:
    row = book(counters, starts="10:00")
    counters.at = moment("2026-03-11 09:30")
    with pytest.raises(tickets.NotYourTime):
        tickets.check_in(code=row.code, by=VISITOR, at=counters.at)
    counters.at = moment("2026-03-11 11:00")
    late = tickets.check_in(code=row.code, by=VISITOR, at=counters.at)
    assert (late.rank, late.priority) == (1, "")


def test_reminded_once_on_the_working_day_before(counters: Counters) -> None:
    book(counters, on=date(2026, 3, 16))
    assert appointments.remind(at=moment("2026-03-12 16:00")) == 0
    for _try in range(2):
        assert appointments.remind(at=moment("2026-03-13 16:00")) == 1
    assert Notice.objects.filter(kind="appointment_reminder").count() == 1


def test_beyond_the_calendar_nothing_is_offered(counters: Counters) -> None:
    counters.at = moment("2026-12-30 09:00")
    days = list(slots.list_slots(counters.line("fire"), at=counters.at))
    assert days
    assert max(days) <= timezone.localdate(counters.at) + timedelta(days=2)


@pytest.mark.parametrize("newest", [False, True], ids=["by-time", "newest-first"])
def test_a_page_goes_on_behind_the_last_row_whatever_is_booked_meanwhile(
    counters: Counters, newest: bool
) -> None:
    made = []
    for number, starts in enumerate(("10:00", "09:00", "09:30", "09:00", "11:00")):
        made.append(book(counters, starts=starts, phone=f"1371111{number:04d}"))
        counters.pass_minutes(1)
    by_time = [made[1], made[3], made[2], made[0], made[4]]
    wanted = made[::-1] if newest else by_time

    def page(after: str = "") -> list[Appointment]:
        return slots.page_after(slots.appointments_of(TOMORROW), after=after, newest=newest, size=2)

    first = page()
    assert first == wanted[:2]
    meanwhile = book(counters, starts="09:00", phone="13711119999")
    assert meanwhile not in page(str(first[-1].pk)) or not newest
    seen = [*first, *page(str(first[-1].pk))]
    while rest := page(str(seen[-1].pk)):
        seen += rest
    assert [row for row in seen if row != meanwhile] == wanted
    assert page("²") == page("x") == page("99999999") == page()
