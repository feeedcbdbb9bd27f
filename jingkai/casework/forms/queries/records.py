"""Reads: filled sheets over many cases, by a field's answer, for whoever may read the cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db.models import Exists, OuterRef, Q, QuerySet

from jingkai.casework.cases.models import CaseAccess
from jingkai.casework.forms.data import NUMERIC, Field, FieldKind, Form
from jingkai.casework.forms.models import Answer, FormVersion, Sheet
from jingkai.kernel.permissions.data import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class Sought:
    """A filter by one field: a text, or bounds of a number or a day. Empty parts do not narrow."""

    name: str = ""
    text: str = ""
    low: str = ""
    high: str = ""


def list_forms(actor: Actor) -> list[FormVersion]:
    """Give the current version of every form of which the actor may read a filled sheet."""
    newest = FormVersion.objects.filter(key=OuterRef("key"), version__gt=OuterRef("version"))
    filled = Sheet.objects.filter(_visible(actor), key=OuterRef("key"))
    rows = FormVersion.objects.filter(~Exists(newest)).filter(Exists(filled))
    return list(rows.order_by("name", "key"))


def list_sheets(
    *, form: Form, key: str, actor: Actor, sought: Sought, after: int | None = None
) -> QuerySet[Sheet]:
    """Give the sheets of a form that the actor may read, newest first."""
    rows = Sheet.objects.filter(_visible(actor), key=key).select_related("form", "case__starter")
    rows = rows.defer("case__words", "form__definition")
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = searchable(form).get(sought.name)
    if found is not None:
        match = _match(found, sought)
        if match is not None:
            rows = rows.filter(Exists(Answer.objects.filter(match, sheet=OuterRef("pk"), name=sought.name)))
    return rows.order_by("-pk")


def searchable(form: Form) -> dict[str, Field]:
    """Give the fields by which a list can be narrowed, columns of tables too."""
    found: dict[str, Field] = {}
    for one in form.fields:
        if one.kind is FieldKind.TABLE:
            found |= {f"{one.name}.{column.name}": column for column in one.columns}
        elif one.kind is not FieldKind.FILES:
            found[one.name] = one
    return found


def _visible(actor: Actor) -> Q:
    grants = CaseAccess.objects.filter(case_id=OuterRef("case_id"), grantee_id__in=list(actor.grantees))
    return Q(case__isnull=False) & Q(Exists(grants))


def _match(one: Field, sought: Sought) -> Q | None:
    """Give the condition on an answer's row; nothing where the words can't narrow this kind of field."""
    if one.kind in NUMERIC:
        return _between("number", _number(sought.low), _number(sought.high))
    if one.kind is FieldKind.DATE:
        return _between("day", _day(sought.low), _day(sought.high))
    if one.kind is FieldKind.DATES:
        low, high = _day(sought.low), _day(sought.high)
        return _both(Q(until__gte=low) if low else None, Q(day__lte=high) if high else None)
    text = sought.text.strip()
    if not text:
        return None
    if one.kind is FieldKind.YESNO:
        return Q(truth=text.casefold() in ("是", "yes", "true", "1"))
    if one.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        wanted = text.casefold()
        chosen = [o.value for o in one.options if wanted in f"{o.value} {o.label} {o.label_en}".casefold()]
        return Q(text__in=chosen)
    if one.kind in (FieldKind.PERSON, FieldKind.UNIT):
        return Q(party__name__icontains=text) | Q(party__name_en__icontains=text)
    return Q(text__icontains=text)


def _between(column: str, low: object, high: object) -> Q | None:
    return _both(
        Q(**{f"{column}__gte": low}) if low is not None else None,
        Q(**{f"{column}__lte": high}) if high is not None else None,
    )


def _both(one: Q | None, other: Q | None) -> Q | None:
    if one is None or other is None:
        return one if other is None else other
    return one & other


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal("1e17") else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
