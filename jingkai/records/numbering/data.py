"""A number and what it was given to. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands on a paper, with its place in its series."""

    id: int
    series: str
    year: int
    sequence: int
    text: str


@dataclass(frozen=True, slots=True)
class NumberLine:
    """One line of the ledger of numbers."""

    id: int
    text: str
    series: str
    year: int
    sequence: int
    issued_at: datetime
    subject_kind: str
    subject_id: int | None
    voided_at: datetime | None
    void_reason: str
