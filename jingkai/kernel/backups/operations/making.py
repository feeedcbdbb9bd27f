"""Making a backup while everything runs.

Order decides. Files are taken once before the database, so that most of them are done when it is copied,
and once after it: whatever a row of the copy names was on the disk before that row was. Checkpoints come
last; the restore sets those aside that the restored database does not know yet.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from jingkai.kernel.audit import api as audit
from jingkai.kernel.backups.connectors import keys
from jingkai.kernel.backups.connectors.postgres import base_backup
from jingkai.kernel.backups.data import (
    BARE_KEYS,
    CERTIFICATE,
    CHECKPOINTS,
    DATABASE,
    FILES,
    KEYS,
    MANIFEST,
    BackupFailed,
    Entry,
    Home,
    Made,
    Server,
    Tell,
    nobody,
)
from jingkai.kernel.backups.queries.folders import newest_before
from jingkai.kernel.backups.rules import manifest
from jingkai.kernel.hooks.data import PersonFacingError

BLOCK = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")


def make_backup(
    *,
    folder: Path,
    server: Server,
    home: Home,
    about: dict[str, Any],
    clock: Callable[[], datetime],
    keys_place: Path | None = None,
    tell: Tell = nobody,
) -> Made:
    """Write a whole backup into a folder that does not exist yet; it gets its name when it is complete.

    Raises BackupFailed, and leaves nothing behind, when any part of it cannot be had.
    """
    begun, at = time.monotonic(), clock()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupFailed(f"{folder} is there already and not empty.", "Name a new folder.")
    draft = folder.with_name(f".{folder.name}.partial-{secrets.token_hex(4)}")
    draft.mkdir(mode=0o700, parents=True)
    try:
        work = _Work(draft, home, tell, newest_before(folder))
        _lock_keys(work, keys_place, folder.name)
        work.take_files()
        base_backup(server, draft / DATABASE, tell)
        moments = {"at": at.isoformat(), "database_at": clock().isoformat()}
        work.take_files()
        work.take_checkpoints()
        where = "apart" if keys_place else KEYS
        made = manifest.sealed({**about, **moments, "keys": where}, work.entries())
        _write(draft / MANIFEST, manifest.written(made))
        _sync(draft)
        draft.replace(folder)
        _sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    damaged = tuple(sorted(work.damaged))
    seconds = time.monotonic() - begun
    return Made(folder=folder, manifest=made, seconds=seconds, linked=work.linked, damaged=damaged)


@dataclass(slots=True)
class _Work:
    """One backup in the making."""

    draft: Path
    home: Home
    tell: Tell
    earlier: Path | None
    linked: int = 0
    taken: dict[str, Entry] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)

    def take_files(self) -> None:
        """Take every stored file that is not yet in: linked to the backup before, or copied."""
        known = {path.name: functools.partial(_copy, path) for path in _objects(self.home.files)}
        if store := self.home.elsewhere:
            known |= {key: functools.partial(store.copy, key) for key in store.list_keys()}
        missing = {key: copy for key, copy in known.items() if key not in self.taken}
        for number, (key, copy) in enumerate(missing.items(), 1):
            self._take(key, copy)
            self.tell(FILES, number, len(missing))

    def take_checkpoints(self) -> None:
        """Copy the lines that sign the trail, wherever they were signed."""
        try:
            audit.bring_over()
        except PersonFacingError as error:
            raise BackupFailed(str(error.sentence), str(error.advice)) from error
        for path in sorted(self.home.checkpoints.glob("*.jsonl")):
            target = self.draft / CHECKPOINTS / path.name
            target.parent.mkdir(mode=0o700, exist_ok=True)
            shutil.copyfile(path, target)

    def entries(self) -> tuple[Entry, ...]:
        """List every file of the draft; what was hashed while it was copied is not read again."""
        known = {f"{FILES}/{key[:2]}/{key[2:4]}/{key}": entry for key, entry in self.taken.items()}
        found = (path for path in sorted(self.draft.rglob("*")) if path.is_file())
        names = ((path, path.relative_to(self.draft).as_posix()) for path in found)
        return tuple(
            known.get(name) or Entry(name, path.stat().st_size, digest_of(path)) for path, name in names
        )

    def _take(self, key: str, copy: Callable[[Path], str | None]) -> None:
        name = f"{FILES}/{key[:2]}/{key[2:4]}/{key}"
        target = self.draft / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        came: str | None = key
        if self._link(name, target) or (came := copy(target)) == key:
            self.damaged.discard(key)
            self.taken[key] = Entry(name, target.stat().st_size, key)
        else:
            target.unlink(missing_ok=True)
            if came is not None:
                self.damaged.add(key)

    def _link(self, name: str, target: Path) -> bool:
        """Share the bytes with the backup before, if they are there and still whole."""
        source = self.earlier / name if self.earlier else None
        if source is None or not source.is_file() or digest_of(source) != source.name:
            return False
        try:
            os.link(source, target)
        except OSError:
            return False
        self.linked += 1
        return True


def _objects(folder: Path) -> Iterator[Path]:
    return (path for path in sorted((folder / "objects").glob("*/*/*")) if _DIGEST.fullmatch(path.name))


def _lock_keys(work: _Work, place: Path | None, name: str) -> None:
    audit.sign(b"")  # the key that will seal the manifest is made on first use, and must be packed, too
    archive = keys.pack(work.home)
    if place is not None:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(place / f"{name}-{BARE_KEYS}", archive)
        return
    certificate = work.home.keys / CERTIFICATE
    if not certificate.is_file():
        raise BackupFailed(
            "There is no recovery key, so the keys of this installation cannot be locked away.",
            "Run once: jingkai setup recovery-key FILE (FILE is kept away from this machine),"
            " or name a separate place for the keys: --keys FOLDER",
        )
    _write(work.draft / KEYS, keys.lock(archive, certificate.read_bytes()))


def _copy(source: Path, target: Path) -> str | None:
    """Copy a file and give the digest of what was read; None when it went away meanwhile."""
    seen = hashlib.sha256()
    try:
        with source.open("rb") as original, target.open("wb") as copy:
            while block := original.read(BLOCK):
                seen.update(block)
                copy.write(block)
    except FileNotFoundError:
        return None
    return seen.hexdigest()


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """See every file and folder on the disk before the backup gets its name."""
    for path in (folder, *folder.rglob("*")):
        _sync_folder(path)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
