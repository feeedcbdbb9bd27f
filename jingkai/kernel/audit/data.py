"""What the trail is told and what it tells, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

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
"""The origin of jobs and commands: no request."""

origin: ContextVar[Origin] = ContextVar("jingkai_origin", default=NOWHERE)
"""The origin of what runs now; set by the middleware for a request, empty in jobs and commands."""


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
