"""The folder that keeps the bytes, each object under the digest of its content."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from jingkai.records.files.data import StoredObject

_KEY = re.compile(r"[0-9a-f]{64}")


def is_key(key: str) -> bool:
    """Tell whether this is the digest of a content."""
    return _KEY.fullmatch(key) is not None


def refuse_no_key(key: str) -> None:
    """Let nothing but a digest name an object. Error: ValueError."""
    if not is_key(key):
        raise ValueError(f"not a digest: {key!r}")


class FolderStore:
    """Objects as files of one folder tree: `ab/cd/abcd…`; what arrives is first written to `incoming`.

    `incoming` lies on the same disk, so that taking a file in is one atomic rename: a reader never sees half
    an object, and a power cut leaves either none or all of it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.incoming = folder / "incoming"

    def path_of(self, key: str) -> Path:
        """Give the path of a key; anything that is no digest is refused."""
        refuse_no_key(key)
        return self.folder / "objects" / key[:2] / key[2:4] / key

    def stage(self, key: str, path: Path) -> None:
        """Nothing to do: the bytes lie on the right disk already."""

    def put(self, key: str, path: Path) -> None:
        """Take a file in under its digest: synced to disk, renamed at once, read-only afterwards."""
        target = self.path_of(key)
        if target.exists():
            path.unlink(missing_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.chmod(0o400)
        path.replace(target)
        _sync_folder(target.parent)

    def open(self, key: str, start: int = 0) -> BinaryIO:
        """Open an object for reading from a position."""
        stream = self.path_of(key).open("rb")
        stream.seek(start)
        return stream

    def size(self, key: str) -> int | None:
        """Tell an object's size, or None where there is none."""
        try:
            return self.path_of(key).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        """Remove an object."""
        self.path_of(key).unlink(missing_ok=True)

    def objects(self) -> Iterator[StoredObject]:
        """Walk over all objects."""
        for path in sorted((self.folder / "objects").glob("*/*/*")):
            state = path.stat()
            yield StoredObject(path.name, state.st_size, datetime.fromtimestamp(state.st_mtime, UTC))

    def incoming_folder(self) -> Path:
        """Give the folder for what is still arriving."""
        self.incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.incoming


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
