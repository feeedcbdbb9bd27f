"""A scratch installation for one run: a durable PostgreSQL, a fresh database, both roles, all tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOME = Path(__file__).resolve().parents[1] / "build" / "bench"
DATABASE = "jingkai_bench"


@contextmanager
def scratch_installation() -> Iterator[None]:
    """Start the embedded server with its durable settings, make the database anew, and set Django up."""
    os.environ["JINGKAI_HOME"] = str(HOME)
    os.environ["JINGKAI_LOG_LEVEL"] = "WARNING"
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    os.environ.pop("DATABASE_URL", None)
    from jingkai.config.embedded import EmbeddedServer

    server = EmbeddedServer(HOME)
    with server.in_use():
        _make_database(server)
        yield
        _close()


def _make_database(server: object) -> None:
    import psycopg

    from jingkai.config.embedded import EmbeddedServer
    from jingkai.config.environment import ADMIN_ROLE, APP_ROLE, OWNER_ROLE, read_secret
    from jingkai.config.roles import RolePlan, provision

    assert isinstance(server, EmbeddedServer)
    admin = server.address(ADMIN_ROLE, "postgres")
    with psycopg.connect(**admin.as_conninfo(), autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    owner, app = (read_secret(HOME / "secrets", f"database-{role}") for role in (OWNER_ROLE, APP_ROLE))
    provision(admin, RolePlan(DATABASE, OWNER_ROLE, owner, APP_ROLE, app))
    import django

    django.setup()
    from django.core.management import call_command

    _use(server.address(OWNER_ROLE, DATABASE))
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    _use(server.address(APP_ROLE, DATABASE))


def _use(address: object) -> None:
    from django.db import connections

    from jingkai.config.environment import DatabaseAddress

    assert isinstance(address, DatabaseAddress)
    connections.close_all()
    values = {key: value for key, value in address.as_django().items() if key != "ENGINE"}
    connections["default"].settings_dict.update(values)


def _close() -> None:
    from django.db import connections

    connections.close_all()
