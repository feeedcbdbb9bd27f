"""What an examination of the installation found, and what its operator was told. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question of the doctor."""

    name: str
    state: State
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether pages can be served now, and what stands in the way."""

    ready: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the operator was told last about one question: the answer, when, and how often that answer."""

    state: State
    at: datetime
    times: int = 1


@dataclass(frozen=True, slots=True)
class Watch:
    """What the watch over the installation remembers between two looks.

    `problem` is why the last alert could not be sent to everybody; empty where it could.
    """

    looked_at: datetime | None = None
    sent_at: datetime | None = None
    sent: tuple[str, ...] = ()
    problem: str = ""
    told: dict[str, Told] = field(default_factory=dict)
