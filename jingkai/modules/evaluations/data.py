"""Plain data of evaluations: a visit to be rated, what was said, what the public may see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WORST_GOOD = 3
"""The lowest level that is not bad (GB/T 39735: dissatisfied and very dissatisfied are bad)."""


class Channel(StrEnum):
    """How somebody rated: logged in, by the link in a message, or at the window."""

    ONLINE = "online"
    LINK = "link"
    ONSITE = "onsite"


class Dimension(StrEnum):
    """By what figures are put together."""

    UNIT = "unit"
    ITEM = "item"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit to a window that may be rated: its ticket, what it was for, who served.

    `ticket` names the visit for ever (day and number). `phone_of` is the visitor's person, where known.
    """

    ticket: str
    service: str
    unit_id: int
    service_en: str = ""
    person_id: int | None = None
    phone_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a rater says: one of five levels, standard reasons, own words, and whether without a name.

    `item` names the item of a package that it is about, by its branch.
    """

    level: int
    reasons: tuple[str, ...] = ()
    comment: str = ""
    anonymous: bool = False
    item: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One standard reason and the levels for which it is offered."""

    code: str
    name: str
    name_en: str
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The zone's terms of 好差评, from an effective-dated rule."""

    rule_id: int | None = None
    rectification_days: int = 10
    link_days: int = 30
    appeal_days: int = 5
    visitors: str = "unit:approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of ratings of one unit, item or month, and the shares that follow from them."""

    key: str
    name: str
    name_en: str
    count: int
    satisfied: int
    bad: int
    rectified: int
    due: int
    visited: int

    @property
    def satisfaction(self) -> float | None:
        """Per cent of the counted ratings that are not bad."""
        return share(self.satisfied, self.count)

    @property
    def bad_rate(self) -> float | None:
        """Per cent of the counted ratings that are bad."""
        return share(self.bad, self.count)

    @property
    def rectified_rate(self) -> float | None:
        """Per cent of the bad ratings whose rectification is done."""
        return share(self.rectified, self.due)

    @property
    def visit_rate(self) -> float | None:
        """Per cent of the bad ratings after which somebody asked again."""
        return share(self.visited, self.due)


def share(part: int, whole: int) -> float | None:
    """Per cent with one digit, or None where there is nothing to share."""
    return round(part * 100 / whole, 1) if whole else None
