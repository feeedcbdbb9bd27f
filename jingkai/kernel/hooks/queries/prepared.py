"""Queries of the ORM that are built once a process and planned once a connection.

A page that reads a matter with all that hangs on it takes most of its time to build the same SQL again, and
the server needs time to plan it again. What changes from call to call is named by a slot.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, Self, TypeVar, cast
from uuid import UUID

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import BigIntegerField, Func, Model, QuerySet, TextField, Value
from django.db.models.query import ModelIterable
from psycopg import sql

from jingkai.kernel.hooks.queries.replicas import reading_connection

M = TypeVar("M", bound=Model)

_MARK = 7_000_000_000_000_000_000
"""Slots stand in the built query as values that nothing else has: numbers from here on."""

_LAST_DAY = date(9998, 6, 30)
"""Dates stand for slots from here backwards."""


class _Planned(psycopg.Cursor[Any]):
    """A cursor whose statements the server plans once for a connection."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> Self:
        """Send the statement's name and its values."""
        return super().execute(query, params, **{**more, "prepare": True})


def prepared_cursor() -> CursorWrapper:
    """Open a cursor in Django's connection whose statements are planned once (a plain one while logging).

    A pool between product and database must keep prepared statements (PgBouncer: `max_prepared_statements`).
    """
    here = reading_connection()
    if here.queries_logged:
        return here.cursor()
    here.ensure_connection()
    inside = here.connection
    inside.prepare_threshold = 1  # Django sets none, and then nothing is prepared, even on demand
    return here.make_cursor(cast(Any, _Planned(inside)))


class Slots:
    """The places of a query that are filled at each call, each used at least once."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def number(self, name: str) -> int:
        """Make a place for a big integer."""
        return _MARK + self._place(name)

    def text(self, name: str) -> str:
        """Make a place for a text, compared as a whole."""
        return f"{_MARK + self._place(name)}"

    def uuid(self, name: str) -> UUID:
        """Make a place for a UUID."""
        return UUID(int=_MARK + self._place(name))

    def day(self, name: str) -> date:
        """Make a place for a date."""
        return _LAST_DAY - timedelta(days=self._place(name))

    def numbers(self, name: str) -> Func:
        """Make a place for any count of big integers: `.filter(unit__in=slots.numbers("units"))`."""
        mark = Value([_MARK + self._place(name)], output_field=ArrayField(BigIntegerField()))
        return Func(mark, template="SELECT unnest(%(expressions)s::bigint[])")

    def texts(self, name: str) -> Func:
        """Make a place for any count of texts: `.filter(key__in=slots.texts("keys"))`."""
        mark = Value([self.text(name)], output_field=ArrayField(TextField()))
        return Func(mark, template="SELECT unnest(%(expressions)s::text[])")

    def _place(self, name: str) -> int:
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def name_of(self, value: Any) -> str | None:
        """Give the name of the slot that a value stands for."""
        inner = value[0] if isinstance(value, list) and len(value) == 1 else value
        if isinstance(inner, date) and not isinstance(inner, datetime):
            inner = _MARK + (_LAST_DAY - inner).days
        if isinstance(inner, str) and re.fullmatch(r"7\d{18}", inner):
            inner = int(inner)
        number = inner.int if isinstance(inner, UUID) else inner
        place = number - _MARK if isinstance(number, int) else -1
        return self.names[place] if 0 <= place < len(self.names) else None


@dataclass(frozen=True, slots=True)
class _Built:
    """A built query: its text with all constants in it, and in which order the slots follow."""

    model: type[Model]
    compiler: Any
    text: str
    order: tuple[str, ...]
    kept: Mapping[int, Any] | None = None

    def converters(self, expressions: Sequence[Any]) -> Mapping[int, Any]:
        """Give what turns each column into its value; the same at every call."""
        if self.kept is None:
            object.__setattr__(self, "kept", self.compiler.get_converters(expressions))
        return cast("Mapping[int, Any]", self.kept)

    def run(self, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Send it with the values of its slots, in their order."""
        with prepared_cursor() as cursor:
            cursor.execute(self.text, values)
            return cast("list[tuple[Any, ...]]", cursor.fetchall())


def _build(query_set: QuerySet[Any, Any], slots: Slots) -> _Built:
    compiler = query_set.query.get_compiler(connection.alias)
    text, values = compiler.as_sql()
    names = [slots.name_of(value) for value in values]
    if missing := set(slots.names) - set(names):
        raise TypeError(f"the query does not use {', '.join(sorted(missing))}")
    return _Built(
        query_set.model,
        compiler,
        _with_constants(text, values, names),
        tuple(name for name in names if name),
    )


class Prepared(Generic[M]):
    """A query that is built at its first use: `Prepared(lambda s: Case.objects.filter(pk=s.number("id")))`.

    What it gives are rows as the query set itself would give them, related rows and annotations included. The
    query must always have the same shape: no language, no setting, no condition that is sometimes left out.
    """

    def __init__(self, build: Callable[[Slots], QuerySet[M, M]]) -> None:
        self._build = build
        self._built: _Built | None = None

    def fetch(self, **values: Any) -> list[M]:
        """Run it with these values, one for each slot."""
        built = self._built or self._first_time()
        rows = _Rows(built, [values[name] for name in built.order])
        query_set: QuerySet[M, M] = QuerySet(cast("type[M]", built.model), query=cast(Any, rows))
        return list(ModelIterable(query_set))

    def first(self, **values: Any) -> M | None:
        """Run it and give its first row; None where there is none."""
        return next(iter(self.fetch(**values)), None)

    def _first_time(self) -> _Built:
        slots = Slots()
        self._built = _build(self._build(slots), slots)
        return self._built


class PreparedValues:
    """The same for a query of plain values: `PreparedValues(lambda s: Case.objects.values("state", n=...))`.

    Values come as the database gives them: no field turns them into anything else.
    """

    def __init__(self, build: Callable[[Slots], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._built: tuple[_Built, tuple[str, ...]] | None = None

    def fetch(self, **values: Any) -> list[dict[str, Any]]:
        """Run it with these values, one for each slot; each row by the names of its values."""
        built, names = self._built or self._first_time()
        rows = built.run([values[name] for name in built.order])
        return [dict(zip(names, row, strict=True)) for row in rows]

    def first(self, **values: Any) -> dict[str, Any] | None:
        """Run it and give its first row; None where there is none."""
        return next(iter(self.fetch(**values)), None)

    def _first_time(self) -> tuple[_Built, tuple[str, ...]]:
        slots = Slots()
        query_set = self._build(slots)
        built = _build(query_set, slots)
        self._built = (built, tuple(query_set.query.selected or ()))
        return self._built


class _Rows:
    """Stands where a query set expects its query, and answers with the rows of a built one."""

    def __init__(self, built: _Built, values: list[Any]) -> None:
        self._made, self._values = built, values

    def get_compiler(self, **_using: Any) -> Any:
        """Give the compiler that built the query, bound to this thread's connection and these values."""
        compiler = copy.copy(self._made.compiler)
        compiler.connection = reading_connection()
        compiler.execute_sql = self._run
        compiler.get_converters = self._made.converters
        return compiler

    def _run(self, **_how: Any) -> list[list[tuple[Any, ...]]]:
        return [self._made.run(self._values)]


def _with_constants(text: str, values: Any, names: list[str | None]) -> str:
    """Write every value into the text that stands for no slot."""
    pieces = re.split(r"(?<!%)%s", text)
    marks = [
        "%s" if name else sql.Literal(value).as_string(None).replace("%", "%%")
        for value, name in zip(values, names, strict=True)
    ]
    return "".join(piece + mark for piece, mark in zip(pieces, [*marks, ""], strict=True))
