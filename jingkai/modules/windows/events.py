"""What happened at the windows, told to other modules by ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TicketCalled:
    """A number was called to a window; `calls` counts how often."""

    ticket_id: int
    window_id: int
    calls: int


@dataclass(frozen=True)
class TicketServed:
    """A visit to a window ended; `application_id` is 0 where no matter was started.

    One visit is one on-site rating. `phone_known` says whether the visitor can be asked afterwards.
    """

    ticket_id: int
    window_id: int
    clerk_id: int
    outcome: str
    application_id: int
    phone_known: bool


@dataclass(frozen=True)
class TicketMissed:
    """Nobody came, although the number was called as often as the rule says."""

    ticket_id: int


@dataclass(frozen=True)
class AppointmentMade:
    """A slot was booked, for the first time or anew."""

    appointment_id: int


@dataclass(frozen=True)
class AppointmentEnded:
    """An appointment was cancelled or nobody came; `state` says which."""

    appointment_id: int
    state: str


@dataclass(frozen=True)
class RotaPublished:
    """The rota of a week is in force."""

    week_id: int
