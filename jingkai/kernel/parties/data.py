"""Words of parties: plain data, no database."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

__all__ = [
    "Contact",
    "KeysetPage",
    "PartyKind",
    "PartyLine",
    "RepresentationLine",
    "RepresentationRole",
    "is_mobile",
    "mask_credit_code",
    "mask_email",
    "mask_identity",
    "mask_name",
    "mask_phone",
    "plain_phone",
]

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)


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
class KeysetPage:
    """One page of a long list, and the places before and after it (empty where there is nothing)."""

    rows: list[Any]
    before: str
    after: str


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


def mask_phone(phone: str) -> str:
    """Show the first three and the last four digits of a phone; a short number shows its last two."""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return "*" * max(len(phone) - 2, 0) + phone[-2:] if phone else ""


def mask_name(name: str) -> str:
    """Show the first character of a person's name."""
    return name[:1] + "*" * (len(name) - 1)


def mask_identity(number: str) -> str:
    """Show the first three and the last four characters of an identity number."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 7 else "*" * len(number)


def mask_email(email: str) -> str:
    """Show the first character of the mailbox, and the domain."""
    box, at, domain = email.partition("@")
    return f"{box[:1]}***{at}{domain}" if at else mask_name(email)


def mask_credit_code(code: str) -> str:
    """Show the authority and category and the last four characters of a credit code."""
    return f"{code[:2]}{'*' * (len(code) - 6)}{code[-4:]}" if len(code) > 6 else "*" * len(code)


def plain_phone(typed: str) -> str:
    """Give a phone number as digits only, however it was typed: spaces, dashes, +86, full-width digits."""
    digits = "".join(character for character in unicodedata.normalize("NFKC", typed) if character.isdigit())
    prefixed = typed.strip().startswith(("+86", "0086", "＋86"))
    return digits.removeprefix("00").removeprefix("86") if prefixed else digits


def is_mobile(phone: str) -> bool:
    """Whether these digits are a mobile number of the mainland, to which a message can be sent."""
    return MOBILE.fullmatch(phone) is not None


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """Where encrypted values lie: a column, or one part of the documents in it, and what binds them to it."""

    table: str
    key: str
    column: str
    context: str
    part: str = ""

    @property
    def name(self) -> str:
        """The place in one word."""
        return ".".join(filter(None, (self.table, self.column, self.part)))


@dataclass(frozen=True, slots=True)
class Anew:
    """How many values were encrypted anew, and how many are left because somebody held their rows."""

    values: int
    left: int


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key of personal data as its operator sees it; never its bytes."""

    name: str
    cipher: str
    current: bool
    made: datetime | None
    left: datetime | None
    values: int
