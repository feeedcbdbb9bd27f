"""Reading from a streaming replica what may be some seconds old: boards, statistics, long lists.

Only functions that say so (`may_lag`) ever read there, and only outside a transaction: whatever writes reads
the primary. A replica that is away, or further behind than the installation allows, is passed over without
a word to the person; a page that did read there says as of when (`read_as_of`).
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

P = ParamSpec("P")
R = TypeVar("R")

REPLICA = "replica"
LOOK_AGAIN = 1.0
"""Seconds for which a process believes what it found of the replica."""
AFTER_A_FAULT = 5.0
"""Seconds for which a replica that did not answer is left alone."""

_log = logging.getLogger(__name__)
_where: ContextVar[str] = ContextVar("reads from", default=DEFAULT_DB_ALIAS)
_age: ContextVar[Age | None] = ContextVar("age of what was read", default=None)


@dataclass
class Age:
    """As of when the oldest of what was read is; None where all of it is of this moment."""

    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of the replica: it holds all that was written up to `as_of`, `behind` ago by then."""

    as_of: datetime
    behind: timedelta


@dataclass
class _Watch:
    """What this process knows of the replica; one thread looks, the others believe it."""

    looking: threading.Lock = field(default_factory=threading.Lock)
    found: Found | None = None
    looked_at: float = float("-inf")
    again_after: float = LOOK_AGAIN

    def usable(self) -> Found | None:
        """Give what was found where the replica may be read now."""
        if time.monotonic() - self.looked_at > self.again_after and self.looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self.looking.release()
        found, since = self.found, timedelta(seconds=time.monotonic() - self.looked_at)
        return found if found and found.behind + since <= timedelta(seconds=settings.REPLICA_LAG) else None

    def _look(self) -> None:
        try:
            self.found = look()
            self.looked_at, self.again_after = time.monotonic(), LOOK_AGAIN
        except Error as error:
            self.leave_alone(error)

    def leave_alone(self, error: Exception) -> None:
        """Read from the primary for some seconds."""
        _log.warning("the replica is passed over: %s", str(error).strip()[:300])
        self.found, self.looked_at, self.again_after = None, time.monotonic(), AFTER_A_FAULT
        connections[REPLICA].close()


_watch = _Watch()


class Router:
    """Where the ORM asks: the primary, but for what is read within `may_lag`."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        """Read where this block reads."""
        return _where.get()

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        """Nothing is ever written elsewhere."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        """A row read from the replica is a row of the same database."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """Tables come to the replica with the log."""
        return db == DEFAULT_DB_ALIAS


def has_replica() -> bool:
    """Tell whether the installation names a replica."""
    return REPLICA in settings.DATABASES


def reading_connection() -> BaseDatabaseWrapper:
    """Give the connection that statements written by hand read from, here and now."""
    return connections[_where.get()]


def may_lag(read: Callable[P, R]) -> Callable[P, R]:
    """Say of a function that reads and gives data that it may read from the replica.

    Within a transaction it reads the primary, as it does without a replica that is near enough. When the
    replica fails underway, all of it is read once more from the primary: it must not write, and give no
    query set or generator that reads later.
    """

    @functools.wraps(read)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        found = _found()
        if found is None:
            return read(*args, **kwargs)
        try:
            with _reading_there(found):
                return read(*args, **kwargs)
        except Error as error:
            _watch.leave_alone(error)
        return read(*args, **kwargs)

    return run


def _found() -> Found | None:
    if not has_replica() or _where.get() == REPLICA or connection.in_atomic_block:
        return None
    return _watch.usable()


@contextmanager
def _reading_there(found: Found) -> Iterator[None]:
    token = _where.set(REPLICA)
    try:
        yield
    finally:
        _where.reset(token)
    age = _age.get()
    if age is not None:
        age.as_of = min(age.as_of or found.as_of, found.as_of)


@contextmanager
def noting_age() -> Iterator[Age]:
    """Note as of when the oldest is that is read in a block."""
    age = Age()
    token = _age.set(age)
    try:
        yield age
    finally:
        _age.reset(token)


def read_as_of() -> datetime | None:
    """Tell as of when the oldest is that was read so far; None where all of it is of this moment."""
    age = _age.get()
    return age.as_of if age else None


def look() -> Found | None:
    """Compare the replica with the primary; None where it is none. Raises what a silent one raises.

    Whether it has replayed all that the primary has flushed is asked, not how old its last transaction is: in
    a quiet hour nothing is written and yet it is up to date. Otherwise it is as old as that transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn()::text, clock_timestamp()")
        flushed, now = cursor.fetchone()
    with connections[REPLICA].cursor() as cursor:
        cursor.execute(
            "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() >= %s::pg_lsn,"
            " pg_last_xact_replay_timestamp()",
            [flushed],
        )
        follows, whole, last = cursor.fetchone()
    if not follows or not (whole or last):
        return None
    as_of = now if whole else min(last, now)
    return Found(as_of, now - as_of)
