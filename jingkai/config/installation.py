"""Opening an installation: its data folder, its database, Django."""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Callable
from importlib.util import find_spec
from pkgutil import iter_modules

import click

from jingkai.config.environment import MARKER, environment
from jingkai.config.home import CannotStart, prepare_home

COMES_WITHIN = 60.0
"""Seconds in which a server that was started together with us is expected to take calls."""


def exists() -> bool:
    """Whether there is an installation to open: a database is named, or the data folder was made earlier."""
    chosen = environment()
    return not chosen.embedded or ((chosen.home / MARKER).exists() and (chosen.home / "postgres").exists())


def open_if_exists() -> bool:
    """Open the installation when there is one, for commands that also work without; tells whether it did."""
    if not exists():
        return False
    open_installation()
    return True


def open_installation(*, as_owner: bool = False) -> None:
    """Prepare the data folder, start the embedded database unless another one is named, and set Django up.

    The database stays until this process ends. Migrations open it as the owner of the tables.
    """
    if as_owner:
        os.environ["JINGKAI_DATABASE_ROLE"] = "owner"
        environment.cache_clear()
    chosen = environment()
    prepare_home(chosen.home)
    if chosen.embedded:
        hold_embedded()
    start_django()


def hold_embedded() -> None:
    """Start the embedded server unless it runs, and give it up when this process ends."""
    from jingkai.config.embedded import EmbeddedServer

    server = EmbeddedServer(environment().home)
    hold = server.take_hold()

    def give_up() -> None:
        hold.close()
        server.stop_unless_used()

    atexit.register(give_up)


def start_django() -> None:
    """Load the settings and every app."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingkai.config.settings")
    import django

    django.setup()


def await_database(*, pause: Callable[[float], None] = time.sleep) -> None:
    """Wait for a server that is just starting, for a minute at most; what follows tells if it never came.

    Who the server lets in is not asked here: a wrong password is not waited for.
    """
    from django.db import connection
    from psycopg import pq
    from psycopg.conninfo import make_conninfo

    place = connection.settings_dict
    address = make_conninfo(host=place["HOST"], port=place["PORT"] or None, connect_timeout=5).encode()
    until, told = time.monotonic() + COMES_WITHIN, False
    while pq.PGconn.ping(address) in (pq.Ping.REJECT, pq.Ping.NO_RESPONSE) and time.monotonic() < until:
        if not told:
            click.echo(f"The database takes no calls yet; asked again for {COMES_WITHIN:.0f} s.", err=True)
            told = True
        pause(1.0)


def lost_database(error: BaseException) -> CannotStart | None:
    """What to tell where the database cannot be reached or went away; nothing where the error is another one.

    The server's own objections have a code (SQLSTATE); a line that could not be had or was lost has none.
    """
    from django.db import InterfaceError, OperationalError

    if not isinstance(error, (InterfaceError, OperationalError)) or getattr(
        error.__cause__, "sqlstate", None
    ):
        return None
    return _no_answer(error)


def _no_answer(error: Exception) -> CannotStart:
    return CannotStart(
        f"The database does not answer: {str(error).strip()}",
        "Check DATABASE_URL and that the server runs; `jingkai doctor` says more.",
    )


def require_database() -> None:
    """Raise CannotStart in words when the database does not answer or its tables are not up to date.

    A start after a crash shall not wait for every migration to be loaded: their names tell that none is new.
    """
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.recorder import MigrationRecorder

    try:
        if migrations_here() <= set(MigrationRecorder(connection).applied_migrations()):
            return
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise _no_answer(error) from error
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CannotStart("The tables of the database are not up to date.", "Run `jingkai migrate` first.")


def migrations_here() -> set[tuple[str, str]]:
    """App and name of every migration that this release brings."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    found = set()
    for app in apps.get_app_configs():
        place, _own = MigrationLoader.migrations_module(app.label)
        spec = find_spec(place) if place else None
        folders = list(spec.submodule_search_locations or ()) if spec else []
        names = (one.name for one in iter_modules(folders) if not one.ispkg and one.name[0] not in "_~")
        found |= {(app.label, name) for name in names}
    return found
