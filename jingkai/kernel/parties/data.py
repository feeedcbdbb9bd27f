"""Words of parties: plain data, no database."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["Contact", "PartyKind", "PartyLine", "RepresentationLine", "RepresentationRole"]


class PartyKind(StrEnum):
    """What can hold a grant, apply for something, or act."""

    PERSON = "person"
    POST = "post"
    UNIT = "unit"
    ENTERPRISE = "enterprise"
    ZONE = "zone"
    SYSTEM = "system"


class RepresentationRole(StrEnum):
    """In which capacity a person acts for an enterprise."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    HANDLER = "handler"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One party as a list shows it."""

    id: int
    uuid: str
    kind: PartyKind
    name: str
    name_en: str
    short_name: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person is reached; in the clear, so it never goes into a log or a page unmasked."""

    person_id: int
    name: str
    phone: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class RepresentationLine:
    """One person who acts for a party, as a list shows it; phone masked."""

    uuid: str
    person_id: int
    person_name: str
    role: RepresentationRole
    phone: str
    starts_on: date
    ends_on: date | None
