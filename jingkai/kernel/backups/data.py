"""What stands in a backup and what came of making or restoring one. Standard library only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

MANIFEST = "manifest.json"
DATABASE, FILES, CHECKPOINTS = "database", "files", "checkpoints"
KEYS = "keys.cms"
"""The archive of keys, encrypted for the recovery certificate (CMS, opened by OpenSSL, too)."""
BARE_KEYS = "keys.tar"
"""The archive of keys in the clear, which is only ever written to a place of its own."""
CERTIFICATE = "recovery.crt"
LOG = "log"
"""The folder beside the backups with what was written since: the database's log and new files."""

Tell = Callable[[str, int, int], None]
"""Hears how far something is: which part, how much is done, how much there is."""


def nobody(_part: str, _done: int, _total: int) -> None:
    """Hear of progress and do nothing."""


class BackupFailed(Exception):
    """The backup or the restore could not be done; `advice` says what to do."""

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem)
        self.problem, self.advice = problem, advice


class BackupRefused(BackupFailed):
    """A file of the backup is missing, altered, or not listed; nothing was restored."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(
            f"{path}: {why}", "Nothing was restored. Take another backup, or a copy of this one."
        )
        self.path = path


@dataclass(frozen=True, slots=True)
class Server:
    """The PostgreSQL server as its own programs reach it; the role must be allowed to replicate."""

    host: str
    port: int | str
    user: str
    password: str
    database: str
    programs: Path
    embedded: bool = True

    def words(self) -> str:
        """The address as libpq reads it; the password goes by the environment, where `ps` shows nothing."""
        return f"host={_quoted(self.host)} port={self.port} user={_quoted(self.user)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class FileStore(Protocol):
    """Where stored files lie when they do not lie in the folder: a bucket that machines share."""

    def list_keys(self) -> Iterator[str]:
        """Name every stored file by its digest. Error: BackupFailed."""

    def copy(self, key: str, target: Path) -> str | None:
        """Copy a file and give the digest of what came; None where there is none. Error: BackupFailed."""

    def since(self, mark: int) -> tuple[list[str], int]:
        """Name what was stored after a mark, and give the mark to go on from."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of an installation that a backup holds beside the database."""

    home: Path
    files: Path
    checkpoints: Path
    secrets: Path
    elsewhere: FileStore | None = None

    @property
    def keys(self) -> Path:
        """The keys that sign the trail, and the recovery certificate."""
        return self.home / "keys"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a backup: its place in the folder, its size and the SHA-256 of its bytes."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a backup says of itself; `about` holds facts by name, `entries` every file."""

    about: Mapping[str, Any]
    entries: tuple[Entry, ...]
    seal: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(entry.size for entry in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished backup."""

    folder: Path
    manifest: Manifest
    seconds: float
    linked: int
    damaged: tuple[str, ...]
    """Stored files whose bytes no longer have their digest, here and in the backup before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When backups are made, how long they are kept, and after how long somebody is warned."""

    hour: int = 2
    days: int = 14
    weeks: int = 8
    months: int = 12
    warn_hours: int = 30
    drill_days: int = 35


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The last good backup and the last good restore drill, as the doctor and the page tell them."""

    backup: Any
    drill: Any
    failed: Any
    """The newest run when it failed, else None."""
