"""Storing what was computed for many clocks in one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from jingkai.casework.clock.models import Clock

COLUMNS = {
    "due_on": "date",
    "due_at": "timestamptz",
    "yellow_at": "timestamptz",
    "promised_due_on": "date",
    "excluded": "jsonb",
    "state": "text",
    "suspended_since": "date",
    "suspended_until": "date",
    "reason_code": "text",
    "extended_days": "smallint",
    "calendar_fingerprint": "text",
    "warned": "smallint",
    "step": "smallint",
    "step_at": "timestamptz",
    "version": "integer",
}
"""The columns that a computation writes, with their types in the database."""

_UPDATE = """
UPDATE clock_clock SET {sets}
FROM jsonb_to_recordset(%s::jsonb) AS given(id bigint, {types}) WHERE clock_clock.id = given.id
""".format(  # nosec B608 - the names of our own columns
    sets=", ".join(f"{name} = given.{name}" for name in COLUMNS),
    types=", ".join(f"{name} {kind}" for name, kind in COLUMNS.items()),
)


def store_computed(clocks: Sequence[Clock]) -> None:
    """Write the computed columns of locked clocks, all in one statement; a moment keeps its microseconds."""
    rows = [{"id": clock.pk, **{name: _plain(getattr(clock, name)) for name in COLUMNS}} for clock in clocks]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, [json.dumps(rows, cls=DjangoJSONEncoder)])


def insert_rows(rows: Sequence[models.Model], *, unless_there: bool = False) -> None:
    """Insert many rows of one table as one document, without reading their numbers back.

    The ORM takes several times as long to write down the values. `unless_there` leaves out rows whose unique
    columns are taken.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    types = ", ".join(f'"{field.column}" {_type(field)}' for field in fields)
    given = [{field.column: _plain(getattr(row, field.attname)) for field in fields} for row in rows]
    statement = (
        f"INSERT INTO {meta.db_table} ({columns}) SELECT {columns} "  # noqa: S608
        f"FROM jsonb_to_recordset(%s::jsonb) AS given({types})"
        f"{' ON CONFLICT DO NOTHING' if unless_there else ''}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(given, cls=DjangoJSONEncoder)])


def _type(field: Any) -> str:
    kind = str(field.db_type(connection))
    return "text" if kind.startswith("varchar") else kind


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
