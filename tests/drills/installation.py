"""An installation of its own: data folder, server that syncs to disk, web and worker processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from jingkai.config.addresses import DatabaseAddress
from jingkai.config.embedded import EmbeddedServer
from jingkai.config.environment import ADMIN_ROLE, APP_ROLE, DATABASE_NAME
from jingkai.config.home import prepare_home
from jingkai.config.programs import client_programs

ROWS = """
SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '')
FROM public."{}" t
"""
PASSPHRASE = "drill"


@dataclass(slots=True)
class Installation:
    """A data folder with its server; `run` is the command line as an operator uses it."""

    home: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def server(self) -> EmbeddedServer:
        """Its database server."""
        return EmbeddedServer(self.home)

    def environment(self, **more: str) -> dict[str, str]:
        """What a process of this installation is told."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("DATABASE_")}
        told = {"JINGKAI_HOME": str(self.home), "JINGKAI_LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1"}
        return {**kept, **told, **self.variables, **more}

    def run(self, *arguments: str | Path, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run `jingkai ARGUMENTS` to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "jingkai", *map(str, arguments)],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert code is None or done.returncode == code, f"{done.stdout}\n{done.stderr}"
        return done

    def answer(self, *arguments: str | Path, code: int = 0) -> dict[str, Any]:
        """Run a command that prints one JSON object."""
        found: dict[str, Any] = json.loads(self.run(*arguments, "--json", code=code).stdout)
        return found

    def connect(self, role: str = APP_ROLE) -> psycopg.Connection[Any]:
        """A connection to its database, outside transactions."""
        address = self.server.address(role, DATABASE_NAME)
        return psycopg.connect(**address.as_conninfo(), autocommit=True)  # type: ignore[arg-type]

    def rows(self) -> dict[str, str]:
        """The fingerprint of every table's rows, whatever their order on the disk."""
        with self.connect(ADMIN_ROLE) as connection:
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            ).fetchall()
            return {name: connection.execute(ROWS.format(name)).fetchone()[0] for (name,) in tables}  # type: ignore[index]

    def stored(self) -> dict[str, int]:
        """The stored files by digest, with their sizes."""
        return {path.name: path.stat().st_size for path in (self.home / "files" / "objects").glob("*/*/*")}


def install(home: Path, source: DatabaseAddress) -> Installation:
    """Make an installation out of the database, files, seals and secrets of a test."""
    prepare_home(home)
    _copy_folders(home)
    made = Installation(home)
    with made.server.in_use():
        target = made.server.address(ADMIN_ROLE, DATABASE_NAME)
        dump = subprocess.Popen(
            [client_programs() / "pg_dump", "-Fc", "-Z0", "-d", _words(source)],
            stdout=subprocess.PIPE,
            env=_passing(source),
        )
        load = [client_programs() / "pg_restore", "--no-comments", "-d", _words(target)]
        done = subprocess.run(
            load, stdin=dump.stdout, env=_passing(target), check=False, capture_output=True, text=True
        )
        assert dump.wait() == 0
        assert done.returncode == 0 or "errors ignored" in done.stderr, done.stderr
    return made


def _copy_folders(home: Path) -> None:
    for path in Path(settings.SECRETS_FOLDER).iterdir():
        if path.is_file() and not path.name.startswith("database-"):
            shutil.copy2(path, home / "secrets")
    shutil.copytree(settings.SEALS_FOLDER, home / "secrets" / "seals")
    shutil.copytree(settings.FILES_FOLDER, home / "files", dirs_exist_ok=True)
    (home / "secrets" / "secret-key").write_text(settings.SECRET_KEY)


def _words(address: DatabaseAddress) -> str:
    return f"host={address.host} port={address.port} user={address.user} dbname={address.name}"


def _passing(address: DatabaseAddress) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "PGPASSWORD": address.password}
