"""What the trail is told and what it tells, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from jingkai.kernel.permissions.data import Actor

Stream = tuple[str, int]
"""The thing that a chain tells about: its kind (`cases.case`) and its number."""

DONE = "done"
REFUSED = "refused"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Origin:
    """From where an action came: address, the request's id, and the browser's fingerprint (a salted hash)."""

    ip: str = ""
    request_id: str = ""
    agent: str = ""


NOWHERE = Origin()
"""The origin of jobs: no request."""

MACHINE = "machine:"
"""With this begins the place of the browser's mark where somebody acted on the command line."""


def machine_origin(*, behind: str = "") -> Origin:
    """The origin of a command: the machine's user who runs it and, `behind` sudo, who that is."""
    import os
    import pwd

    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        user = str(os.getuid())
    names = dict.fromkeys([user, behind])
    return Origin(agent=f"{MACHINE}{'/'.join(filter(None, names))}"[:64])


origin: ContextVar[Origin] = ContextVar("jingkai_origin", default=NOWHERE)
"""The origin of what runs now; set by the middleware for a request and for a command, empty in jobs."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry before it has its place in the chain.

    `facts` holds ids and facts only; personal data goes in as `mark(value)`.
    """

    stream: Stream
    action: str
    by: Actor
    at: datetime
    for_: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    result: str = DONE


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of a stream when a checkpoint signed it, and the first that was new then.

    An empty hash says that the entry was announced but already gone when the checkpoint came.
    """

    kind: str
    id: int
    first: int
    last: int
    hash: str
    entry_id: int | None
    action: str
    at: str

    @property
    def stream(self) -> Stream:
        """The stream whose head this is."""
        return self.kind, self.id


FaultKind = Literal[
    "edited",
    "deleted",
    "reordered",
    "inserted",
    "rewritten",
    "cut_off",
    "stream_removed",
    "checkpoint_missing",
    "checkpoint_altered",
    "signature_invalid",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the trail, and the entry (or checkpoint) that it is wrong with."""

    kind: FaultKind
    detail: str
    stream: Stream | None = None
    sequence: int | None = None
    entry_id: int | None = None
    action: str = ""
    at: str = ""
    checkpoint: int | None = None

    def line(self) -> str:
        """Say it in one line for a terminal or a report."""
        if self.stream is None:
            return f"checkpoint {self.checkpoint}: {self.kind}: {self.detail}"
        known = [f"id {self.entry_id}"] if self.entry_id is not None else []
        known += [part for part in (self.action, self.at) if part]
        inside = f" ({', '.join(known)})" if known else ""
        return f"{self.stream[0]}:{self.stream[1]} #{self.sequence}{inside}: {self.kind}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification looked at and found; `faults` holds the first ones, `fault_count` counts all."""

    entries: int
    streams: int
    checkpoints: int
    after_checkpoint: int
    fault_count: int
    faults: tuple[Fault, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing was found."""
        return self.fault_count == 0


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries to list; what is empty does not narrow. `until` itself is not included."""

    stream: Stream | None = None
    kind: str = ""
    action: str = ""
    actor_id: int | None = None
    result: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list of entries: the moment and number of the entry that stands there."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One entry as people read it: names and words instead of numbers and codes."""

    id: int
    at: datetime
    who: str
    for_whom: str
    what: str
    subject: str
    result: str
    entry: Any
