"""The two roles of the database and the rights between them.

Migrations run under the owner; the product runs under a role that may read and write rows but change no
table. On the tables of the trail the migrations of `audit` take UPDATE and DELETE away from it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from jingkai.config.addresses import DatabaseAddress

QUICK = ("jit = off", "max_parallel_workers_per_gather = 0")
"""Every statement of the product is short: to compile it, or to call helpers, costs more than to run it."""


@dataclass(frozen=True, slots=True)
class RolePlan:
    """Which database is to belong to which owner and be used by which product role."""

    database: str
    owner: str
    owner_password: str
    app: str
    app_password: str


def provision(admin: DatabaseAddress, plan: RolePlan) -> None:
    """Make roles, database and rights, or bring them back to what they must be; safe to repeat."""
    with psycopg.connect(**_as_keywords(admin), autocommit=True) as connection:
        ensure_role(connection, plan.owner, plan.owner_password)
        ensure_role(connection, plan.app, plan.app_password)
        ensure_database(connection, plan)
    inside = DatabaseAddress(plan.database, admin.user, admin.password, admin.host, admin.port, admin.options)
    with psycopg.connect(**_as_keywords(inside), autocommit=True) as connection:
        grant_rights(connection, plan)


def ensure_role(connection: psycopg.Connection[Any], role: str, password: str) -> None:
    """Make a role that may log in and nothing else, with this password; the server only sees its hash."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(
        sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
            sql.Identifier(role), sql.Literal(hashed)
        )
    )
    for setting in QUICK:
        connection.execute(sql.SQL("ALTER ROLE {} SET " + setting).format(sql.Identifier(role)))


def ensure_database(connection: psycopg.Connection[Any], plan: RolePlan) -> None:
    """Make the owner's database; nobody but the two roles may connect to it."""
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [plan.database]).fetchone():
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                sql.Identifier(plan.database), sql.Identifier(plan.owner)
            )
        )
    name, app = sql.Identifier(plan.database), sql.Identifier(plan.app)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, app))


def grant_rights(connection: psycopg.Connection[Any], plan: RolePlan) -> None:
    """Inside the database: the schema belongs to the owner, the product role uses rows of its tables."""
    names = {"owner": sql.Identifier(plan.owner), "app": sql.Identifier(plan.app)}
    for statement in (
        "ALTER SCHEMA public OWNER TO {owner}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    ):
        connection.execute(sql.SQL(statement).format(**names))


def _as_keywords(address: DatabaseAddress) -> dict[str, Any]:
    return {**address.as_conninfo(), "connect_timeout": 10}
