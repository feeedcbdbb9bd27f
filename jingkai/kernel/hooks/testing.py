"""For other apps' tests: databases copied from one in which something stands, acts that start together."""

from __future__ import annotations

import hashlib
import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from psycopg import sql
from psycopg.pq import TransactionStatus

LONGEST = 63
"""Letters that PostgreSQL takes for a name."""


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


def called(*parts: str) -> str:
    """Name a database after what stands in it; of a name too long for PostgreSQL the rest is a print."""
    whole = "_".join(parts)
    if len(whole) <= LONGEST:
        return whole
    return f"{whole[: LONGEST - 9]}_{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


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


Maker = Callable[[], Any]
_makers: dict[str, Maker] = {}
"""What can stand in the database from before a test, by the fixture that gives it, in the order of making.

Each stands on those before it that the same test asks for.
"""


def keep_made(fixture: str, make: Maker) -> None:
    """Make what a fixture gives once a session, in a database that is kept for the tests that ask for it.

    The fixture itself gives `kept_thing(request)`, or makes it anew where that is None.
    """
    _makers[fixture] = make


@dataclass
class KeptDatabases:
    """Databases as they were when something had been made in them, and copies in which tests work."""

    server: Any
    template: str
    own: str
    """The name of this worker's database, with which the names of all others begin."""
    made: dict[str, bytes] = field(default_factory=dict)
    """What stands in each, pickled: each test gets its own."""
    fresh: set[str] = field(default_factory=set)
    """The copies to which no test has committed anything."""
    standing: tuple[str, ...] = ()
    """What the test that runs finds made."""
    before: str = ""

    def enter(self, wanted: tuple[str, ...], *, commits: bool) -> None:
        """Let the test that begins now find all of this in its database."""
        origin = self._origin(wanted)
        name = called(origin, "copy")
        if name not in self.fresh:
            copy_database(self.server, template=origin, name=name)
        (self.fresh.discard if commits else self.fresh.add)(name)
        here = str(connection.settings_dict["NAME"])
        if here not in self._copies():
            self.before = here
        if here != name:
            point_to(name)
        self.standing = wanted

    def leave(self) -> None:
        """Let the test that begins now find the database that was there before."""
        if connection.settings_dict["NAME"] in self._copies():
            point_to(self.before)
        self.standing = ()

    def drop(self) -> None:
        """Remove all of them."""
        self.leave()
        for origin in self.made:
            drop_database(self.server, called(origin, "copy"))
            drop_database(self.server, origin)

    def thing(self, fixture: str) -> Any:
        """What a fixture gives, for one test alone; None when it does not stand here."""
        if fixture not in self.standing:
            return None
        wanted = self.standing[: self.standing.index(fixture) + 1]
        return pickle.loads(self.made[self._name(wanted)])

    def _origin(self, wanted: tuple[str, ...]) -> str:
        name = self._name(wanted)
        if name not in self.made:
            below = self._origin(wanted[:-1]) if wanted[:-1] else self.template
            copy_database(self.server, template=below, name=name)
            with connected_to(name):
                self.made[name] = pickle.dumps(_makers[wanted[-1]]())
        return name

    def _copies(self) -> set[str]:
        return {called(origin, "copy") for origin in self.made}

    def _name(self, wanted: tuple[str, ...]) -> str:
        return called(self.own, *wanted)


@pytest.fixture(scope="session")
def kept_databases(
    database_server: Any, database_template: str, django_db_setup: None, django_db_blocker: Any
) -> Iterator[KeptDatabases]:
    """The zone with all its people, and what else takes longer to make than most tests."""
    kept = KeptDatabases(database_server, database_template, str(connection.settings_dict["NAME"]))
    yield kept
    with django_db_blocker.unblock():
        kept.drop()


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> None:
    """Before a test's transaction begins, choose its database: one that is kept, or the one before.

    The service hall has a database of its own, with people of its own.
    """
    if fixturedef.argname != "_django_db_helper":
        return
    names = () if "hall_database" in request.fixturenames else request.fixturenames
    wanted = tuple(name for name in _makers if name in names)
    if not wanted and not request.session.stash.get(_MADE, False):
        return
    kept: KeptDatabases = request.getfixturevalue("kept_databases")
    request.session.stash[_MADE] = True
    with request.getfixturevalue("django_db_blocker").unblock():
        if wanted:
            kept.enter(wanted, commits=_commits(request))
        else:
            kept.leave()


_MADE = pytest.StashKey[bool]()


def kept_thing(request: pytest.FixtureRequest) -> Any:
    """What the fixture that asks gives, where it stood in the database before the test began."""
    assert request.fixturename is not None
    return request.getfixturevalue("kept_databases").thing(request.fixturename)


def _commits(request: Any) -> bool:
    marker = request.node.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(request.fixturenames)
    return bool(asked) or (marker is not None and bool(marker.kwargs.get("transaction")))
