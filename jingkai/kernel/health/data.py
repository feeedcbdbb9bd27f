"""What an examination of the installation found, and what its operator was told. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Manifest:
    """The program files of a release as they were accepted: size and SHA-256 by name, and who signed."""

    release: str
    files: Mapping[str, tuple[int, str]]
    digest: str
    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Program files that are not as accepted."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def __len__(self) -> int:
        """How many files differ; none is false."""
        return len(self.changed) + len(self.added) + len(self.missing)

    def without(self, prefix: str) -> Difference:
        """What differs, but for files under a name."""
        parts = (self.changed, self.added, self.missing)
        return Difference(*(tuple(one for one in part if not one.startswith(prefix)) for part in parts))

    def __or__(self, other: Difference) -> Difference:
        """What either of two looks found."""
        pairs = ((self.changed, other.changed), (self.added, other.added), (self.missing, other.missing))
        return Difference(*(tuple(sorted({*one, *two})) for one, two in pairs))


Standing = Literal["sound", "older", "forged", "unknown"]


@dataclass(frozen=True, slots=True)
class ProgramLook:
    """What a look at the program files found: how the manifest stands, and what differs from it."""

    state: Standing
    at: datetime
    whole_at: datetime | None = None
    digest: str = ""
    difference: Difference = Difference()
