"""Changing the key of personal data: a new key, the one in use, old rows anew, and the end of an old key.

Rows are encrypted anew in small transactions while everybody works: rows that somebody holds are passed over
and taken in the next round. What is under the newest key already is not touched, so whatever stops the work,
the next run goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from jingkai.kernel.audit.api import record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.data import Anew, SealedColumn
from jingkai.kernel.parties.models.encrypted import decrypt, encrypt
from jingkai.kernel.parties.models.keyring import (
    NAMES,
    changing,
    in_use,
    key_file,
    new_key,
    read_keys,
    write_keys,
)
from jingkai.kernel.parties.queries import count_values, sealed_columns, sealed_value

if TYPE_CHECKING:
    from jingkai.kernel.permissions.data import Actor

STREAM = ("parties.keys", 1)
BATCH = 200
ROUNDS = 5
"""How often rows that somebody held are asked for again before they are left to the next run."""
PASSING = timedelta(days=3)
"""What lives in sessions is under an old key no longer than this after another took its place."""


class NoSuchKey(PersonFacingError):
    """A key was named that is not there."""

    sentence = _("There is no key %(name)s.")
    advice = _("“jingkai keys list” shows those that there are.")


class KeyInUse(PersonFacingError):
    """A key that still opens something may not be taken away."""

    sentence = _("Key %(name)s is in use, or was until %(days)d days ago.")
    advice = _("Take another into use, encrypt the rows anew, and wait: sessions may hold values under it.")


class KeyOpensRows(PersonFacingError):
    """Rows are still under the key."""

    sentence = _("Key %(name)s still opens %(count)d values.")
    advice = _("Run “jingkai keys reencrypt” first.")


def add_key(*, cipher: str, use: bool, by: Actor, at: datetime) -> str:
    """Add a key for one of the algorithms and, unless it shall wait, take it into use; gives its name."""
    path = key_file()
    with changing(path) as ring, transaction.atomic():
        name = str(max((int(one) for one in ring.keys if one.isdigit()), default=0) + 1)
        ring = replace(ring, keys={**ring.keys, name: new_key(cipher, at=at)})
        facts = {"key": name, "cipher": NAMES[cipher], "in_use": use}
        record(STREAM, action="keys.added", by=by, at=at, facts=facts)
        write_keys(path, in_use(ring, name, at=at) if use else ring)
    return name


def use_key(*, name: str, by: Actor, at: datetime) -> None:
    """Take a key into use: what is written from now on is under it. Error: NoSuchKey."""
    path = key_file()
    with changing(path) as ring, transaction.atomic():
        if name not in ring.keys:
            raise NoSuchKey(name=name)
        if name == ring.current:
            return
        facts = {"key": name, "cipher": NAMES[ring.keys[name].cipher], "before": ring.current}
        record(STREAM, action="keys.used", by=by, at=at, facts=facts)
        write_keys(path, in_use(ring, name, at=at))


def drop_key(*, name: str, by: Actor, at: datetime) -> None:
    """Take an old key away for good. Errors: NoSuchKey, KeyInUse, KeyOpensRows."""
    path = key_file()
    with changing(path) as ring, transaction.atomic():
        if name not in ring.keys:
            raise NoSuchKey(name=name)
        left = ring.keys[name].left
        if name == ring.current or (left is not None and at < left + PASSING):
            raise KeyInUse(name=name, days=PASSING.days)
        if count := sum(counts.get(name, 0) for counts in count_values().values()):
            raise KeyOpensRows(name=name, count=count)
        record(STREAM, action="keys.dropped", by=by, at=at, facts={"key": name})
        write_keys(path, replace(ring, keys={one: key for one, key in ring.keys.items() if one != name}))


def encrypt_anew(
    *, by: Actor, at: datetime, tell: Callable[[int], None] = lambda _done: None, batch: int = BATCH
) -> Anew:
    """Encrypt every value that is under another key under the one in use; gives how many were and are left.

    Everybody goes on working; being stopped at any moment loses nothing and changes no value.
    """
    ring = read_keys(key_file())
    waiting = _waiting(ring.current)
    if not waiting:
        return Anew(0, 0)
    facts = {"key": ring.current, "cipher": NAMES[ring.newest.cipher], "values": waiting}
    record(STREAM, action="keys.reencryption_begun", by=by, at=at, facts=facts)
    done = 0
    for _round in range(ROUNDS):
        for column in sealed_columns():
            for changed in _batches(column, ring.prefix, batch):
                done += changed
                tell(done)
        if not (waiting := _waiting(ring.current)):
            break
    facts = {"key": ring.current, "values": done, "left": waiting}
    record(STREAM, action="keys.reencrypted", by=by, at=at, facts=facts)
    return Anew(done, waiting)


def _waiting(current: str) -> int:
    return sum(
        count for counts in count_values().values() for name, count in counts.items() if name != current
    )


def _batches(column: SealedColumn, prefix: str, size: int) -> Iterator[int]:
    """Go once through a table, a small transaction at a time; gives how many values each one changed."""
    after: Any = None
    while rows := _one_batch(column, prefix, size, after):
        yield len(rows)
        after = rows[-1]


@transaction.atomic
def _one_batch(column: SealedColumn, prefix: str, size: int, after: Any) -> list[Any]:
    """Encrypt the next rows anew that nobody holds; gives their keys."""
    value, key, table = sealed_value(column), sql.Identifier(column.key), sql.Identifier(column.table)
    question = sql.SQL(
        "SELECT {key}, {value} FROM {table} WHERE {value} <> '' AND NOT starts_with({value}, {prefix})"
        " AND {beyond} ORDER BY {key} LIMIT {size} FOR NO KEY UPDATE SKIP LOCKED"
    ).format(
        key=key,
        value=value,
        table=table,
        prefix=sql.Literal(prefix),
        beyond=sql.SQL("true") if after is None else sql.SQL("{} > {}").format(key, sql.Literal(after)),
        size=sql.Literal(size),
    )
    change = sql.SQL("UPDATE {table} SET {column} = {new} WHERE {key} = %s").format(
        table=table, column=sql.Identifier(column.column), new=_new(column), key=key
    )
    with connection.cursor() as cursor:
        cursor.execute(question)
        rows = cursor.fetchall()
        opened = [(number, decrypt(stored, context=column.context)) for number, stored in rows]
        sealed = [(encrypt(text, context=column.context), number) for number, text in opened]
        if sealed:
            cursor.executemany(change, sealed)
    return [number for number, _stored in rows]


def _new(column: SealedColumn) -> sql.Composable:
    if not column.part:
        return sql.SQL("%s")
    return sql.SQL("jsonb_set({}, {}, to_jsonb(%s::text))").format(
        sql.Identifier(column.column), sql.Literal([column.part])
    )
