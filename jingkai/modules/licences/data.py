"""Words of the licence library: plain data, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["EntryDraft", "EntryFilter", "OnExpiry", "Origin", "Standing", "Use"]


class Origin(StrEnum):
    """How something came into the library."""

    UPLOADED = "uploaded"
    RESULT = "result"
    PROVINCE = "province"


class Standing(StrEnum):
    """What an entry is worth on a day; that it has expired is read from its dates, never stored."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"
    REMOVED = "removed"


class OnExpiry(StrEnum):
    """What happens to a running matter when a licence used in it expires (a rule of the zone)."""

    AS_ACCEPTED = "as_accepted"
    UNTIL_DECIDED = "until_decided"


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """What is written down of a licence or material: its number, issuer and the days of its validity."""

    title: str
    number: str = ""
    issuer: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """What a list of entries is narrowed to; empty means everything."""

    text: str = ""
    type_code: str = ""
    state: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """For what an entry is used: the thing by kind and number, the place in it, and its name in words."""

    owner: tuple[str, int]
    slot: str
    title: str
