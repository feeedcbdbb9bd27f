"""Servers of their own for the tests that start, kill and stop them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jingkai.config.embedded import EmbeddedServer


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that the server's system user can reach, gone with its server after the test."""
    parent = Path(tempfile.mkdtemp(prefix="jingkai-home-"))
    parent.chmod(0o755)
    yield parent / "data"
    server = EmbeddedServer(parent / "data")
    if server.is_running():
        server.stop_unless_used()
    shutil.rmtree(parent, ignore_errors=True)
