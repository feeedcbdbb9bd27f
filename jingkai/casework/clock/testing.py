"""Fixtures for tests that need clocks."""

from __future__ import annotations

import pytest

from jingkai.casework.clock.operations import seed_limits
from jingkai.kernel.calendar.api import Calendar
from jingkai.kernel.calendar.testing import SEEDED_AT
from jingkai.kernel.permissions.data import SYSTEM


@pytest.fixture
def clock_rules(working_calendar: Calendar) -> Calendar:
    """The seeded limits, reasons, lights and hours, over the calendar of 2024 to 2026, which is returned."""
    seed_limits(by=SYSTEM, at=SEEDED_AT)
    return working_calendar
