"""Storing what was computed for many clocks in one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

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
""".format(
    sets=", ".join(f"{name} = given.{name}" for name in COLUMNS),
    types=", ".join(f"{name} {kind}" for name, kind in COLUMNS.items()),
)


def store_computed(clocks: Sequence[Clock]) -> None:
    """Write the computed columns of locked clocks, all in one statement; a moment keeps its microseconds."""
    rows = [{"id": clock.pk, **{name: _plain(getattr(clock, name)) for name in COLUMNS}} for clock in clocks]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, [json.dumps(rows, cls=DjangoJSONEncoder)])


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
