"""What is put into the search and what comes out, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Word = Any
"""A text for people: a string, or a lazily translated one."""


@dataclass(frozen=True, slots=True)
class SearchKind:
    """A kind of thing that can be found: what several of them are called."""

    code: str
    label: Word
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing to be found. `keywords` are found but never shown; a heavier thing stands further up.

    Only what `is_public` is shown to visitors.
    """

    kind: str
    object_id: int
    title: str
    url: str
    title_en: str = ""
    body: str = ""
    body_en: str = ""
    keywords: str = ""
    is_public: bool = False
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: title and excerpt are safe HTML with the words found marked."""

    kind: str
    object_id: int
    title: str
    url: str
    marked_title: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query.

    `count` goes up to `counted_to`, beyond that there are more. `is_ranked` is False when there were too many
    to rank and the newest stand first; `is_relaxed` when nothing held all words, and some are enough.
    `meant` are the official words that everyday words of the query stood for.
    """

    hits: Sequence[Hit]
    count: int
    counted_to: int
    is_ranked: bool = True
    is_relaxed: bool = False
    meant: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def more(self) -> bool:
        """Whether there are more than were counted."""
        return self.count >= self.counted_to
