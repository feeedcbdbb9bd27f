"""Opening an installation: its data folder, its database, Django."""

from __future__ import annotations

import atexit
import os
from importlib.util import find_spec
from pkgutil import iter_modules

from jingkai.config.environment import MARKER, environment
from jingkai.config.home import CannotStart, prepare_home


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
        raise CannotStart(
            f"The database does not answer: {str(error).strip()}",
            "Check DATABASE_URL and that the server runs; `jingkai doctor` says more.",
        ) from error
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
