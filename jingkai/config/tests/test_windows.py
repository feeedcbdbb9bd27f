"""The hall of the demonstration: thirteen manned windows, a rota, a morning of visitors, appointments."""

from __future__ import annotations

from pathlib import Path

import pytest

from jingkai.config.demo import organisation, windows
from jingkai.config.seeding import DemoPeople
from jingkai.kernel.calendar.api import seed_calendar
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals.testing import moment
from jingkai.modules.windows.testing import counts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("at", "weeks", "day"),
    [("2026-03-04 16:00", 1, "2026-03-04"), ("2026-03-08 10:00", 2, "2026-03-06")],
    ids=["wednesday", "sunday"],
)
def test_hall_is_set_up_once_with_a_morning_of_visitors(
    tmp_path: Path, at: str, weeks: int, day: str
) -> None:
    now = moment(at)
    organisation.seed(DemoPeople.load(tmp_path), now)
    seed_calendar(by=SYSTEM, at=now)
    windows.seed(now)
    windows.seed(now)
    assert counts() == {
        "windows": ["general", *["specialist"] * 12],
        "weeks": weeks,
        "shifts": weeks * (13 * 2 - 1) * 5,  # one half day of one window is left open
        "seated": 13,
        "days": {day},
        "tickets": 12,
        "served": 8,
        "booked": 3,
    }


def test_hall_stays_without_visitors_where_the_calendar_does_not_reach(tmp_path: Path) -> None:
    now = moment("2026-03-04 16:00")
    organisation.seed(DemoPeople.load(tmp_path), now)
    windows.seed(now)
    assert counts()["tickets"] == 0
