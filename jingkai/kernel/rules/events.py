"""What has happened to the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RuleChanged:
    """A version of a rule was added or voided; it concerns days from `starts_on` on."""

    version_id: int
    kind: str
    key: str
    starts_on: date
