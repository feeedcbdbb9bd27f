"""What has happened to the working-day calendar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CalendarChanged:
    """A year was loaded or one of its days changed; every running clock must be projected anew."""

    year: int
    fingerprint: str
    reason: str
