"""A folder for files, and files of every kind, for tests."""

from __future__ import annotations

import zipfile
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from jingkai.records.files.data import OwnerKind
from jingkai.records.files.rules.owners import owners

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def files_folder(tmp_path: Path, settings: Any) -> Path:
    """Keep the files of every test in a folder of its own."""
    folder = tmp_path / "files"
    settings.FILES_FOLDER = folder
    return folder


def zipped(entries: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack entries into a ZIP."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return packed.getvalue()


def owning(kind: OwnerKind) -> AbstractContextManager[None]:
    """Know a kind of owner for the length of a block."""
    return owners.including(kind)


@pytest.fixture
def sign_in(cast: Any, client: Any) -> Any:
    """Log members of the cast in: `client = sign_in("clerk")`; the login is `client.user`."""
    from jingkai.kernel.accounts.testing import log_in

    def enter(name: str) -> Any:
        client.user = log_in(client, cast.actor(name))
        return client

    return enter
