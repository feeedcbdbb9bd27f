"""Loading years, changing days, seeding, and what others are told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.calendar import api as calendars
from jingkai.kernel.calendar.data import NamedDay
from jingkai.kernel.calendar.events import CalendarChanged
from jingkai.kernel.calendar.models import CalendarDay, CalendarYear
from jingkai.kernel.calendar.operations import CalendarEditedMeanwhile, CannotChangeDay
from jingkai.kernel.events.testing import watching
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
NOTICE_2027 = [
    NamedDay(date(2027, 1, 1), False, "元旦", "New Year's Day"),
    NamedDay(date(2027, 2, 6), True, "春节调休上班", "Spring Festival (make-up day)"),
    NamedDay(date(2027, 2, 8), False, "春节", "Spring Festival"),
]


def load(**more: Any) -> CalendarYear:
    given = {"year": 2027, "days": NOTICE_2027, "source": "国办发明电〔2026〕7号", "by": SYSTEM, "at": AT}
    return calendars.load_year(**{**given, **more})


def test_seeding_loads_the_packaged_years_once() -> None:
    assert calendars.seed_calendar(by=SYSTEM, at=AT) == list(range(2004, 2027))
    assert calendars.seed_calendar(by=SYSTEM, at=AT) == []
    seeded, packaged = calendars.get_calendar(), calendars.get_packaged_calendar()
    assert seeded.fingerprint == packaged.fingerprint
    assert (seeded.source, packaged.source) == ("installation", "packaged")
    assert seeded.add_working_days(date(2026, 2, 9), 20) == date(2026, 3, 13)


def test_seeding_keeps_what_a_person_changed() -> None:
    calendars.seed_calendar(years=[2026], by=SYSTEM, at=AT)
    change(date(2026, 11, 23), working=False)
    calendars.seed_calendar(by=SYSTEM, at=AT)
    assert not calendars.get_calendar().is_working(date(2026, 11, 23))


def test_year_that_is_not_packaged_cannot_be_seeded() -> None:
    with pytest.raises(calendars.CalendarYearMissing):
        calendars.seed_calendar(years=[2027], by=SYSTEM, at=AT)
    assert not CalendarYear.objects.exists()


def test_new_year_lets_dates_run_over_the_end_of_the_old_one() -> None:
    calendars.seed_calendar(years=[2026], by=SYSTEM, at=AT)
    with pytest.raises(calendars.CalendarYearMissing):
        calendars.get_calendar().add_working_days(date(2026, 12, 21), 20)
    load()
    assert calendars.get_calendar().add_working_days(date(2026, 12, 21), 20) == date(2027, 1, 19)


def change(
    on: date, *, working: bool, reason: str = "本地临时安排", version: int | None = None
) -> CalendarYear:
    current = CalendarYear.objects.get(year=on.year).version
    return calendars.set_day(
        on=on, working=working, reason=reason, version=version or current, by=SYSTEM, at=AT
    )


def test_changed_day_changes_the_fingerprint_and_is_told() -> None:
    year, before = load(), calendars.get_calendar().fingerprint
    with watching() as told:
        change(date(2027, 3, 1), working=False)
    assert calendars.get_calendar().fingerprint != before
    assert not calendars.get_calendar().is_working(date(2027, 3, 1))
    assert [event.year for event in told if isinstance(event, CalendarChanged)] == [2027]
    last = list(entries_of(year))[-1]
    assert last.action == "calendar.day_changed"
    assert last.facts["before"] is True
    assert last.facts["reason"] == "本地临时安排"


def test_change_that_moves_no_date_is_not_told() -> None:
    load()
    with watching() as told:
        change(date(2027, 3, 1), working=True, reason="确认上班")
    assert not told


def test_change_needs_a_reason_and_the_current_version() -> None:
    year = load()
    with pytest.raises(CannotChangeDay):
        change(date(2027, 3, 1), working=False, reason="  ")
    with pytest.raises(CalendarEditedMeanwhile):
        change(date(2027, 3, 1), working=False, version=year.version + 1)
    with pytest.raises(calendars.CalendarYearMissing):
        calendars.set_day(on=date(2028, 3, 1), working=False, reason="x", version=1, by=SYSTEM, at=AT)
    assert not CalendarDay.objects.filter(on=date(2027, 3, 1)).exists()


def test_loading_again_replaces_the_year_and_resets_what_is_no_longer_named() -> None:
    year = load()
    change(date(2027, 3, 1), working=False)
    with pytest.raises(CalendarEditedMeanwhile):
        load(version=year.version)
    with pytest.raises(CalendarEditedMeanwhile):
        load()
    year.refresh_from_db()
    load(version=year.version, days=NOTICE_2027[:1])
    calendar = calendars.get_calendar()
    assert calendar.is_working(date(2027, 3, 1))
    assert not calendar.is_working(date(2027, 2, 6))
    assert CalendarDay.objects.get(on=date(2027, 2, 6)).name == ""


def test_day_of_another_year_is_refused() -> None:
    with pytest.raises(ValueError, match="in the year"):
        load(days=[NamedDay(date(2028, 1, 1), False)])


def test_calendar_is_read_with_one_query_while_nothing_changes(django_assert_num_queries: Any) -> None:
    load()
    calendars.get_calendar()
    with django_assert_num_queries(1):
        calendars.get_calendar()
