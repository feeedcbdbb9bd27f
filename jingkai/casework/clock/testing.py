"""Fixtures for tests that need clocks."""

from __future__ import annotations

import pytest

from jingkai.casework.clock.operations import seed_limits
from jingkai.kernel.calendar.api import Calendar, get_calendar, seed_calendar
from jingkai.kernel.calendar.testing import SEEDED_AT
from jingkai.kernel.hooks.testing import keep_made, kept_thing
from jingkai.kernel.permissions.data import SYSTEM


def make_clock_rules() -> bool:
    """Seed the calendar, limits, reasons, lights and hours."""
    seed_calendar(years=[2024, 2025, 2026], by=SYSTEM, at=SEEDED_AT)
    seed_limits(by=SYSTEM, at=SEEDED_AT)
    return True


keep_made("clock_rules", make_clock_rules)


@pytest.fixture
def clock_rules(request: pytest.FixtureRequest, db: None) -> Calendar:
    """The seeded limits, reasons, lights and hours, over the calendar of 2024 to 2026, which is returned."""
    if not kept_thing(request):
        make_clock_rules()
    return get_calendar()
