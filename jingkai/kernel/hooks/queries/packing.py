"""Rows of other tables read along with a row, as JSON, and made rows again: one statement for a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import DateTimeField, Model, QuerySet
from django.db.models.functions import JSONObject

from jingkai.kernel.hooks.queries.rows import Maker, maker_of

OWN = "own"

M = TypeVar("M", bound=Model)

Reader = Callable[[Any], Any]

_AS_IS = frozenset(
    {
        models.AutoField,
        models.BigAutoField,
        models.BigIntegerField,
        models.BooleanField,
        models.CharField,
        models.IntegerField,
        models.JSONField,
        models.PositiveBigIntegerField,
        models.PositiveIntegerField,
        models.PositiveSmallIntegerField,
        models.SmallIntegerField,
        models.TextField,
    }
)
"""Kinds of columns whose value in JSON is their value."""


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
    make, names, readers = _plan(model)
    found = [values[name] if read is None else read(values[name]) for name, read in readers]
    row: M = make("default", names, found)
    return row


@cache
def _plan(model: type[Model]) -> tuple[Maker, tuple[str, ...], tuple[tuple[str, Reader | None], ...]]:
    """Give what makes a row, its columns, and what turns each column's value in JSON into its own, if any."""
    columns = model._meta.concrete_fields
    readers = tuple((column.attname, _reader(column)) for column in columns)
    return maker_of(model), tuple(name for name, _reader in readers), readers


def _reader(column: Any) -> Reader | None:
    kind = type(column.target_field if column.is_relation else column)
    if kind in _AS_IS:
        return None
    reader: Reader = _moment if kind is DateTimeField else column.to_python
    return reader


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _related(model: type[Model], name: str) -> type[Model]:
    related = model._meta.get_field(name).related_model
    if related is None or isinstance(related, str):
        raise TypeError(name)
    return related
