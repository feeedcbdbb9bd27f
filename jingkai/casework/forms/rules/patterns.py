"""Patterns that an administrator may write: regular expressions that can't run away.

Python's matcher backtracks, so an unlucky pattern over a long answer would take for ever. Repeats inside
repeats, references and look-arounds are refused, and at most three open-ended repeats are allowed.
"""

from __future__ import annotations

import re
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST_REPEATS = 3
LONGEST = 200
_REPEATS = {constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT}
_NEVER = {constants.GROUPREF, constants.GROUPREF_EXISTS, constants.ASSERT, constants.ASSERT_NOT}


def is_tame(pattern: str) -> bool:
    """Say whether a pattern can be read and takes a bounded time on any answer."""
    if len(pattern) > LONGEST:
        return False
    try:
        parsed = parser.parse(pattern)
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    counted = [0]
    return _tame(parsed, counted, repeated=False) and counted[0] <= MOST_REPEATS


def fits(pattern: str, text: str) -> bool:
    """Say whether a whole text fits a pattern."""
    return re.fullmatch(pattern, text) is not None


def _tame(parsed: Any, counted: list[int], *, repeated: bool) -> bool:
    for kind, argument in parsed:
        if kind in _NEVER:
            return False
        if kind in _REPEATS:
            _least, most, inner = argument
            if most is constants.MAXREPEAT or most > 100:
                counted[0] += 1
            if repeated or not _tame(inner, counted, repeated=True):
                return False
        elif not all(_tame(inner, counted, repeated=repeated) for inner in _inner(kind, argument)):
            return False
    return True


def _inner(kind: Any, argument: Any) -> list[Any]:
    if kind is constants.SUBPATTERN:
        return [argument[-1]]
    if kind is constants.BRANCH:
        return list(argument[1])
    return [argument] if kind is constants.ATOMIC_GROUP else []
