"""What happened in the service hall, told to other modules by ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ApplicationSubmitted:
    """An enterprise submitted an application, for the first time or after correction."""

    application_id: int
    sequence: int


@dataclass(frozen=True)
class ApplicationAccepted:
    """The window accepted the application; the decision clocks run."""

    application_id: int


@dataclass(frozen=True)
class ResultSealed:
    """The result is sealed and may be collected."""

    application_id: int
    decision_id: int


@dataclass(frozen=True)
class ServiceRated:
    """The applicant rated the service."""

    application_id: int
    level: int
