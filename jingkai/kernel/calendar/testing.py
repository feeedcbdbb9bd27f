"""Fixtures for tests that need working days."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jingkai.kernel.calendar.api import Calendar, get_calendar, seed_calendar
from jingkai.kernel.permissions.data import SYSTEM

SEEDED_AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def working_calendar(db: None) -> Calendar:
    """The calendar of recent years (2024 to 2026), in the database."""
    seed_calendar(years=[2024, 2025, 2026], by=SYSTEM, at=SEEDED_AT)
    return get_calendar()
