"""Typed answers: what they are in conditions and as flow variables, sums, and whether they fit the form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from jingkai.casework.flow.data import Flow, VariableType
from jingkai.casework.forms.data import NUMERIC, Field, FieldKind, Form, Problem, Value
from jingkai.casework.forms.rules.patterns import fits
from jingkai.casework.forms.rules.reading import LONGEST_LONG, LONGEST_TEXT
from jingkai.kernel.hooks.api import local

Answers = Mapping[str, Value]

PARTY, UNIT = "party:", "unit:"
LARGEST = Decimal("1e15")


def is_empty(value: Value) -> bool:
    """Say whether nothing was answered; "no" and zero are answers."""
    return value is None or value == "" or value == ()


def with_sums(form: Form, answers: Answers) -> dict[str, Value]:
    """Give the answers with every sum computed anew; what somebody sent as a sum is not looked at."""
    found: dict[str, Value] = dict(answers)
    for total in form.fields:
        if total.kind is FieldKind.SUM:
            found[total.name] = sum((part for name in total.of for part in _parts(found, name)), Decimal())
    return found


def _parts(answers: Answers, name: str) -> list[Decimal]:
    table, _dot, column = name.partition(".")
    value = answers.get(table)
    if not column:
        return [value] if isinstance(value, Decimal) else []
    rows = value if isinstance(value, tuple) else ()
    return [row[column] for row in rows if isinstance(row, Mapping) and isinstance(row.get(column), Decimal)]


def in_conditions(answers: Answers) -> dict[str, Any]:
    """Give the answers as conditions read them: numbers, ISO dates, texts; parties as `party:7`."""
    return {name: _plain(value) for name, value in answers.items() if not isinstance(value, tuple)}


def _plain(value: Value) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def visible_fields(form: Form, answers: Answers) -> tuple[Field, ...]:
    """Give the fields that are asked with these answers; a field that hangs on a hidden one is hidden too."""
    known, shown = dict(answers), list(form.fields)
    for _round in range(len(form.fields)):
        hidden = [one for one in shown if one.visible and not one.visible.holds(in_conditions(known))]
        if not hidden:
            break
        for one in hidden:
            shown.remove(one)
            known[one.name] = None
    return tuple(shown)


def find_problems(
    form: Form, node: str, answers: Answers, *, files: Mapping[str, int] | None = None
) -> list[Problem]:
    """Say what is wrong with the answers of a step; `files` are the numbers of files given by field."""
    known = with_sums(form, answers)
    visible, plain = visible_fields(form, known), in_conditions(known)
    problems = []
    for one in form.written_at(node):
        if one in visible:
            problems += [Problem(one.name, text) for text in _field_problems(one, known, files or {})]
    written = {one.name for one in form.written_at(node)}
    for one in visible:
        for rule in one.rules:
            touched = one.name in written or rule.condition.names & written
            if touched and _answered(rule.condition.names, known) and not rule.condition.holds(plain):
                problems.append(Problem(one.name, local(rule, "message")))
    return problems


def _answered(names: Iterable[str], answers: Answers) -> bool:
    return all(not is_empty(answers.get(name)) for name in names)


def _field_problems(one: Field, answers: Answers, files: Mapping[str, int]) -> list[str]:
    if one.kind is FieldKind.FILES:
        return [_("Attach at least one file.")] if one.required and not files.get(one.name) else []
    value = answers.get(one.name)
    if is_empty(value):
        return [_("Fill this in.")] if one.required else []
    if one.kind is FieldKind.TABLE and isinstance(value, tuple):
        return _row_problems(one, value)
    return value_problems(one, value)


def _row_problems(table: Field, rows: tuple[Any, ...]) -> list[str]:
    found = []
    for number, row in enumerate(rows, 1):
        for column in table.columns:
            value = row.get(column.name)
            texts = value_problems(column, value) if not is_empty(value) else []
            if is_empty(value) and column.required:
                texts = [_("Fill this in.")]
            words = _("Line %(n)d, %(column)s: %(text)s")
            found += [words % {"n": number, "column": local(column, "label"), "text": text} for text in texts]
    return found


def value_problems(one: Field, value: Value) -> list[str]:
    """Say what is wrong with one answer that is there."""
    if isinstance(value, str):
        return _text_problems(one, value)
    if isinstance(value, Decimal):
        return _bound_problems(one, value, value) or (
            [_("The number is too large.")] if abs(value) > LARGEST else []
        )
    if isinstance(value, date):
        return _bound_problems(one, value, value)
    if one.kind is FieldKind.DATES and isinstance(value, tuple):
        first, last = value
        if first > last:  # type: ignore[operator]
            return [_("The last day lies before the first.")]
        return _bound_problems(one, first, last)
    if one.kind is FieldKind.CHOICES and isinstance(value, tuple):
        return [_("Choose from the list.")] if any(one.option(str(item)) is None for item in value) else []
    return []


def _text_problems(one: Field, text: str) -> list[str]:
    if one.kind is FieldKind.CHOICE:
        return [] if one.option(text) else [_("Choose from the list.")]
    longest = min(one.longest or LONGEST_LONG, LONGEST_LONG if one.kind is FieldKind.LONG else LONGEST_TEXT)
    if len(text) > longest:
        return [_("At most %(limit)d characters.") % {"limit": longest}]
    if one.shortest and len(text) < one.shortest:
        return [_("At least %(limit)d characters.") % {"limit": one.shortest}]
    if one.pattern and not fits(one.pattern, text):
        wrong = _("This does not have the expected form.")
        return [f"{wrong} {local(one, 'help')}".strip()]
    return []


def _bound_problems(one: Field, low: Any, high: Any) -> list[str]:
    if one.minimum is not None and low < one.minimum:
        return [_("Not less than %(limit)s.") % {"limit": one.minimum}]
    if one.maximum is not None and high > one.maximum:
        return [_("Not more than %(limit)s.") % {"limit": one.maximum}]
    return []


def as_variables(form: Form, flow: Flow, answers: Answers, *, units: Mapping[int, str]) -> dict[str, Any]:
    """Give the answers that the flow declares as variables of the same name, as it stores them.

    People become `party:7` and units `unit:code`, so that a later step can be given to them.
    """
    found: dict[str, Any] = {}
    for one in form.fields:
        if (
            one.name in flow.variables
            and one.name in answers
            and variable_type(one) is flow.variables[one.name]
        ):
            found[one.name] = _variable(one, answers[one.name], units)
    return found


def _variable(one: Field, value: Value, units: Mapping[int, str]) -> Any:
    if value is None:
        return None
    if one.kind is FieldKind.PERSON:
        return f"{PARTY}{value}"
    if one.kind is FieldKind.UNIT:
        return f"{UNIT}{units.get(int(value), '')}"  # type: ignore[arg-type]
    return _plain(value)


def variable_type(one: Field) -> VariableType | None:
    """Give the type of variable that can hold a field's answer, if any can."""
    if one.kind in NUMERIC:
        return VariableType.NUMBER
    if one.kind is FieldKind.YESNO:
        return VariableType.BOOLEAN
    if one.kind is FieldKind.DATE:
        return VariableType.DATE
    if one.kind in (FieldKind.TEXT, FieldKind.CHOICE, FieldKind.PERSON, FieldKind.UNIT):
        return VariableType.TEXT
    return None
