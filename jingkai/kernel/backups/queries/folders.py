"""The folders of backups as they lie beside each other, told by their names."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from jingkai.kernel.backups.data import MANIFEST, BackupRefused, Manifest
from jingkai.kernel.backups.rules import NAME, manifest


def list_backups(root: Path) -> dict[datetime, Path]:
    """List the complete backups of a folder by the moment in their name, oldest first."""
    found = {}
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        try:
            moment = datetime.strptime(path.name, NAME).replace(tzinfo=UTC)
        except ValueError:
            continue
        if (path / MANIFEST).is_file():
            found[moment] = path
    return found


def newest_before(folder: Path) -> Path | None:
    """Give the newest complete backup that lies beside a folder, by the age of its manifest."""
    beside = folder.parent.iterdir() if folder.parent.is_dir() else ()
    made = [path for path in beside if path != folder and not path.name.startswith(".")]
    made = [path for path in made if (path / MANIFEST).is_file()]
    return max(made, key=lambda path: (path / MANIFEST).stat().st_mtime, default=None)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup; raises BackupRefused when there is none or it was altered."""
    try:
        content = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise BackupRefused(MANIFEST, "it is missing: this is no complete backup") from error
    return manifest.read(content)
