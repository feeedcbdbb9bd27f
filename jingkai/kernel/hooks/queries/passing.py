"""What was made of rows at a moment, kept while it reads the same: lists are opened again and again."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


class Passing(Generic[T]):
    """Values that hold good for a while, each under a key that names all else it depends on.

    When so many are kept, the oldest makes room. Threads share it: at worst two make the same value.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[Hashable, tuple[datetime, datetime, T]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, at: datetime) -> T | None:
        """Give what is kept under a key, if it holds good at a moment."""
        found = self._kept.get(key)
        return found[2] if found and found[0] <= at < found[1] else None

    def keep(self, key: Hashable, value: T, *, since: datetime, until: datetime) -> T:
        """Keep a value that holds good from one moment until just before another, and give it back."""
        with self._lock:  # the oldest cannot be looked for while another thread puts something in
            while len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (since, until, value)
        return value
