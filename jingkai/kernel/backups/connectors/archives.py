"""Unpacking archives: nothing leaves the folder, whatever the release of Python."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

from jingkai.kernel.backups.data import BackupFailed

_FILTER: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def extract(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Unpack one plain file or folder; a link or a name that leads out of the folder is refused."""
    plain = member.isfile() or member.isdir()
    if not plain or Path(member.name).is_absolute() or ".." in Path(member.name).parts:
        raise BackupFailed(f"The archive holds {member.name}, which is no plain file of its folder.")
    archive.extract(member, target, **_FILTER)
