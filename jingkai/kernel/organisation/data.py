"""Words of the organisation: plain data, no database."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

__all__ = ["Administration", "HolderLine", "MemberLine", "StandardRole", "UnitKind", "UnitLine"]


class UnitKind(StrEnum):
    """What a unit is in the zone."""

    COMMITTEE = "committee"
    BUREAU = "bureau"
    CENTRE = "centre"
    DISPATCHED = "dispatched"
    PLATFORM = "platform"
    OUTSIDE = "outside"


class Administration(StrEnum):
    """The three administrators, none of whom holds another's rights (GB/T 22239, level 3)."""

    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class StandardRole:
    """A role every installation begins with; modules add permissions to it through `grant_by_default`."""

    code: str
    name: str
    name_en: str
    administration: Administration | None = None


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One person in one post of a unit on a day."""

    person_id: int
    name: str
    post_id: int
    post_title: str
    post_title_en: str
    unit_id: int
    head: bool
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class HolderLine:
    """One line in the history of who held a post."""

    person_id: int
    name: str
    starts_on: date
    ends_on: date | None
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit in the tree, with the units under it."""

    id: int
    uuid: str
    code: str
    kind: UnitKind
    name: str
    name_en: str
    short_name: str
    parent_id: int | None
    home_unit_id: int | None
    home_unit_name: str
    active: bool
    posts: int = 0
    people: int = 0
    children: tuple["UnitLine", ...] = field(default=())
