"""Refusals: who tried to open what they have no right to (GB/T 22239: audit of access)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime

from django.db import DatabaseError

from jingkai.kernel.audit.data import REFUSED
from jingkai.kernel.audit.operations.entries import record
from jingkai.kernel.audit.rules import refusal_looks
from jingkai.kernel.permissions.data import Actor

STREAM = "permissions.refusal"
"""One stream per login, so that one person's attempts hold up nobody else's."""

LONGEST_PATH = 200
Write = Callable[[Actor, datetime], None]
logger = logging.getLogger(__name__)
_waiting: ContextVar[list[Write] | None] = ContextVar("jingkai_afterwards", default=None)


def afterwards(write: Write) -> None:
    """Have something written once the request is answered, outside of what a refusal takes back.

    For what is worth an entry because nothing was done: `write(actor, at)`. Outside a request nothing waits.
    """
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append(write)


class Afterwards:
    """What waits for the end of one request: begun by the middleware, written by it."""

    def __init__(self) -> None:
        self._waits: list[Write] = []
        self._token = _waiting.set(self._waits)

    def end(self) -> None:
        """Let nothing more wait here."""
        _waiting.reset(self._token)

    def write(self, by: Actor | None, at: datetime | None) -> None:
        """Write all that waits; a database that is away must not take the answer with it."""
        for write in self._waits if by is not None and at is not None else ():
            try:
                write(by, at)  # type: ignore[arg-type]
            except DatabaseError:
                logger.exception("a refusal could not be written into the trail")


def record_refusal(*, path: str, method: str, by: Actor, at: datetime) -> None:
    """Write down that a logged-in person was refused a page; not its query, which may be personal."""
    facts = {"path": path[:LONGEST_PATH], "method": method[:10]}
    record((STREAM, by.user_id or 0), action="page.refused", by=by, at=at, facts=facts, result=REFUSED)
    for look in refusal_looks.all():
        look(by, at)
