"""Case variables: declared, typed, small."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.casework.flow.data import Flow, VariableType
from jingkai.kernel.hooks.data import PersonFacingError

LONGEST_TEXT = 500
MOST_BYTES = 16_000

_TYPES: dict[VariableType, type | tuple[type, ...]] = {
    VariableType.TEXT: str,
    VariableType.NUMBER: (int, float, Decimal),
    VariableType.BOOLEAN: bool,
    VariableType.DATE: (date, str),
    VariableType.LIST: (list, tuple),
}


class BadVariable(PersonFacingError):
    """A value does not fit the flow's declaration."""

    status = 422
    sentence = _("The flow can't take the value of “%(name)s”: %(reason)s.")
    advice = _("Ask the system administrator to declare it in the flow (jk:variables) with the right type.")


def check_values(flow: Flow, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as they are stored, or raise `BadVariable` for the first that is not declared so."""
    stored = {name: _checked(flow, name, value) for name, value in values.items()}
    if len(json.dumps(stored)) > MOST_BYTES:
        raise BadVariable(name=next(iter(stored)), reason=_("all values together are too long"))
    return stored


def fitting_values(flow: Flow, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return those of the values that the flow can take, and the names of the others."""
    fitting: dict[str, Any] = {}
    left_out = []
    for name, value in values.items():
        try:
            fitting |= check_values(flow, {name: value})
        except BadVariable:
            left_out.append(name)
    return fitting, left_out


def _checked(flow: Flow, name: str, value: Any) -> Any:
    kind = flow.variables.get(name)
    if kind is None:
        raise BadVariable(name=name, reason=_("it is not declared"))
    if value is None:
        return None
    if not isinstance(value, _TYPES[kind]) or (kind is VariableType.NUMBER and isinstance(value, bool)):
        raise BadVariable(name=name, reason=_("it is declared with another type"))
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise BadVariable(name=name, reason=_("it is too long"))
    if isinstance(value, list | tuple):
        return _checked_list(name, value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def _checked_list(name: str, value: list[Any] | tuple[Any, ...]) -> list[Any]:
    """A list holds plain values, so that it can be stored and compared."""
    if any(not isinstance(item, str | int | float | bool) or len(str(item)) > LONGEST_TEXT for item in value):
        raise BadVariable(name=name, reason=_("it is declared with another type"))
    return list(value)
