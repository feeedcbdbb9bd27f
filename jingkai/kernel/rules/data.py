"""Effective-dated rules as plain values: a kind, its fields, one version, a seed. Standard library only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Word = Any
"""A text for people: a string, or a lazily translated one."""

FieldType = Literal["integer", "decimal", "text", "boolean", "choice", "choices", "numbers", "json"]
"""`choices` picks several options; `numbers` gives some of the options a whole number each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleField:
    """One named part of a rule's value: what it is called, what it may hold."""

    name: str
    label: Word
    type: FieldType = "text"
    required: bool = True
    minimum: int | None = None
    maximum: int | None = None
    options: tuple[tuple[str, Word], ...] = ()
    help: Word = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that may be chosen."""
        return tuple(code for code, _label in self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleKind:
    """A kind of rule, declared by the app that reads it.

    `fields` describe the value and draw its form. `validate` gives a sentence for everything wrong across
    fields. `keys` closes the list: a rule of this kind has one of these keys or does not exist (行政许可法
    45 is such a list). `keeper` is the right of whoever alone changes this kind, for kinds that are not the
    system administrator's; others who manage rules only read it.
    """

    code: str
    name: str
    name_en: str
    fields: tuple[RuleField, ...] = ()
    validate: Callable[[Mapping[str, Any]], Iterable[Word]] | None = None
    example: Mapping[str, Any] | None = None
    keys: tuple[str, ...] = ()
    note: Word = ""
    keeper: str = ""


@dataclass(frozen=True, slots=True)
class RuleValue:
    """One version of a rule as it applies on a day; `id` is what a case pins."""

    id: int
    kind: str
    key: str
    name: str
    name_en: str
    value: Mapping[str, Any]
    source: str
    article: str
    confirmed: bool
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSeed:
    """A rule that comes with the product; `confirmed` False asks the zone to verify it locally."""

    kind: str
    key: str
    name: str
    name_en: str
    value: Mapping[str, Any]
    starts_on: date
    source: str
    article: str = ""
    note: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDraft:
    """What an editor writes down for a new version of a rule."""

    starts_on: date
    value: Mapping[str, Any]
    source: str
    article: str = ""
    note: str = ""
    confirmed: bool = False
