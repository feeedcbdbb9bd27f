"""Rows are inserted by a statement that is built once a process and planned once a connection.

The ORM writes every statement anew with all values in it, and the server plans it again: for a handful of
rows that takes longer than storing them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models
from django.utils.functional import Promise

from jingkai.kernel.hooks.queries.prepared import prepared_cursor
from jingkai.kernel.hooks.queries.repeated import RepeatedJSONField

M = TypeVar("M", bound=models.Model)
MANY = 1000
_PLAIN = frozenset(
    {
        models.BigIntegerField,
        models.BooleanField,
        models.CharField,
        models.DateField,
        models.DateTimeField,
        models.ForeignKey,
        models.IntegerField,
        models.JSONField,
        models.OneToOneField,
        models.PositiveBigIntegerField,
        models.PositiveIntegerField,
        models.PositiveSmallIntegerField,
        models.SmallIntegerField,
        models.TextField,
        models.UUIDField,
        RepeatedJSONField,
    }
)
"""Kinds of columns whose values stand in a document as they are; a locked text, say, is none of them."""


def insert_rows(rows: Sequence[M]) -> list[M]:
    """Insert new rows of one model, a thousand with each statement, and give them with their numbers.

    For models of plain columns (texts, numbers, moments, documents, marks of other rows) with a number of the
    database's own; nothing may hang on `pre_save` and `post_save`. TypeError: a column of another kind.
    """
    for first in range(0, len(rows), MANY):
        _insert(rows[first : first + MANY])
    return list(rows)


def _insert(rows: Sequence[models.Model]) -> None:
    statement, names = _statement(type(rows[0]))
    text = json.dumps([{name: getattr(row, name) for name in names} for row in rows], default=_written)
    with prepared_cursor() as cursor:
        cursor.execute(statement, [text])
        numbers = [number for (number,) in cursor.fetchall()]
    for row, number in zip(rows, numbers, strict=True):
        row.pk = number
        row._state.adding, row._state.db = False, connection.alias


@cache
def _statement(model: type[models.Model]) -> tuple[str, tuple[str, ...]]:
    """The statement of a model, and what it asks of a row. Rows get their numbers in the order given."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    primary = model._meta.pk
    if not isinstance(primary, models.AutoField | models.BigAutoField):
        raise TypeError(f"{model._meta.label} has no number of the database's own")
    for field in fields:
        if type(field) not in _PLAIN or _sets_itself(field):
            raise TypeError(f"{model._meta.label}.{field.name} cannot be inserted as it is")
    given = ", ".join(f'"{field.column}"' for field in fields)
    taken = ", ".join(f'"{field.attname}"' for field in fields)
    types = ", ".join(f'"{field.attname}" {_type_of(field)}' for field in fields)
    return (
        f'INSERT INTO "{model._meta.db_table}" ({given}) SELECT {taken} '  # noqa: S608
        f"FROM ROWS FROM (jsonb_to_recordset(%s::jsonb) AS ({types})) "
        f"WITH ORDINALITY AS given({taken}, place) "
        f'ORDER BY place RETURNING "{primary.column}"',
        tuple(field.attname for field in fields),
    )


def _type_of(field: models.Field[Any, Any]) -> str:
    """The column's type; a text's greatest length is checked by the table, not cut here."""
    kind = field.db_type(connection) or ""
    return "text" if kind.startswith("varchar") else kind


def _written(value: Any) -> str:
    """Give what JSON has no word for."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (UUID, Promise)):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be inserted as it is")


def _sets_itself(field: models.Field[Any, Any]) -> bool:
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))
