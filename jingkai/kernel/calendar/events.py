"""What has happened to the working-day calendar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CalendarChanged:
    """A year was loaded or one of its days changed; every running clock must be projected anew.

    `version` is the version of the year that now counts, `reason` its source.
    """

    year: int
    fingerprint: str
    reason: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class CalendarDrafted:
    """A year was read in and waits to be put in force; what it would move can be computed."""

    draft_id: int
