"""For other apps' tests: databases copied from one in which something stands, acts that start together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from psycopg import sql
from psycopg.pq import TransactionStatus


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Work in another database of the same server for the length of a block."""
    before = connection.settings_dict["NAME"]
    try:
        point_to(name)
        yield
    finally:
        point_to(before)


def point_to(name: object) -> None:
    """Work in another database of the same server from now on."""
    _leave()
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name


def has_written() -> bool:
    """Whether the transaction that is under way has changed anything."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned()")
        return bool(cursor.fetchone()[0] is not None)


def go_on_in(name: str) -> None:
    """Go on in another database in the midst of a transaction that has written nothing yet.

    The blocks that are open stay open there. When the test is over, the next one comes back.
    """
    assert connection.in_atomic_block
    assert not has_written()
    before = connection.connection
    _left.append((name, before))
    connection.connection = _waiting.pop(name, None) or _connected_anew(name)
    connection.connection.autocommit = False
    for savepoint in filter(None, connection.savepoint_ids):
        connection.connection.execute(connection.ops.savepoint_create_sql(savepoint))
    before.rollback()
    before.autocommit = True


def come_back() -> None:
    """Be where the test that is over began; its work was rolled back.

    Both connections stay open for later tests: a server process that knows none of the tables yet costs more
    than most tests.
    """
    while _left:
        name, before = _left.pop()
        here = connection.connection
        if here is not None and not here.closed and here.info.dbname == name:
            assert here.info.transaction_status is TransactionStatus.IDLE
            _waiting[name] = here
            connection.connection = before
        else:
            before.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Come back between two tests."""
    come_back()


_left: list[tuple[str, Any]] = []
"""Into which database the test that runs has gone, and the connection with which it began."""
_waiting: dict[str, Any] = {}
"""The connections of tests that are over, by their databases."""


def _connected_anew(name: str) -> Any:
    made = connection.connection = connection.get_new_connection(
        {**connection.get_connection_params(), "dbname": name}
    )
    made.autocommit = True
    connection.init_connection_state()
    return made


def _leave(*names: str) -> None:
    """Close whatever would keep these databases from being copied or dropped."""
    come_back()
    connections.close_all()
    for name in names:
        if kept := _waiting.pop(name, None):
            kept.close()


def copy_database(server: Any, *, template: str, name: str) -> None:
    """Replace a database by a copy of another; whoever is connected to it is cut off."""
    _leave(template, name)
    with server.connect() as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def drop_database(server: Any, name: str) -> None:
    """Remove a database that is no longer needed."""
    _leave(name)
    with server.connect() as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts in threads that start together; gives what each returned, or the error it met."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    return results
