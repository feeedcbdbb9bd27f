"""The data folder of an installation: made once, marked as ours, and never mistaken for somebody else's."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jingkai.config.environment import MARKER

FORMAT = "1"
FOLDERS = {"secrets": 0o700, "files": 0o700, "checkpoints": 0o700, "logs": 0o700}


class CannotStart(Exception):
    """Something outside the program keeps it from starting; says what it is and what to do about it."""

    exit_code = 2

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(f"{problem}\n{advice}")
        self.problem, self.advice = problem, advice


def prepare_home(home: Path) -> Path:
    """Make the data folder, or accept the one made earlier; refuses a folder that holds something else."""
    try:
        if not _is_ours(home):
            _refuse_foreign(home)
            home.mkdir(mode=0o755, parents=True, exist_ok=True)
            (home / MARKER).open("ab").close()
        _mark(home / MARKER)
        for name, mode in FOLDERS.items():
            (home / name).mkdir(mode=mode, exist_ok=True)
    except PermissionError as error:
        raise CannotStart(
            f"The data folder {home} belongs to another user ({error.filename} cannot be opened).",
            "Start as the user who made it, or set JINGKAI_HOME to a folder of your own.",
        ) from error
    return home


def _is_ours(home: Path) -> bool:
    marker = home / MARKER
    if not marker.is_file():
        return False
    found = marker.read_text(encoding="utf-8", errors="replace").strip()
    if found not in {FORMAT, ""}:  # an empty one is being written, or its writer was killed
        raise CannotStart(
            f"The data folder {home} was made by another release of Jingkai (format “{found[:20]}”).",
            "Use the release that made it, or set JINGKAI_HOME to a new folder.",
        )
    return True


def _mark(marker: Path) -> None:
    """Write the format; never empties the file, for another process may read it right now."""
    if not marker.stat().st_size:
        with marker.open("r+b") as file:
            file.write(f"{FORMAT}\n".encode())


def _refuse_foreign(home: Path) -> None:
    if home.is_symlink() and not home.exists():
        raise CannotStart(
            f"The data folder {home} is a link that leads nowhere.", "Repair it or set JINGKAI_HOME."
        )
    if home.exists() and not home.is_dir():
        raise CannotStart(f"The data folder {home} is a file.", "Set JINGKAI_HOME to a new or empty folder.")
    found = sorted(path.name for path in home.iterdir() if path.name != MARKER) if home.exists() else []
    if found and not _is_ours(home):  # another process may just have made it
        raise CannotStart(
            f"The data folder {home} holds something that is not Jingkai's: {', '.join(found[:5])}"
            f"{', …' if len(found) > 5 else ''}.",
            "Nothing in it was touched. Set JINGKAI_HOME to a new or empty folder.",
        )


@contextmanager
def in_turn(lock: Path) -> Iterator[None]:
    """Let no other process of this machine be in a block with the same lock; a kill leaves it free."""
    with open_lock(lock) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def open_lock(path: Path) -> Iterator[int]:
    """A file to lock, made when it is missing; closing it gives every lock on it back."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def refuse_busy_port(host: str, port: int) -> None:
    """Raise CannotStart when somebody already listens on the port; a shared port would answer at random."""
    for family, address in _addresses(host, port):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            busy = probe.connect_ex(address) == 0
        if busy or not _can_bind(family, address):
            raise CannotStart(
                f"Port {port} is taken by another program.",
                f"Stop that program, or choose another port, as in PORT={port % 65535 + 1} make demo",
            )


def _can_bind(family: socket.AddressFamily, address: tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError as error:
            raise CannotStart(
                f"Port {address[1]} needs the rights of the administrator.",
                "Choose a port above 1023: PORT=8000",
            ) from error
        except OSError as error:
            return family == socket.AF_INET6 and error.errno in (97, 99)
    return True


def _addresses(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    addresses = [(socket.AF_INET, (host if ":" not in host else "127.0.0.1", port))]
    if socket.has_ipv6:
        addresses.append((socket.AF_INET6, ("::1" if host in {"127.0.0.1", "localhost"} else "::", port)))
    return addresses
