"""What one form sending is. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TOKEN_FIELD = "_once"  # noqa: S105
"""The hidden field that carries a form's one-time mark."""

HELD_COOKIE = "jingkai_held"
"""The cookie that opens what a person typed before their session ended."""

SECRET_WORDS = ("password", "passwd", "secret", "otp", "csrf", "captcha", "recovery")
"""A field whose name holds one of these is never kept."""


@dataclass(frozen=True, slots=True)
class Token:
    """A form's one-time mark after its signature was checked: its number, and for which user it was drawn."""

    number: str
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Sending:
    """One arrival of a form or an API call: the mark, who sent it, where to, and what (as a digest)."""

    token: str
    user_id: int | None
    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the first arrival led to, given again to every repetition."""

    status: int
    location: str = ""
    body: Any = None


def is_secret(name: str) -> bool:
    """Tell whether a field may hold something that must not be stored."""
    lowered = name.lower()
    return any(word in lowered for word in SECRET_WORDS)
