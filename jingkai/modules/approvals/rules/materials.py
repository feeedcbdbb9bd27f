"""Which material is needed under which facts (条件: the condition language of flows)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

from jingkai.casework.flow.data.conditions import Condition, ConditionError, parse_condition


class Conditioned(Protocol):
    """What `is_needed` asks of a material."""

    condition: str


def is_needed(material: Conditioned, facts: Mapping[str, Any]) -> bool:
    """Whether a material is needed under these facts; one without a condition always is.

    A condition that cannot be read asks for the material: a fault of the catalogue never lets one slip by.
    """
    text = getattr(material, "condition", "")
    if not text.strip():
        return True
    condition = _parsed(text)
    return condition is None or condition.holds(_values(condition, facts))


def condition_fault(text: str) -> str:
    """What is wrong with a condition, or nothing; for its editor."""
    if not text.strip():
        return ""
    try:
        parse_condition(text)
    except ConditionError as error:
        return f"{error.reason} {error.detail}".strip()
    return ""


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Condition | None:
    try:
        return parse_condition(text)
    except ConditionError:
        return None


def _values(condition: Condition, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as values: a text that looks like a number is one, unless it is compared with texts."""
    values = {}
    for name in condition.names:
        value = facts.get(name)
        keep = not isinstance(value, str) or condition.literals_compared_with(name)
        values[name] = value if keep else _number(str(value))
    return values


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text or None
