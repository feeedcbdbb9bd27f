"""An installation's folders, and a server that hands out a base backup without running."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from jingkai.kernel.backups.connectors.keys import make_recovery_key
from jingkai.kernel.backups.data import CERTIFICATE, Home, Made, Server
from jingkai.kernel.backups.operations import making

PASSPHRASE = "three words apart"
SERVER = Server("/run", 5432, "copier", "secret", "jingkai", Path("/nowhere"))


@pytest.fixture
def home(trail_folder: Path) -> Home:
    """The folders of an installation with two stored files, a checkpoint and a secret."""
    made = Home(trail_folder, trail_folder / "files", trail_folder / "checkpoints", trail_folder / "secrets")
    for folder in (made.secrets, made.checkpoints, made.keys):
        folder.mkdir(exist_ok=True)
    (made.secrets / "secret-key").write_text("s3cret")
    (made.checkpoints / "000000000001.jsonl").write_text('{"number":1}\n{"number":2}\n')
    for content in (b"one", b"two"):
        store(made, content)
    return made


@pytest.fixture(scope="session")
def recovery() -> tuple[bytes, bytes]:
    """A recovery key and its certificate."""
    return make_recovery_key(PASSPHRASE, at=timezone.now())


@pytest.fixture
def back_up(
    home: Home, recovery: tuple[bytes, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Made]:
    """Make a backup under a name; the database is an outside program and stands in as three files."""
    (home.keys / CERTIFICATE).write_bytes(recovery[1])

    def copied(_server: Server, folder: Path, _tell: Any) -> None:
        folder.mkdir()
        for name in ("base.tar.gz", "pg_wal.tar.gz", "backup_manifest"):
            (folder / name).write_bytes(name.encode() * 100)

    monkeypatch.setattr(making, "base_backup", copied)

    def make(name: str, **more: Any) -> Made:
        return making.make_backup(
            folder=tmp_path / "backups" / name,
            server=SERVER,
            home=more.pop("home", home),
            about={"run": "1", "trail": {}},
            clock=lambda: datetime(2026, 11, 22, 2, tzinfo=UTC),
            **more,
        )

    return make


def store(home: Home, content: bytes) -> Path:
    """Put a file where the store keeps it."""
    key = hashlib.sha256(content).hexdigest()
    path = home.files / "objects" / key[:2] / key[2:4] / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
