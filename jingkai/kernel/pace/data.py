"""How often something may be done from one place, as plain data. Standard library only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

Word = Any
"""A text for people: a string, or a lazily translated one."""

MOST, LONGEST_MINUTES = 100_000, 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What may be done how often: `most` times in `minutes`, by one login, or without one by one address.

    `pages` are names of addresses (`*` stands for anything) that are counted with these `methods`; `when`
    narrows it to requests that cost something. What no address tells is counted by `count_turn`. Going over
    an `alarm` refuses nothing: it is told.
    """

    code: str
    label: Word
    most: int
    minutes: int
    pages: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("POST",)
    when: Callable[[Any], bool] | None = None
    alarm: bool = False

    def counts(self, name: str, method: str) -> bool:
        """Whether a request to an address of this name is one of these."""
        return method in self.methods and any(fnmatchcase(name, page) for page in self.pages)


@dataclass(frozen=True, slots=True)
class Allowance:
    """The numbers in force for one pace."""

    most: int
    minutes: int
