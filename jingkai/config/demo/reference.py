"""What every zone needs before its first matter: calendar, rules, seal, texts, the first package."""

from __future__ import annotations

from datetime import datetime

from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.permissions.data import SYSTEM


def seed(at: datetime) -> None:
    """Load the packaged years, the closed lists of the law, the seal, and the package."""
    calendar.seed_calendar(by=SYSTEM, at=at)
