"""The commands that run an installation: serve, worker, migrate, setup, and Django's own."""

from __future__ import annotations

import sys
from contextlib import suppress

import click

from jingkai.config.backups import recovery_key
from jingkai.config.environment import APP_ROLE, DATABASE_NAME, OWNER_ROLE, ensure_secret, environment
from jingkai.config.founding import catalogue, package, zone
from jingkai.config.home import prepare_home
from jingkai.config.installation import await_database, open_installation, require_database


@click.command()
def serve() -> None:
    """Serve the pages on PORT until Ctrl-C."""
    from jingkai.config.serving import serve as serve_pages

    serve_pages()


@click.command()
@click.option("--concurrency", default=4, show_default=True, help="Jobs worked on at the same time.")
def worker(concurrency: int) -> None:
    """Work off the background jobs until Ctrl-C."""
    open_installation()
    require_database()
    from jingkai.config.releases import note_settings, take_up_release
    from jingkai.kernel.events.api import run_worker
    from jingkai.kernel.health.api import start_tracing

    start_tracing("worker")

    take_up_release()
    note_settings()
    run_worker(concurrency=concurrency)


@click.command()
def migrate() -> None:
    """Bring the tables of the database and the rights of the standard roles up to date, as their owner."""
    open_installation(as_owner=True)
    await_database()
    from jingkai.config.migrating import migrate as apply_migrations
    from jingkai.config.releases import accept_files, note_settings, note_upgrade, take_up_release

    apply_migrations(verbosity=1)
    is_new = note_upgrade()
    take_up_release()
    note_settings()
    accept_files(is_new=is_new)


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def django(arguments: tuple[str, ...]) -> None:
    """Run one of Django's own commands on this installation, as the owner of its tables."""
    open_installation(as_owner=True)
    from django.core.management import execute_from_command_line

    _note_command(arguments)
    execute_from_command_line(["jingkai django", *arguments])


def _note_command(arguments: tuple[str, ...]) -> None:
    """Write down which of Django's commands runs, where there are tables; its arguments may hold secrets."""
    from django.db import DatabaseError
    from django.utils import timezone

    from jingkai.kernel.audit.api import record_command
    from jingkai.kernel.permissions.data import SYSTEM

    name = next((one for one in arguments if not one.startswith("-")), "help")
    with suppress(DatabaseError):
        record_command(command=f"django {name}", by=SYSTEM, at=timezone.now())


@click.group()
def setup() -> None:
    """Prepare what an installation stands on."""


setup.add_command(zone)
setup.add_command(package)
setup.add_command(catalogue)
setup.add_command(recovery_key)


@setup.command("open-administration")
def open_administration() -> None:
    """Let administrators' pages be opened from anywhere again, when nobody is left inside the networks."""
    open_installation()
    require_database()
    from django.utils import timezone

    from jingkai.kernel.accounts import api as accounts

    accounts.open_administration(at=timezone.now())
    click.echo("Administrators' pages open from anywhere. Name the networks anew under 登录安全策略.")


@setup.command()
@click.option(
    "--admin-url", required=True, help="postgresql://… of a role that may make roles and databases."
)
@click.option("--name", default=DATABASE_NAME, show_default=True, help="Name of the database.")
def database(admin_url: str, name: str) -> None:
    """Make the two roles and the database on your own PostgreSQL, and print the two addresses to set.

    The passwords are made at random and kept in the folder `secrets` of JINGKAI_HOME.
    """
    from urllib.parse import quote

    import psycopg

    from jingkai.config.addresses import parse_database_url
    from jingkai.config.roles import RolePlan, provision

    secrets = prepare_home(environment().home) / "secrets"
    owner, app = (ensure_secret(secrets, f"server-{role}") for role in (OWNER_ROLE, APP_ROLE))
    admin = parse_database_url("--admin-url", admin_url)
    try:
        provision(admin, RolePlan(name, OWNER_ROLE, owner, APP_ROLE, app))
    except psycopg.Error as error:
        click.echo(f"The server refused: {str(error).strip()}", err=True)
        sys.exit(1)
    options = "".join(f"&{key}={quote(value)}" for key, value in admin.options)
    place = f"{name}?host={quote(admin.host, safe='')}&port={admin.port}{options}"
    if not admin.host.startswith("/"):
        place = f"{name}?{options[1:]}".rstrip("?")
    host = "" if admin.host.startswith("/") else f"{admin.host}:{admin.port}"
    click.echo(f"DATABASE_URL=postgresql://{APP_ROLE}:{app}@{host}/{place}")
    click.echo(f"DATABASE_OWNER_URL=postgresql://{OWNER_ROLE}:{owner}@{host}/{place}")
