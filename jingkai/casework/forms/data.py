"""A form as data: its fields, who may write them at which step, its rules, its printed sheet.

Standard library only (conditions are those of flows). Everything is frozen: one reading of a version is
shared by all cases and threads of a process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from jingkai.casework.flow.data import Condition


class FieldKind(StrEnum):
    """What can be asked."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATES = "dates"
    CHOICE = "choice"
    CHOICES = "choices"
    YESNO = "yesno"
    PERSON = "person"
    UNIT = "unit"
    FILES = "files"
    TABLE = "table"
    SUM = "sum"


CELL_KINDS = (FieldKind.TEXT, FieldKind.NUMBER, FieldKind.MONEY, FieldKind.DATE, FieldKind.CHOICE)
"""What may stand in a column of a table."""

NUMERIC = (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.SUM)
WIDE = (FieldKind.LONG, FieldKind.FILES, FieldKind.TABLE, FieldKind.CHOICES)
"""What takes a full line on the screen and on the printed sheet."""


class Right(StrEnum):
    """What a step may do with a field."""

    WRITE = "write"
    READ = "read"
    HIDDEN = "hidden"


Value: TypeAlias = (
    str
    | Decimal
    | date
    | tuple[date, date]
    | tuple[str, ...]
    | bool
    | int
    | tuple[Mapping[str, Any], ...]
    | None
)
"""One answer: text, number, date, first and last day, chosen values, yes or no, party, rows of a table."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value that can be chosen."""

    value: str
    label: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that the answers must meet, and what is said when they do not."""

    condition: Condition
    message: str
    message_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that a form asks.

    `visible` hides the field while its condition does not hold; what is hidden is not asked and not kept.
    `rights` names the steps that differ from the form's own rights. `columns` are a table's, `of` what a
    sum adds up: numbers of this form, or `table.column`. `default` is what stands there at first: a value, or
    `today`, `me`, `head` (who heads my unit), `mine` (my unit).
    """

    name: str
    kind: FieldKind
    label: str
    label_en: str
    help: str = ""
    help_en: str = ""
    required: bool = False
    minimum: Decimal | date | None = None
    maximum: Decimal | date | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str = ""
    default: str = ""
    options: tuple[Option, ...] = ()
    visible: Condition | None = None
    rules: tuple[Rule, ...] = ()
    columns: tuple[Field, ...] = ()
    of: tuple[str, ...] = ()
    rights: Mapping[str, Right] = field(default_factory=dict)

    @property
    def is_wide(self) -> bool:
        """Whether the field takes a full line."""
        return self.kind in WIDE

    def option(self, value: str) -> Option | None:
        """Give the option behind a chosen value."""
        return next((one for one in self.options if one.value == value), None)


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """The printed sheet: its title, lines of one to three fields, and the steps whose opinions it shows.

    Without lines the fields follow each other; without steps every opinion is shown.
    """

    title: str = ""
    title_en: str = ""
    lines: tuple[tuple[str, ...], ...] = ()
    opinions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form of a flow. `rights` says what each step may do with fields that do not say it themselves."""

    name: str
    name_en: str
    fields: tuple[Field, ...]
    rights: Mapping[str, Right] = field(default_factory=dict)
    subject: str = ""
    subject_en: str = ""
    sheet: SheetLayout = SheetLayout()

    def field(self, name: str) -> Field | None:
        """Give a field by its name."""
        return next((one for one in self.fields if one.name == name), None)

    def right(self, one: Field, node: str) -> Right:
        """Say what a step may do with a field; a step that nobody named reads."""
        return one.rights.get(node) or self.rights.get(node) or Right.READ

    def written_at(self, node: str) -> tuple[Field, ...]:
        """Give the fields that a step writes; a sum is never written."""
        return tuple(
            one
            for one in self.fields
            if one.kind is not FieldKind.SUM and self.right(one, node) is Right.WRITE
        )

    def shown_at(self, node: str) -> tuple[Field, ...]:
        """Give the fields that a step reads or writes."""
        return tuple(one for one in self.fields if self.right(one, node) is not Right.HIDDEN)


@dataclass(frozen=True, slots=True)
class FormFault:
    """One thing that keeps a form from being published: the field (or `-`), and a sentence for people."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with what was filled in: the field (or empty), and a sentence."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class FormRef:
    """The form that a step of a published flow names: `form:leave.request@3`."""

    key: str
    version: int


FORM = "form"
"""The prefix by which `jk:form` names a form of this app."""

TITLE_LENGTH = 120
MOST_FIELDS = 200
MOST_ROWS = 200
"""Rows that one table takes."""
