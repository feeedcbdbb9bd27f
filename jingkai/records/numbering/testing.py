"""A series to count in, for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

from jingkai.kernel.permissions.api import SYSTEM
from jingkai.records.numbering.api import seed_series

SEEDED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def add_series(key: str = "test", pattern: str = "示开测〔{year}〕{n}号", reset: str = "year") -> str:
    """Write down a series of numbers and give its key."""
    seed_series(
        key=key,
        name="测试文号",
        name_en="Test numbers",
        pattern=pattern,
        starts_on=date(2020, 1, 1),
        source="测试",
        by=SYSTEM,
        at=SEEDED_AT,
        reset=reset,
    )
    return key
