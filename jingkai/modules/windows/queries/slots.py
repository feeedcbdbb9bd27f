"""Reads: which slots can be booked, the appointments of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from jingkai.kernel.calendar.api import CalendarYearMissing, get_calendar
from jingkai.modules.windows.data import BOOKING, AppointmentState, Slot, cut_into_slots
from jingkai.modules.windows.models import Appointment, Line, SlotCount
from jingkai.modules.windows.queries.counters import windows_of
from jingkai.modules.windows.rules import RuleBook


def working_days(start: date, many: int) -> list[date]:
    """Give the working days from a day on; none beyond the loaded calendar, for nothing is guessed."""
    calendar, day = get_calendar(), start
    found: list[date] = []
    try:
        while len(found) < many and (day - start).days < 120:
            if calendar.is_working(day):
                found.append(day)
            day += timedelta(days=1)
    except CalendarYearMissing:
        pass
    return found


def list_slots(line: Line, *, at: datetime) -> dict[date, list[Slot]]:
    """Give the bookable days of a line with all their slots, past ones of today left out."""
    book, today = RuleBook(), timezone.localdate(at)
    rule = book.get(BOOKING, line.code, on=today)
    days = working_days(today, rule["days_ahead"] + 1)
    numbers = list(windows_of(line).values_list("number", flat=True))
    taken = {
        (row.on, row.starts): row.booked
        for row in SlotCount.objects.filter(line=line, on__in=days or [today])
    }
    now = timezone.localtime(at).time()
    found = {}
    for day in days:
        slots = slots_of_day(line, day, book=book, numbers=numbers, taken=taken)
        found[day] = [slot for slot in slots if day != today or slot.starts > now]
    return {day: slots for day, slots in found.items() if slots}


def slots_of_day(
    line: Line,
    day: date,
    *,
    book: RuleBook,
    numbers: Sequence[int],
    taken: dict[tuple[date, time], int],
) -> list[Slot]:
    """Cut a day into slots; each takes as many as its windows are open, times the rule's capacity."""
    rule = book.get(BOOKING, line.code, on=day)
    hours = {number: book.blocks(number, on=day) for number in numbers}
    found = []
    for block in book.blocks(None, on=day):
        for starts, ends in cut_into_slots(block, rule["slot_minutes"]):
            open_windows = sum(any(b.holds(starts, ends) for b in hours[n]) for n in numbers)
            if open_windows:
                capacity = open_windows * rule["capacity"]
                found.append(Slot(day, starts, ends, capacity, taken.get((day, starts), 0)))
    return found


def find_slot(line: Line, *, on: date, starts: time, at: datetime) -> Slot | None:
    """Give one slot if it can be booked at this moment, by the same rules as the calendar shows."""
    return next((slot for slot in list_slots(line, at=at).get(on, []) if slot.starts == starts), None)


def appointments() -> QuerySet[Appointment]:
    """Give appointments with their line and person."""
    return Appointment.objects.select_related("line", "person__party")


def appointments_of(on: date) -> QuerySet[Appointment]:
    """Give the appointments of a day by time."""
    return appointments().filter(on=on).order_by("starts", "pk")


def page_after(rows: QuerySet[Appointment], *, after: str, newest: bool, size: int) -> list[Appointment]:
    """Give the rows behind one of them, by time or the newest first; the same cost at any depth.

    `after` is the number of the last row of the page before; anything else gives the first page.
    """
    field, way, sign = ("made_at", "lt", "-") if newest else ("starts", "gt", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        last = Appointment.objects.filter(pk=int(after)).values_list(field, flat=True).first()
        if last is not None:
            same = Q(**{field: last, f"pk__{way}": int(after)})
            rows = rows.filter(Q(**{f"{field}__{way}": last}) | same)
    return list(rows.order_by(f"{sign}{field}", f"{sign}pk")[:size])


def open_of(person_id: int) -> QuerySet[Appointment]:
    """Give what a person has booked and not yet used."""
    return appointments().filter(person_id=person_id, state=AppointmentState.BOOKED).order_by("on", "starts")
