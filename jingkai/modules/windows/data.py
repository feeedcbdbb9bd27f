"""Plain data of the windows: states, slots, opening hours, figures. Standard library only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any


class WindowKind(StrEnum):
    """What a window is for."""

    SPECIALIST = "specialist"
    GENERAL = "general"
    COUNTY = "county"


class TicketState(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    DONE = "done"
    MISSED = "missed"
    LEFT = "left"


AT_WINDOW = (TicketState.CALLED, TicketState.SERVING)
"""States in which a ticket occupies a window."""


class Priority(StrEnum):
    """Why somebody is called before others (军人优待, 敬老, 助残); empty for nobody."""

    NONE = ""
    ELDERLY = "elderly"
    DISABLED = "disabled"
    SERVICE = "service"
    PREGNANT = "pregnant"
    APPOINTMENT = "appointment"


class Outcome(StrEnum):
    """How a visit to a window ended."""

    HANDLED = "handled"
    CONSULTED = "consulted"
    MISSING = "missing"


class AppointmentState(StrEnum):
    """Where an appointment stands."""

    BOOKED = "booked"
    CAME = "came"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Half(StrEnum):
    """A half of a working day, the unit of the rota."""

    MORNING = "am"
    AFTERNOON = "pm"


class SwapState(StrEnum):
    """Where a wish to swap shifts stands."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"


HOURS, QUEUE, BOOKING = "windows.hours", "windows.queue", "windows.appointments"
"""The kinds of rules that the windows read."""

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    HOURS: {
        "morning_opens": "09:00",
        "morning_closes": "12:00",
        "afternoon_opens": "13:30",
        "afternoon_closes": "17:00",
        "closed_days": [],
    },
    QUEUE: {"calls": 3, "minutes": 12, "daily_limit": 200},
    BOOKING: {
        "slot_minutes": 30,
        "capacity": 2,
        "days_ahead": 10,
        "open_per_person": 2,
        "early_minutes": 15,
        "late_minutes": 15,
        "no_shows": 3,
        "no_show_days": 90,
        "block_days": 30,
    },
}
"""What applies until the hall's manager writes a rule of his own."""


@dataclass(frozen=True, slots=True)
class Block:
    """An uninterrupted time of service on a day."""

    opens: time
    closes: time

    def holds(self, starts: time, ends: time) -> bool:
        """True where a stretch of time lies wholly inside."""
        return self.opens <= starts and ends <= self.closes


@dataclass(frozen=True, slots=True)
class Slot:
    """One bookable stretch of a day with what it can take and what is taken."""

    on: date
    starts: time
    ends: time
    capacity: int
    booked: int

    @property
    def free(self) -> int:
        """How many more may book it."""
        return max(0, self.capacity - self.booked)


@dataclass(frozen=True, slots=True)
class Wait:
    """How long somebody will wait: how many stand before, at how many open windows, how many minutes."""

    ahead: int
    windows: int
    minutes: int


@dataclass(frozen=True, slots=True)
class MissingLine:
    """One material that a visitor must still bring, and what exactly."""

    name: str
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDraft:
    """What a visitor says when taking a ticket; only the line is needed."""

    topic: str = ""
    phone: str = ""
    uscc: str = ""
    priority: Priority = Priority.NONE
    language: str = "zh-hans"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingDraft:
    """What somebody says when making an appointment."""

    name: str
    on: date
    starts: time
    topic: str = ""
    uscc: str = ""
    language: str = "zh-hans"


@dataclass(frozen=True, slots=True)
class Gap:
    """A half day on which a window has nobody; `absent` names who was planned but is away."""

    on: date
    half: Half
    window_id: int
    absent: str = ""


@dataclass(frozen=True, slots=True)
class RowError:
    """One wrong line of an imported sheet."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened in a stretch of time."""

    taken: int = 0
    served: int = 0
    missed: int = 0
    left: int = 0
    waiting: int = 0
    mean_wait: float = 0.0
    mean_service: float = 0.0
    longest_wait: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfHall:
    """What happened in the hall on some days, counted in every way."""

    total: Figures
    days: Sequence[tuple[Any, Figures]]
    by_line: Sequence[tuple[Any, Figures]]
    by_window: Sequence[tuple[Any, Figures]]
    by_clerk: Sequence[tuple[Any, Figures]]


@dataclass(frozen=True, slots=True)
class HallNow:
    """The hall at this moment."""

    figures: Figures
    longest_now: int
    by_window: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    by_hour: Sequence[tuple[int, int, int]] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class DeskLink:
    """A page that another module offers at the clerk's desk; `label` is a lazily translated text."""

    label: Any
    url_name: str
    icon: str
    permission: str


@dataclass(frozen=True, slots=True)
class VisitOffer:
    """What another module offers a visitor on the page of a number that was served.

    `url` takes the key of the visit (`Visit.key`) and gives an address, empty where there is nothing.
    """

    label: Any
    url: Callable[[str], str]


def parse_time(text: str) -> time:
    """Read `09:30`; raises `ValueError`."""
    hour, _, minute = text.strip().replace("：", ":").partition(":")
    return time(int(hour), int(minute or 0))


def monday_of(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def cut_into_slots(block: Block, minutes: int) -> list[tuple[time, time]]:
    """Cut a block of service into equal stretches; a rest too short for one is left out."""
    step, anchor = timedelta(minutes=minutes), date(2000, 1, 1)
    at, end = datetime.combine(anchor, block.opens), datetime.combine(anchor, block.closes)
    found = []
    while at + step <= end:
        found.append((at.time(), (at + step).time()))
        at += step
    return found
