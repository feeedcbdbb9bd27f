"""Pieces of pages that show nothing but the values given to them: drawn once for the same values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeData, SafeString
from django.utils.translation import get_language

MOST_KEPT = 2048


Make = Callable[..., Mapping[str, Any]]
"""Makes what a template shows out of the values of a piece, given by their names, and of nothing else."""


def drawn(template: str, values: Mapping[str, Any], make: Make = dict) -> SafeString:
    """Draw a template with these values and nothing else, in the reader's language.

    What was drawn is kept under the values themselves, so it never grows old; values that cannot be a key
    (dictionaries, forms) are drawn each time.
    """
    given = _Values(values)
    try:
        return _drawn(template, get_language(), given, make)
    except TypeError as error:
        if "unhashable" not in str(error):
            raise
        return drawn_anew(template, values, make)


class _Values:
    """The values of a piece; equal when all that could show is equal."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self._key = tuple([(name, _mark(value)) for name, value in values.items()])

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Values) and self._key == other._key


def _mark(value: Any) -> Any:
    """Make a key of a value: a text that is HTML differs from one that only looks like it, 1 from True."""
    kind = type(value)
    if kind is str or value is None:
        return value
    if is_dataclass(kind):
        return (kind, *[_mark(getattr(value, name)) for name in _names(kind)])
    if kind is tuple or kind is list:
        return (kind, *map(_mark, value))
    return (kind, str(value)) if isinstance(value, SafeData) else (kind, value)


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


@lru_cache(maxsize=MOST_KEPT)
def _drawn(template: str, _language: str | None, given: _Values, make: Make) -> SafeString:
    return drawn_anew(template, given.values, make)


def drawn_anew(template: str, values: Mapping[str, Any], make: Make = dict) -> SafeString:
    """Draw the same without keeping it, as for what a person typed."""
    return SafeString(get_template(template).render(dict(make(**values))))  # nosec B703 - drawn by a template
