"""Lights and used days as people read them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from jingkai.casework.clock import api as clocks
from jingkai.casework.clock.data import LimitValue, Unit, Usage
from jingkai.casework.clock.models import Clock
from jingkai.kernel.calendar.api import get_calendar
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_rules")]
ZONE = ZoneInfo("Asia/Shanghai")


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def start(promised: int | None = None, key: str = "fire_design_review") -> Clock:
    limit = clocks.get_limit(key, on=date(2026, 3, 2), promised=promised)
    return clocks.start_clock(
        limit=limit, label="消防设计审查", label_en="Fire review", by=SYSTEM, at=at(3, 2)
    )


CASES = [
    ((3, 2), "ok", "还剩 15 个工作日", "15 working days left"),
    ((3, 17), "ok", "还剩 4 个工作日", "4 working days left"),
    ((3, 18), "warn", "还剩 3 个工作日", "3 working days left"),
    ((3, 22), "warn", "还剩 1 个工作日", "1 working day left"),
    ((3, 23), "warn", "今天到期", "due today"),
    ((3, 23, 17, 30), "late", "已超期", "Past due"),
    ((3, 24), "late", "已超 1 个工作日", "1 working day late"),
    ((3, 31), "late", "已超 6 个工作日", "6 working days late"),
]


@pytest.mark.parametrize(("moment", "tone", "chinese", "english"), CASES)
def test_light_says_the_same_in_both_languages(
    moment: tuple[int, ...], tone: str, chinese: str, english: str
) -> None:
    clock = start()
    with translation.override("en"):
        light = clocks.light_of(clock, at(*moment))
    assert (light.tone, light.text) == (tone, english)
    with translation.override("zh-hans"):
        said = clocks.light_of(clock, at(*moment)).text
    assert said in {chinese, english}  # English where the catalogues are not built


LASTS = [
    ((3, 2), (3, 3, 0)),
    ((3, 17, 23, 59), (3, 18, 0)),
    ((3, 23), (3, 23, 17, 30)),
    ((3, 23, 17, 30), (3, 24, 0)),
    ((4, 10), (4, 11, 0)),
]


@pytest.mark.parametrize(("moment", "end"), LASTS)
def test_a_light_lasts_until_it_turns_or_the_day_ends(moment: tuple[int, ...], end: tuple[int, ...]) -> None:
    assert clocks.light_lasts_until(start(), at(*moment)) == at(*end)


def test_no_light_changes_before_the_moment_until_which_it_lasts() -> None:
    clock, calendar = start(promised=5), get_calendar()
    for quarter in range(30 * 96):
        now = at(3, 2) + timedelta(minutes=15 * quarter)
        later = clocks.light_lasts_until(clock, now) - timedelta(microseconds=1)
        assert clocks.light_of(clock, later, calendar) == clocks.light_of(clock, now, calendar), now


def test_where_hours_are_counted_no_light_lasts() -> None:
    limit = LimitValue(amount=4, unit=Unit.HOURS)
    clock = clocks.start_clock(limit=limit, label="x", by=SYSTEM, at=at(3, 2))
    assert clocks.light_lasts_until(clock, at(3, 2)) == at(3, 2)


def test_hold_names_its_reason() -> None:
    held = clocks.suspend_clock(clock=start(), reason="expert_review", basis="告知书", by=SYSTEM, at=at(3, 9))
    with translation.override("zh-hans"):
        assert clocks.reason_name(held) == "专家评审"
    with translation.override("en"):
        assert clocks.light_of(held, at(3, 20)) == clocks.light_of(held, at(8, 20))
        light = clocks.light_of(held, at(3, 20))
    assert (light.tone, light.text) == ("hold", "On hold · Expert review")


def test_ended_clock_says_whether_it_was_in_time() -> None:
    early = clocks.stop_clock(clock=start(), outcome="granted", by=SYSTEM, at=at(3, 20))
    late = clocks.stop_clock(clock=start(), outcome="granted", by=SYSTEM, at=at(3, 30))
    with translation.override("en"):
        assert [clocks.light_of(clock, at(5, 1)).text for clock in (early, late)] == [
            "Ended in time",
            "Ended late",
        ]


def test_broken_promise_is_yellow_before_the_law_is_broken() -> None:
    clock = start(promised=5)
    with translation.override("en"):
        assert clocks.light_of(clock, at(3, 9)).tone == "ok"
        light = clocks.light_of(clock, at(3, 10))
    assert (light.tone, light.text) == ("warn", "9 working days left, past the promised day")


def test_natural_days_are_said_as_days() -> None:
    limit = LimitValue(amount=30, unit=Unit.NATURAL)
    clock = clocks.start_clock(limit=limit, label="x", by=SYSTEM, at=at(3, 2))
    with translation.override("en"):
        assert clocks.light_of(clock, at(3, 12)).text == "20 days left"
        assert clocks.light_of(clock, at(4, 3)).text == "2 days late"


def test_light_stays_right_when_today_is_beyond_the_calendar() -> None:
    clock = start()
    with translation.override("en"):
        light = clocks.light_of(clock, datetime(2027, 3, 1, tzinfo=ZONE))
    assert (light.tone, light.text) == ("late", "Past due")


def test_usage_counts_used_promised_statutory_and_held_days() -> None:
    clock = start(promised=10)
    assert clocks.usage(clock, at(3, 6)) == Usage(4, 10, 15, 0, 11, Unit.WORKING)
    held = clocks.suspend_clock(clock=clock, reason="expert_review", basis="告知书", by=SYSTEM, at=at(3, 9))
    assert clocks.usage(held, at(3, 13)) == Usage(4, 10, 15, 5, 11, Unit.WORKING)
    running = clocks.resume_clock(clock=held, by=SYSTEM, at=at(3, 16))
    assert clocks.usage(running, at(3, 16)) == Usage(5, 10, 15, 5, 10, Unit.WORKING)
    ended = clocks.stop_clock(clock=running, outcome="granted", by=SYSTEM, at=at(3, 17))
    assert clocks.usage(ended, at(9, 1)).used == ended.used_days == 6


def test_usage_of_a_capped_hold_counts_again_after_the_cap() -> None:
    held = clocks.suspend_clock(clock=start(), reason="expert_review", basis="告知书", by=SYSTEM, at=at(3, 9))
    assert clocks.usage(held, at(4, 10)).suspended == 20
    assert clocks.usage(held, at(4, 10)).used == 8


def test_many_lights_cost_one_query(django_assert_num_queries: Any) -> None:
    several = [start() for _ in range(3)]
    with django_assert_num_queries(1):
        assert len(clocks.lights_of(several, at(3, 9))) == 3


def test_clocks_with_the_same_limit_share_its_value() -> None:
    first, second, other = (Clock.objects.get(pk=start(promised).pk) for promised in (None, None, 10))
    assert first.limit_value is second.limit_value
    assert (first.limit_value.promised, other.limit_value.promised) == (None, 10)
    assert first.limit_value == LimitValue.from_json(dict(first.limit))
    first.limit = {**first.limit, "promised": 7}
    assert (first.limit_value.promised, second.limit_value.promised) == (7, None)
