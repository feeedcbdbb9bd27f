"""Proving a backup byte by byte and laying it out again as an installation."""

from __future__ import annotations

import gzip
import shutil
import tarfile
from pathlib import Path

from jingkai.kernel.audit import api as audit
from jingkai.kernel.backups.connectors.archives import extract
from jingkai.kernel.backups.data import (
    CHECKPOINTS,
    DATABASE,
    FILES,
    MANIFEST,
    BackupFailed,
    BackupRefused,
    Entry,
    Manifest,
    Tell,
    nobody,
)
from jingkai.kernel.backups.operations.making import digest_of
from jingkai.kernel.backups.queries.folders import read_manifest

_PARTIAL = ".partial"
SEGMENT = 24
"""How many letters the name of a segment of the log has."""


def prove(folder: Path, tell: Tell = nobody) -> Manifest:
    """Read every byte of a backup; raises BackupRefused with the name of the first file that is wrong."""
    manifest = read_manifest(folder)
    listed = {entry.path for entry in manifest.entries}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    for path in sorted(found - listed - {MANIFEST}):
        raise BackupRefused(path, "it does not belong to this backup")
    done = 0
    for entry in manifest.entries:
        _prove_one(folder / entry.path, entry)
        done += entry.size
        tell("check", done, manifest.size)
    return manifest


def _prove_one(path: Path, entry: Entry) -> None:
    try:
        if path.stat().st_size != entry.size or digest_of(path) != entry.sha256:
            raise BackupRefused(entry.path, "its bytes are not those that were backed up")
    except OSError as error:
        raise BackupRefused(entry.path, "it is missing or cannot be read") from error


def lay_out(folder: Path, *, home: Path, data: Path, tell: Tell = nobody) -> None:
    """Unpack database, files and checkpoints of a proved backup into the folders of a new home."""
    _unpack(folder / DATABASE / "base.tar.gz", data, tell)
    _unpack(folder / DATABASE / "pg_wal.tar.gz", data / "pg_wal", nobody)
    shutil.copyfile(folder / DATABASE / "backup_manifest", data / "backup_manifest")
    found = sorted((folder / FILES).rglob("*")) if (folder / FILES).is_dir() else []
    put_files([path for path in found if path.is_file()], home, tell)
    for path in sorted((folder / CHECKPOINTS).glob("*.jsonl")):
        (home / CHECKPOINTS).mkdir(mode=0o700, exist_ok=True)
        shutil.copyfile(path, home / CHECKPOINTS / path.name)


def put_files(paths: list[Path], home: Path, tell: Tell = nobody) -> None:
    """Put stored files under their digests, as the store keeps them."""
    for number, path in enumerate(paths, 1):
        key = path.name
        target = home / FILES / "objects" / key[:2] / key[2:4] / key
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not target.exists():
            shutil.copyfile(path, target)
            target.chmod(0o400)
        tell(FILES, number, len(paths))


def _unpack(archive: Path, target: Path, tell: Tell) -> None:
    target.mkdir(mode=0o700, exist_ok=True)
    size = archive.stat().st_size
    with archive.open("rb") as raw, gzip.open(raw) as bytes_, tarfile.open(fileobj=bytes_, mode="r|") as tar:
        for member in tar:
            if member.issym() or member.islnk():
                raise BackupFailed(
                    f"The database uses a tablespace ({member.name}), which this restore does not lay out."
                )
            extract(tar, member, target)
            tell(DATABASE, raw.tell(), size)
    target.chmod(0o700)


def log_since(log: Path, *, home: Path, wal: Path) -> bool:
    """Lay out the database's log, files and checkpoints of the time after a backup; tells whether any were.

    The newest segment is still being written: it is taken as far as it goes.
    """
    wal.mkdir(mode=0o700, exist_ok=True)
    found = False
    for path in sorted((log / "wal").iterdir()) if (log / "wal").is_dir() else ():
        name = path.name.removesuffix(_PARTIAL)
        if (len(name) == SEGMENT or name.endswith(".history")) and not (wal / name).exists():
            shutil.copyfile(path, wal / name)
            found = True
    put_files([path for path in sorted((log / FILES).glob("*")) if digest_of(path) == path.name], home)
    _put_checkpoints(log / CHECKPOINTS, home / CHECKPOINTS)
    return found


def _put_checkpoints(kept: Path, target: Path) -> None:
    """Lay the checkpoints that were kept over those of the backup, which they continue."""
    for path in sorted(kept.glob("*.jsonl")):
        own = target / path.name
        if own.exists() and not path.read_bytes().startswith(own.read_bytes()):
            continue
        target.mkdir(mode=0o700, exist_ok=True)
        shutil.copyfile(path, own)


def set_aside(home: Path, *, known: int) -> int:
    """Move the checkpoints that sign what the restored database does not hold out of the way.

    They are kept as evidence in `checkpoints/set-aside`; gives how many there were.
    """
    return audit.take_from_folder(home / CHECKPOINTS, known=known)
