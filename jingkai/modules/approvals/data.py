"""Plain data of the service hall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum


class RatingLevel(IntEnum):
    """The five levels of 好差评 (GB/T 39735); two or less is a bad rating."""

    VERY_SATISFIED = 5
    SATISFIED = 4
    BASICALLY_SATISFIED = 3
    DISSATISFIED = 2
    VERY_DISSATISFIED = 1


@dataclass(frozen=True)
class FaultLine:
    """One material that is wrong, and what the applicant must do, in the clerk's words."""

    material_id: int
    text: str


@dataclass(frozen=True)
class PermitAnswer:
    """What the provincial licence system answers: a permit number and its file."""

    number: str
    issuer: str
    issued_on: date
    file: bytes
    file_name: str


@dataclass(frozen=True)
class JourneyEntry:
    """One line of a tracking page: what happened, who holds it, since when, due when."""

    title: str
    detail: str
    at: datetime | None
    tone: str


@dataclass(frozen=True)
class ImportFault:
    """Why a row of an import was refused: its sheet, row and column, and the reason in words."""

    row: int
    column: str
    reason: str
    sheet: str = ""


@dataclass(frozen=True)
class ImportRow:
    """One item as an import gives it: only what it says, by the fields' names; `limit` is days and unit."""

    row: int
    code: str
    content: dict[str, object]
    limit: tuple[int, str] | None = None
