"""Reads: what was answered, as typed values and in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from jingkai.casework.forms.data import NUMERIC, Field, FieldKind, Form, Value
from jingkai.casework.forms.models import Answer, Sheet
from jingkai.casework.forms.queries.onpage import along_of
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.parties.models import Party

ByName = Mapping[str, Sequence[Answer]]


def answers_of(sheet: Sheet, form: Form) -> dict[str, Value]:
    """Give every answer of a sheet by its field, in one query; what was never answered is missing."""
    along = along_of(sheet)
    return values_of(form, along.rows if along else rows_by_sheet([sheet.pk]).get(sheet.pk, {}))


def rows_by_sheet(sheet_ids: Iterable[int]) -> dict[int, dict[str, list[Answer]]]:
    """Give the stored rows of many sheets by field, in one query."""
    found: dict[int, dict[str, list[Answer]]] = defaultdict(lambda: defaultdict(list))
    for row in Answer.objects.filter(sheet_id__in=list(sheet_ids)).order_by("sheet_id", "name", "row"):
        found[row.sheet_id][row.name].append(row)
    return found


def values_of(form: Form, rows: ByName) -> dict[str, Value]:
    """Turn stored rows into typed values, as the form's version reads them."""
    found: dict[str, Value] = {}
    for one in form.fields:
        if one.kind is FieldKind.TABLE:
            found[one.name] = _table(one, rows)
        elif one.kind is FieldKind.CHOICES and rows.get(one.name):
            found[one.name] = tuple(row.text for row in rows[one.name])
        elif rows.get(one.name):
            found[one.name] = value_of(one, rows[one.name][0])
    return found


def _table(table: Field, rows: ByName) -> tuple[Mapping[str, Any], ...]:
    lines: dict[int, dict[str, Any]] = defaultdict(dict)
    for column in table.columns:
        for row in rows.get(f"{table.name}.{column.name}", ()):
            lines[row.row][column.name] = value_of(column, row)
    return tuple(lines[number] for number in sorted(lines))


def value_of(one: Field, row: Answer) -> Value:
    """Read one stored row as an answer of a field."""
    if one.kind in NUMERIC:
        return _trimmed(row.number, money=one.kind is FieldKind.MONEY)
    if one.kind is FieldKind.DATE:
        return row.day
    if one.kind is FieldKind.DATES:
        return (row.day, row.until) if row.day and row.until else None
    if one.kind is FieldKind.YESNO:
        return row.truth
    if one.kind in (FieldKind.PERSON, FieldKind.UNIT):
        return row.party_id
    return row.text


def _trimmed(number: Decimal | None, *, money: bool) -> Decimal | None:
    if number is None:
        return None
    if money:
        return number.quantize(Decimal("0.01"))
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


def parties_in(forms_and_answers: Iterable[tuple[Form, Mapping[str, Value]]]) -> dict[int, Party]:
    """Give the people and units that answers name, in one query."""
    ids = {
        int(answers[one.name])  # type: ignore[arg-type]
        for form, answers in forms_and_answers
        for one in form.fields
        if one.kind in (FieldKind.PERSON, FieldKind.UNIT) and answers.get(one.name)
    }
    return {party.pk: party for party in Party.objects.filter(pk__in=ids)} if ids else {}


def unit_codes(party_ids: Iterable[int]) -> dict[int, str]:
    """Give the codes of units by their party, in one query."""
    ids = list(party_ids)
    return dict(Unit.objects.filter(pk__in=ids).values_list("party_id", "code")) if ids else {}


def active_units() -> QuerySet[Unit]:
    """Give the units of the zone that can be chosen, in their order."""
    rows = Unit.objects.filter(party__active=True).exclude(kind=Unit.Kind.OUTSIDE)
    return rows.select_related("party").order_by("order", "party_id")
