"""Several people at the same clocks at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from jingkai.casework.clock import api as clocks
from jingkai.casework.clock.models import Clock
from jingkai.casework.clock.operations import seed_limits
from jingkai.kernel.calendar.api import seed_calendar
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
ZONE = ZoneInfo("Asia/Shanghai")


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 10, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def _rules() -> None:
    seed_calendar(years=[2026], by=SYSTEM, at=at(1))
    seed_limits(by=SYSTEM, at=at(1))


def start(key: str, **more: Any) -> Clock:
    limit = clocks.get_limit(key, on=date(2026, 3, 2))
    return clocks.start_clock(limit=limit, label=key, by=SYSTEM, at=at(2), **more)


def hold(clock: Clock) -> Clock:
    return clocks.suspend_clock(clock=clock, reason="expert_review", basis="告知书", by=SYSTEM, at=at(9))


def together(*acts: Callable[[], Any]) -> list[str]:
    """Run acts at once, each on its own connection, and tell how each ended."""

    def run(act: Callable[[], Any]) -> str:
        try:
            act()
        except PersonFacingError as error:
            return type(error).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_one_of_many_holds_wins() -> None:
    clock = start("fire_design_review")
    ended = together(*[lambda: hold(clock)] * 8)
    assert sorted(ended) == ["CannotSuspend"] * 7 + ["done"]
    assert clock.ledger.count() == 2


def test_parts_overall_and_calendar_never_wait_in_a_circle() -> None:
    overall = start("permit_joint_decision")
    parts = [start("fire_design_review", overall=overall) for _ in range(4)]
    ids = [overall.pk, *[part.pk for part in parts]]
    acts: list[Callable[[], Any]] = [lambda part=part: hold(part) for part in parts]  # type: ignore[misc]
    acts += [lambda: clocks.reproject_clocks(clock_ids=ids, reason="x", by=SYSTEM, at=at(9))] * 3
    assert together(*acts) == ["done"] * 7
    overall.refresh_from_db()
    assert overall.state == "suspended"
    sequences = list(overall.ledger.values_list("sequence", flat=True))
    assert sequences == list(range(1, len(sequences) + 1))
