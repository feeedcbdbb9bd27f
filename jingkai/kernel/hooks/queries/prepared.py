"""Queries of the ORM that are built once a process and planned once a connection.

A page that reads a matter with all that hangs on it takes most of its time to build the same SQL again, and
the server needs time to plan it again. What changes from call to call is named by a slot.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any, Generic, Self, TypeVar, cast, overload
from uuid import UUID

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import BigIntegerField, Func, Model, QuerySet, TextField, UUIDField, Value
from django.db.models.query import get_related_populators
from psycopg import sql

from jingkai.kernel.hooks.queries.replicas import reading_connection
from jingkai.kernel.hooks.queries.rows import Maker, maker_of

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


class _Sent(psycopg.RawCursor[Any]):
    """The same for statements that bear the server's own marks (`$1`): they need not be read before."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> Self:
        """Send the statement's name and its values."""
        return super().execute(query, params, **{**more, "prepare": True})


def prepared_cursor(here: BaseDatabaseWrapper | None = None) -> CursorWrapper:
    """Open a cursor in Django's connection whose statements are planned once (a plain one while logging).

    `here` is the connection; without it the one that is read from at this moment. A pool between product and
    database must keep prepared statements (PgBouncer: `max_prepared_statements`).
    """
    here = here or reading_connection()
    return here.cursor() if here.queries_logged else _opened(here, _Planned)


def _opened(here: BaseDatabaseWrapper, kind: type[_Planned | _Sent]) -> CursorWrapper:
    here.ensure_connection()
    inside = here.connection
    inside.prepare_threshold = 1  # Django sets none, and then nothing is prepared, even on demand
    return here.make_cursor(cast(Any, kind(inside)))


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
    """A built query: its text with all constants in it, and in which order the slots follow.

    `sent` is the same as the server reads it. The driver would look through the text for marks at every call,
    as it keeps what it found only of short ones.
    """

    model: type[Model]
    compiler: Any
    text: str
    sent: bytes
    order: tuple[str, ...]

    def run(self, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Send it with the values of its slots, in their order."""
        here = reading_connection()
        is_watched = bool(here.queries_logged or here.execute_wrappers)
        with prepared_cursor(here) if is_watched else _opened(here, _Sent) as cursor:
            cursor.execute(cast(Any, self.text if is_watched else self.sent), values)
            return cast("list[tuple[Any, ...]]", cursor.fetchall())


def _build(query_set: QuerySet[Any, Any], slots: Slots) -> _Built:
    compiler = query_set.query.get_compiler(connection.alias)
    text, values = compiler.as_sql()
    names = [slots.name_of(value) for value in values]
    if missing := set(slots.names) - set(names):
        raise TypeError(f"the query does not use {', '.join(sorted(missing))}")
    written = _with_constants(text, values, names)
    order = tuple(name for name in names if name)
    return _Built(query_set.model, compiler, written, _as_sent(written), order)


class Prepared(Generic[M]):
    """A query that is built at its first use: `Prepared(lambda s: Case.objects.filter(pk=s.number("id")))`.

    What it gives are rows as the query set itself would give them, related rows and annotations included. The
    query must always have the same shape: no language, no setting, no condition that is sometimes left out.
    """

    def __init__(self, build: Callable[[Slots], QuerySet[M, M]]) -> None:
        self._build = build
        self._plan: _Plan | None = None

    def fetch(self, **values: Any) -> list[M]:
        """Run it with these values, one for each slot."""
        plan = self._plan or self._first_time()
        built = plan.built
        return cast("list[M]", plan.objects(built.run([values[name] for name in built.order])))

    def rows(self, **values: Any) -> Rows[M]:
        """The same, each object made when it is asked for."""
        plan = self._plan or self._first_time()
        return Rows(plan, plan.built.run([values[name] for name in plan.built.order]))

    def first(self, **values: Any) -> M | None:
        """Run it and give its first row; None where there is none."""
        return next(iter(self.fetch(**values)), None)

    def _first_time(self) -> _Plan:
        slots = Slots()
        self._plan = _Plan.of(_build(self._build(slots), slots))
        return self._plan


class Rows(Sequence[M]):
    """What a prepared query found, in the order of its rows.

    `marks` tells by row what it holds: who kept something made of an equal row need not make it again.
    """

    def __init__(self, plan: _Plan, read: Sequence[tuple[Any, ...]]) -> None:
        self._plan, self.read = plan, read
        self._made: dict[int, M] = {}

    def __len__(self) -> int:
        return len(self.read)

    @overload
    def __getitem__(self, place: int) -> M: ...

    @overload
    def __getitem__(self, place: slice) -> Rows[M]: ...

    def __getitem__(self, place: int | slice) -> M | Rows[M]:
        if isinstance(place, slice):
            return Rows(self._plan, self.read[place])
        if place not in self._made:
            self._made[place] = cast(M, self._plan.objects([self.read[place]])[0])
        return self._made[place]

    @property
    def marks(self) -> list[tuple[Any, ...]]:
        """Give a key of each row, equal when all that was read is equal."""
        return list(map(self._plan.mark, self.read))

    def column(self, name: str) -> list[Any]:
        """Give the values of a column of the model, or of what was annotated, as the database gave them."""
        place = self._plan.place(name)
        return [row[place] for row in self.read]


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


@dataclass(frozen=True, slots=True)
class _Plan:
    """How rows of a built query become objects, found out once: Django does so at every call."""

    built: _Built
    make: Maker
    names: tuple[str, ...]
    columns: slice
    related: tuple[Any, ...]
    """Django's own makers of related rows."""
    more: tuple[tuple[str, int], ...]
    """What is annotated: under which name, in which column."""
    converters: tuple[tuple[int, Any, Any], ...]
    mark: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    """Leaves UUIDs out that stand beside the number of the same row: they are slow to compare."""

    @classmethod
    def of(cls, built: _Built) -> Self:
        """Read the plan off the compiler."""
        compiler = built.compiler
        told, select = compiler.klass_info, compiler.select
        columns = slice(told["select_fields"][0], told["select_fields"][-1] + 1)
        related = cast(Any, get_related_populators)(told, select, connection.alias)
        _hasten(related)
        return cls(
            built=built,
            make=maker_of(told["model"]),
            names=tuple(one[0].target.attname for one in select[columns]),
            columns=columns,
            related=tuple(related),
            more=tuple(compiler.annotation_col_map.items()),
            converters=_converters(compiler),
            mark=itemgetter(*(place for place, one in enumerate(select) if not _repeats_number(one[0]))),
        )

    def place(self, name: str) -> int:
        """Tell where in a row a column of the model, or an annotation, stands."""
        annotated = dict(self.more)
        return annotated[name] if name in annotated else self.columns.start + self.names.index(name)

    def objects(self, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Make the objects of rows as the query set itself would."""
        here = reading_connection()
        return [self._object(row, here) for row in (map(list, rows) if self.converters else rows)]

    def _object(self, row: Any, here: BaseDatabaseWrapper) -> Any:
        for place, convert, expression in self.converters:
            row[place] = convert(row[place], expression, here)
        made = self.make(here.alias, self.names, row[self.columns])
        for one in self.related:
            one.populate(row, made)
        for name, place in self.more:
            setattr(made, name, row[place])
        return made


def _repeats_number(column: Any) -> bool:
    field = getattr(column, "target", None)
    return isinstance(field, UUIDField) and field.unique and not field.primary_key


def _converters(compiler: Any) -> tuple[tuple[int, Any, Any], ...]:
    """Name what turns a column into its value, in the order in which it is done."""
    expressions = [one[0] for one in compiler.select[: compiler.col_count]]
    found = compiler.get_converters(expressions)
    return tuple((place, one, expression) for place, (all_, expression) in found.items() for one in all_)


def _hasten(related: Sequence[Any]) -> None:
    """Have related rows made the quick way, too."""
    for one in related:
        one.model_cls = _Made(maker_of(one.model_cls))
        _hasten(one.related_populators)


@dataclass(frozen=True, slots=True)
class _Made:
    """Stands where Django expects the model of a related row."""

    from_db: Maker


def _as_sent(text: str) -> bytes:
    """Write a text as the server reads it: numbered marks, and each sign of per cent once."""
    numbers = itertools.count(1)
    marked = re.sub(r"%(%|s)", lambda found: "%" if found[1] == "%" else f"${next(numbers)}", text)
    return marked.encode()


def _with_constants(text: str, values: Any, names: list[str | None]) -> str:
    """Write every value into the text that stands for no slot."""
    pieces = re.split(r"(?<!%)%s", text)
    marks = [
        "%s" if name else sql.Literal(value).as_string(None).replace("%", "%%")
        for value, name in zip(values, names, strict=True)
    ]
    return "".join(piece + mark for piece, mark in zip(pieces, [*marks, ""], strict=True))
