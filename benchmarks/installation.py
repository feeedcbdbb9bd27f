"""A scratch installation for one run: a durable PostgreSQL, fresh databases, both roles, all tables."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from jingkai.config.addresses import DatabaseAddress
    from jingkai.config.embedded import EmbeddedServer

HOME = Path(__file__).resolve().parents[1] / "build" / "bench"
DATABASE = "jingkai_bench"
SMALL = "jingkai_bench_small"


@dataclass(slots=True)
class Installation:
    """The databases of one run; Django works in `DATABASE` unless `using` says otherwise."""

    server: EmbeddedServer
    opened: dict[str, Any] = field(default_factory=dict)

    def settle(self) -> None:
        """Let PostgreSQL tidy and count its tables, as it does by itself overnight."""
        with self._connected(DATABASE) as connection:
            connection.execute("VACUUM (ANALYZE)")

    def prepare(self, statement: str) -> None:
        """Make the table of the bare view, for the product's role to insert into."""
        from jingkai.config.environment import APP_ROLE

        with self._connected(DATABASE) as connection:
            connection.execute(statement)
            connection.execute(f"GRANT SELECT, INSERT ON bench_bare_row TO {APP_ROLE}")
            connection.execute(f"GRANT USAGE ON bench_bare_row_id_seq TO {APP_ROLE}")

    def copy(self, name: str) -> None:
        """Make a second database that holds what the first one holds now."""
        from django.db import connections

        connections.close_all()
        with self._connected("postgres") as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {DATABASE}")

    @contextmanager
    def using(self, name: str) -> Iterator[None]:
        """Let Django work in another database for a moment; its connection stays open for the next time."""
        from django.db import connections

        if name not in self.opened:
            wrapper = connections.create_connection("default")
            wrapper.settings_dict = {**wrapper.settings_dict, "NAME": name}
            self.opened[name] = wrapper
        before = connections["default"]
        connections["default"] = self.opened[name]
        try:
            yield
        finally:
            connections["default"] = before

    def close(self) -> None:
        """Close every connection."""
        from django.db import connections

        for wrapper in self.opened.values():
            wrapper.close()
        connections.close_all()

    def url(self) -> str:
        """The address of the first database as the product's own role, for another process."""
        from jingkai.config.environment import APP_ROLE

        told = self.server.address(APP_ROLE, DATABASE)
        query = urlencode({"host": told.host, "port": told.port})
        return (
            f"postgresql://{quote(told.user)}:{quote(told.password, safe='')}@localhost/{told.name}?{query}"
        )

    def _connected(self, name: str) -> Any:
        import psycopg

        from jingkai.config.environment import ADMIN_ROLE

        address: Any = self.server.address(ADMIN_ROLE, name).as_conninfo()
        return psycopg.connect(**address, autocommit=True)


@contextmanager
def scratch_installation() -> Iterator[Installation]:
    """Start the embedded server with its durable settings, make the database anew, and set Django up."""
    os.environ["JINGKAI_HOME"] = str(HOME)
    os.environ["JINGKAI_LOG_LEVEL"] = "ERROR"
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    os.environ.pop("DATABASE_URL", None)
    from jingkai.config.embedded import EmbeddedServer
    from jingkai.config.home import prepare_home

    prepare_home(HOME)
    for left in ("files", "secrets/seals", "checkpoints"):
        shutil.rmtree(HOME / left, ignore_errors=True)
    (HOME / "static").mkdir(exist_ok=True)
    server = EmbeddedServer(HOME)
    with server.in_use():
        installation = Installation(server)
        _make_database(server)
        try:
            yield installation
        finally:
            installation.close()


def _make_database(server: EmbeddedServer) -> None:
    import psycopg

    from jingkai.config.environment import ADMIN_ROLE, APP_ROLE, OWNER_ROLE, ensure_secret
    from jingkai.config.roles import RolePlan, provision

    admin = server.address(ADMIN_ROLE, "postgres")
    conninfo: Any = admin.as_conninfo()
    with psycopg.connect(**conninfo, autocommit=True) as connection:
        for name in (DATABASE, SMALL):
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    owner, app = (ensure_secret(HOME / "secrets", f"database-{role}") for role in (OWNER_ROLE, APP_ROLE))
    provision(admin, RolePlan(DATABASE, OWNER_ROLE, owner, APP_ROLE, app))
    import django

    django.setup()
    from django.core.management import call_command

    _use(server.address(OWNER_ROLE, DATABASE))
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    _use(server.address(APP_ROLE, DATABASE))


def _use(address: DatabaseAddress) -> None:
    from django.db import connections

    connections.close_all()
    values = {key: value for key, value in address.as_django().items() if key != "ENGINE"}
    connections["default"].settings_dict.update(values)
