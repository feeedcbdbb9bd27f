"""Rows of other tables read along with a row, as JSON, and made rows again: one statement for a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, QuerySet
from django.db.models.functions import JSONObject

OWN = "own"

M = TypeVar("M", bound=Model)


def packed(rows: QuerySet[Any], *along: str, **inside: Any) -> ArraySubquery:
    """Give these rows as one array to annotate another query with.

    `along` names foreign keys, never null, whose rows are read too; `inside` are further values of each row,
    arrays for the most part, found in the line under their names.
    """
    model = rows.model
    parts: dict[str, Any] = {OWN: _columns(model, "")}
    for name in along:
        parts[name] = _columns(_related(model, name), f"{name}__")
    return ArraySubquery(rows.values(packed=JSONObject(**parts, **inside)))


def unpacked(model: type[M], found: Iterable[Mapping[str, Any]], *along: str) -> list[M]:
    """Make rows of what `packed` gave, with the rows read along set on them."""
    return [unpacked_one(model, line, *along) for line in found]


def unpacked_one(model: type[M], line: Mapping[str, Any], *along: str) -> M:
    """Make one row of a line of what `packed` gave."""
    row = _made(model, line[OWN])
    for name in along:
        setattr(row, name, _made(_related(model, name), line[name]))
    return row


def _columns(model: type[Model], before: str) -> JSONObject:
    names = [column.attname for column in model._meta.concrete_fields]
    return JSONObject(**{name: f"{before}{name}" for name in names})


def _made(model: type[M], values: Mapping[str, Any]) -> M:
    columns = model._meta.concrete_fields
    names = [column.attname for column in columns]
    return model.from_db("default", names, [column.to_python(values[column.attname]) for column in columns])


def _related(model: type[Model], name: str) -> type[Model]:
    related = model._meta.get_field(name).related_model
    if related is None or isinstance(related, str):
        raise TypeError(name)
    return related
