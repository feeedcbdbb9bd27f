"""A streaming replica of an installation's database: copied by pg_basebackup, following, promoted."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg

from jingkai.config.addresses import DatabaseAddress
from jingkai.config.embedded import EmbeddedServer
from jingkai.config.environment import ADMIN_ROLE, APP_ROLE, DATABASE_NAME
from jingkai.config.home import prepare_home
from jingkai.config.programs import client_programs
from tests.drills.installation import Installation

PATIENCE = 300.0


class FollowingServer(EmbeddedServer):
    """A server that follows another one: read as soon as it is consistent, and never provisioned."""

    def _await_end_of_recovery(self, log: Path) -> None:
        eventually(self._answers, f"the replica to answer; it said: {log}")

    def _provision(self) -> None:
        """Roles and rights come with the log."""


@dataclass(slots=True)
class Standby:
    """A replica in a folder of its own, as on a machine of its own."""

    server: FollowingServer
    name: str

    def connect(self, role: str = ADMIN_ROLE) -> psycopg.Connection[Any]:
        """A connection to it, outside transactions."""
        address = self.server.address(role, DATABASE_NAME)
        return psycopg.connect(**address.as_conninfo(), autocommit=True)  # type: ignore[arg-type]

    def ask(self, statement: str) -> Any:
        """Ask it one thing as its administrator."""
        with self.connect() as connection:
            row = connection.execute(statement).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None

    def url(self) -> str:
        """Its address as the product's role."""
        return url_of(self.server.address(APP_ROLE))

    def promote(self) -> None:
        """Make it the primary, as an administrator does, and return when it takes writes."""
        assert self.ask("SELECT pg_promote(true, 60)")

    def kill(self) -> None:
        """Kill it with all its processes."""
        kill_server(self.server)


def url_of(*addresses: DatabaseAddress, **options: str) -> str:
    """The address of one server or of several, as DATABASE_URL has it."""
    one = addresses[0]
    told = {"host": ",".join(a.host for a in addresses), "port": ",".join(str(a.port) for a in addresses)}
    words = (quote(part, safe="") for part in (one.user, one.password))
    return f"postgresql://{':'.join(words)}@/{one.name}?{urlencode({**told, **options})}"


@contextlib.contextmanager
def following(installation: Installation, home: Path, name: str) -> Iterator[Standby]:
    """Copy the running server of an installation and let the copy follow it until the block ends."""
    source = installation.server.address(ADMIN_ROLE, "postgres")
    shutil.copytree(installation.home / "secrets", prepare_home(home) / "secrets", dirs_exist_ok=True)
    words = f"host={source.host} port={source.port} user={source.user} application_name={name}"
    settings = {"primary_conninfo": f"'{words} password={source.password}'", "hot_standby_feedback": "on"}
    server = FollowingServer(home, settings)
    server.adopt(lambda draft: _copy(words, source.password, draft))
    with server.in_use():
        yield Standby(server, name)


def _copy(words: str, password: str, draft: Path) -> None:
    command = [client_programs() / "pg_basebackup", "-d", words, "-D", draft, "-X", "stream", "-c", "fast"]
    told = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PGPASSWORD": password}
    done = subprocess.run([*command, "-w"], env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (draft / "standby.signal").touch(mode=0o600)


def commit_on_both(installation: Installation, standby: Standby) -> None:
    """Let the primary acknowledge nothing that is not on the replica's disk, too; changed while it runs."""
    with installation.connect(ADMIN_ROLE) as connection:
        connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 ({standby.name})'")
        connection.execute("SELECT pg_reload_conf()")
        in_step = "SELECT sync_state FROM pg_stat_replication WHERE application_name = %s"
        eventually(
            lambda: (connection.execute(in_step, [standby.name]).fetchone() or ("",))[0] == "sync",
            "the replica to be in step",
        )


def kill_server(server: EmbeddedServer) -> None:
    """Kill a server with all its processes and wait until none of them lives."""
    pid = int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
    doomed = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    for one in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    eventually(lambda: not any(_lives(one) for one in doomed), "the server to be gone")


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(holds: Callable[[], object], what: str) -> None:
    """Return when something holds; raises AssertionError with its words when it never does."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.05)
