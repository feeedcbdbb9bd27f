"""What happened to a rating, told to other modules by ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EvaluationGiven:
    """Somebody rated a matter or a visit."""

    evaluation_id: int
    level: int


@dataclass(frozen=True)
class RectificationOpened:
    """A bad rating opened a case of rectification."""

    evaluation_id: int
    case_id: int


@dataclass(frozen=True)
class RectificationClosed:
    """The return visit ended the rectification."""

    evaluation_id: int
    case_id: int
    outcome: str


@dataclass(frozen=True)
class EvaluationUncounted:
    """A re-check found that a rating does not count."""

    evaluation_id: int
