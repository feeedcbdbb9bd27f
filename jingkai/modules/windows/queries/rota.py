"""Reads: the rota of a week, its gaps, who may be planned, what is handed over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from jingkai.kernel.calendar.api import CalendarYearMissing, get_calendar
from jingkai.kernel.organisation.api import people_with
from jingkai.kernel.parties.models import Party
from jingkai.modules.windows.data import Gap, Half, monday_of
from jingkai.modules.windows.models import (
    Absence,
    CounterPaper,
    HandOver,
    RotaWeek,
    Shift,
    Swap,
    Window,
)
from jingkai.modules.windows.rules import SERVE, RuleBook


def week_of(day: date) -> RotaWeek | None:
    """Give the plan of the week in which a day lies."""
    return RotaWeek.objects.filter(monday=monday_of(day)).first()


def days_of_week(monday: date) -> list[date]:
    """Give the working days of a week; Monday to Friday where the calendar does not reach."""
    days = [monday + timedelta(days=number) for number in range(7)]
    try:
        calendar = get_calendar()
        return [day for day in days if calendar.is_working(day)]
    except CalendarYearMissing:
        return days[:5]


def shifts_of(week: RotaWeek) -> QuerySet[Shift]:
    """Give the shifts of a week with window and person."""
    return Shift.objects.select_related("window", "person").filter(week=week)


def absences_between(first: date, last: date) -> QuerySet[Absence]:
    """Give who is away on any of these days."""
    return Absence.objects.select_related("person").filter(starts_on__lte=last, ends_on__gte=first)


def gaps_of(
    days: Iterable[date], shifts: Iterable[Shift], windows: Iterable[Window], away: Iterable[Absence]
) -> list[Gap]:
    """Name every half day on which a window is open and nobody is there who is not away."""
    days, book, found = list(days), RuleBook(), []
    planned = {(shift.on, shift.half, shift.window_id): shift for shift in shifts}
    absent = {(row.person_id, day) for row in away for day in days if row.starts_on <= day <= row.ends_on}
    for window in windows:
        for day in days:
            for half in _open_halves(book, window.number, day):
                shift = planned.get((day, half.value, window.pk))
                if shift is None:
                    found.append(Gap(day, half, window.pk))
                elif (shift.person_id, day) in absent:
                    found.append(Gap(day, half, window.pk, shift.person.name))
    return found


def _open_halves(book: RuleBook, window: int, day: date) -> list[Half]:
    halves = []
    for block in book.blocks(window, on=day):
        halves.append(Half.MORNING if block.opens.hour < 12 else Half.AFTERNOON)
    return halves


def planned_person(window: Window, *, on: date, half: Half) -> Party | None:
    """Give who is planned at a window, by the published rota."""
    shift = (
        Shift.objects.select_related("person")
        .filter(window=window, on=on, half=half, week__published_at__isnull=False)
        .first()
    )
    return shift.person if shift else None


def people(on: date) -> list[Party]:
    """Give who may serve at windows, in pinyin order."""
    return list(Party.objects.filter(pk__in=people_with(SERVE, on)).order_by("pinyin", "pk"))


def swaps_of(person_id: int | None) -> QuerySet[Swap]:
    """Give the swaps a person asked for or was asked for, the newest first."""
    mine = Q(asked_by_id=person_id) | Q(asked_of_id=person_id)
    names = ("mine__window", "theirs__window", "asked_by", "asked_of")
    return Swap.objects.filter(mine).select_related(*names)


def own_shifts(person_id: int | None, first: date) -> QuerySet[Shift]:
    """Give a person's published shifts from a day on."""
    rows = Shift.objects.select_related("window", "person").filter(on__gte=first)
    return rows.filter(person_id=person_id, week__published_at__isnull=False)


def papers_at(window: Window) -> QuerySet[CounterPaper]:
    """Give the papers that lie at a window."""
    return CounterPaper.objects.select_related("received_by").filter(window=window, passed_at=None)


def handovers() -> QuerySet[HandOver]:
    """Give hand-overs with window and both people."""
    return HandOver.objects.select_related("window", "giver", "taker")
