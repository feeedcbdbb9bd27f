"""Limits, ledger facts and what is computed from them, as plain values. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

CLOSES_AT = "17:30"
"""When a working day ends where the zone has not said otherwise."""


class Unit(StrEnum):
    """How a limit counts: 行政许可法 82 counts working days, other laws natural ones.

    Half working days and office hours are for promises that are shorter than a day.
    """

    WORKING = "working"
    NATURAL = "natural"
    HALF_DAYS = "half_days"
    HOURS = "hours"


FINE = frozenset({Unit.HALF_DAYS, Unit.HOURS})
"""Units shorter than a day: they count from the moment of the start event."""


class State(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    STOPPED = "stopped"


class EntryKind(StrEnum):
    """What a line of the ledger says."""

    START = "start"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    STOP = "stop"
    REPROJECT = "reproject"


class Approver(StrEnum):
    """Who may extend a limit (行政许可法 42): the head of the organ, or of the people's government."""

    ORGAN_HEAD = "organ_head"
    GOVERNMENT_HEAD = "government_head"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A reason whose time does not count, its names, its article, and its own cap in the limit's unit."""

    reason: str
    name: str = ""
    name_en: str = ""
    article: str = ""
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class LightRule:
    """When a light turns yellow: at the earlier of a share of the limit left and so many days left."""

    percent: int = 20
    days: int = 1


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When the zone works on a working day; `LimitValue.closes_at` ends it."""

    opens: str = "09:00"
    noon_from: str = "12:00"
    noon_to: str = "13:30"


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """Who is told how many days before a limit ends, and when the system issues a card after it.

    The first three count days left, the cards count days past due, all in working days where the limit does;
    None leaves a step out. An appeal is heard within `appeal_days` working days of the card.
    """

    holder: int | None = 3
    head: int | None = 1
    supervisor: int | None = 0
    yellow_card: int | None = 1
    red_card: int | None = 3
    appeal_days: int = 5


class Step(StrEnum):
    """What happens by itself around the end of a limit, in this order."""

    HOLDER = "holder"
    HEAD = "head"
    SUPERVISOR = "supervisor"
    YELLOW_CARD = "yellow_card"
    RED_CARD = "red_card"


STEPS = tuple(Step)
CARDS = (Step.YELLOW_CARD, Step.RED_CARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitValue:
    """A limit as a clock pins it when it starts: number, unit, start event, article, and everything it
    permits.

    `rule_id` is the version of the rule it came from. `promised` is the shorter limit that the zone has
    promised. `roll` moves a last natural day that is off to the next working day (民法典 203). `closes_at`
    is the hour at which a working day ends.
    """

    amount: int
    unit: Unit = Unit.WORKING
    key: str = ""
    rule_id: int | None = None
    name: str = ""
    name_en: str = ""
    source: str = ""
    article: str = ""
    start_event: str = ""
    promised: int | None = None
    extend_max: int = 0
    extend_by: str = ""
    extend_times: int = 1
    law: str = "licence"
    exclusions: tuple[Exclusion, ...] = ()
    roll: bool = True
    light: LightRule = field(default=LightRule())
    closes_at: str = CLOSES_AT
    hours: OfficeHours = field(default=OfficeHours())
    escalation: EscalationRule = field(default=EscalationRule())

    def __post_init__(self) -> None:
        if self.amount < 0 or self.extend_max < 0:
            raise ValueError("a limit cannot be negative")
        if self.promised is not None and not 0 <= self.promised <= self.amount:
            raise ValueError("a promised limit cannot be longer than the statutory one")

    def exclusion(self, reason: str) -> Exclusion | None:
        """Give the reason as this limit allows it, or None."""
        return next((item for item in self.exclusions if item.reason == reason), None)

    def promising(self, days: int | None) -> LimitValue:
        """Give the same limit with another promise."""
        return replace(self, promised=days)

    def to_json(self) -> dict[str, Any]:
        """Write the limit as the snapshot that a clock keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> LimitValue:
        """Read a limit back from a clock's snapshot."""
        known = dict(value)
        known["unit"] = Unit(known["unit"])
        known["exclusions"] = tuple(Exclusion(**item) for item in known.get("exclusions", ()))
        known["light"] = LightRule(**known.get("light", {}))
        known["hours"] = OfficeHours(**known.get("hours", {}))
        known["escalation"] = EscalationRule(**known.get("escalation", {}))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the ledger as far as it bears on the due date."""

    kind: EntryKind
    on: date
    reason: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of a clock is used on a day, in its own unit; `suspended` is not part of `used`.

    `remaining` is negative when late, and None when it cannot be told because a calendar year is missing.
    """

    used: int
    promised: int | None
    statutory: int
    suspended: int
    remaining: int | None
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStart:
    """What a new clock needs: its limit, its name, day zero, and the overall clock that it is a part of.

    `on` is the day of the start event itself, which does not count: a decision clock gets the day of
    acceptance and runs from the next working day (行政许可法 42, 82).
    """

    limit: LimitValue
    label: str
    label_en: str = ""
    on: date | None = None
    overall_id: int | None = None


@dataclass(frozen=True, slots=True)
class ClockSubject:
    """What a clock runs for, as far as others must be told: the matter, who has it in hand, whom it is for.

    `holders` are persons, `units` the units in whose hands it is, `told` the applicant's persons.
    """

    reference: str
    title: str
    title_en: str
    url: str
    holders: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    told: tuple[int, ...] = ()
    staff_url: str = ""


class DayKind(StrEnum):
    """Why a day of a clock counts or not."""

    ZERO = "zero"
    COUNTED = "counted"
    OFF = "off"
    EXCLUDED = "excluded"
    HELD = "held"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class DayRun:
    """Days in a row that an account of a clock explains alike."""

    first: date
    last: date
    kind: DayKind
    days: int
    reason: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """How one clock would move or has moved with a changed calendar; `needs` is a year that is missing."""

    clock_id: int
    due_before: date
    due_after: date
    needs: int | None = None


@dataclass(frozen=True, slots=True)
class Reprojected:
    """What computing clocks anew has changed: those that moved, and those that lack a calendar year."""

    moved: tuple[int, ...]
    stuck: tuple[int, ...]
    moves: tuple[Move, ...] = ()
