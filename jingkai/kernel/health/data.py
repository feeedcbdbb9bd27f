"""What an examination of the installation found. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question of the doctor."""

    name: str
    state: Literal["ok", "warn", "fail"]
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether pages can be served now, and what stands in the way."""

    ready: bool
    reason: str = ""
