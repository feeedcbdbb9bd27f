"""What has happened to clocks; ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClockStarted:
    """Clocks were started together."""

    clock_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ClockSuspended:
    """A clock stands still for a reason of the closed list."""

    clock_id: int


@dataclass(frozen=True, slots=True)
class ClockResumed:
    """A clock runs again; its due date has moved by the excluded days."""

    clock_id: int


@dataclass(frozen=True, slots=True)
class ClockExtended:
    """A clock was extended by whoever the law names."""

    clock_id: int


@dataclass(frozen=True, slots=True)
class ClockStopped:
    """A clock has ended with an outcome."""

    clock_id: int


@dataclass(frozen=True, slots=True)
class ClockProjected:
    """The due dates of these clocks moved although nobody touched them: by the calendar or a part's hold."""

    clock_ids: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ClockDueSoon:
    """The light of a running clock has turned yellow."""

    clock_id: int


@dataclass(frozen=True, slots=True)
class ClockOverdue:
    """The light of a running clock has turned red."""

    clock_id: int


@dataclass(frozen=True, slots=True)
class ClockStepTaken:
    """Holder, head or supervisor was warned of a clock, or a card fell due; `step` is one of `data.Step`."""

    clock_id: int
    step: str


@dataclass(frozen=True, slots=True)
class ClockLapsed:
    """A limit ended unanswered and its module did what the law makes of it."""

    clock_id: int


@dataclass(frozen=True, slots=True)
class CardIssued:
    """The system issued a yellow or red card."""

    card_id: int


@dataclass(frozen=True, slots=True)
class CardAppealed:
    """Whoever received a card appealed it."""

    card_id: int


@dataclass(frozen=True, slots=True)
class CardDecided:
    """A supervisor decided an appeal."""

    card_id: int
