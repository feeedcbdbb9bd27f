"""Fixtures of the trail for tests of every app."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from jingkai.kernel.audit import middleware
from jingkai.kernel.audit.data import Stream
from jingkai.kernel.audit.operations import entries

Tamper = Callable[..., None]


@contextmanager
def streams_written() -> Iterator[set[Stream]]:
    """Note, as long as it lasts, the streams to which anything is written, whoever writes."""
    written: set[Stream] = set()
    lock = entries._lock_heads

    def noting(streams: Sequence[Stream]) -> Any:
        written.update(streams)
        return lock(streams)

    with mock.patch.object(entries, "_lock_heads", noting):
        yield written


@pytest.fixture
def trail_folder(settings: Any, tmp_path: Path) -> Path:
    """Put the checkpoints and keys of this test into a folder of its own."""
    settings.HOME = tmp_path
    settings.CHECKPOINTS_FOLDER = tmp_path / "checkpoints"
    return tmp_path


@pytest.fixture
def tamper(transactional_db: None, database_server: Any) -> Tamper:
    """Run SQL as the database's superuser with every guard of the trail switched off.

    `tamper("DELETE FROM audit_trailentry WHERE id = %s", [7])`
    """
    from django.db import connection

    def run(statement: str, values: Any = None) -> None:
        with unguarded(database_server, str(connection.settings_dict["NAME"])) as owner:
            owner.execute(statement, values)

    return run


@contextmanager
def unguarded(server: Any, name: str) -> Iterator[Any]:
    """A connection of the database's superuser with every guard of the trail switched off."""
    with server.connect(name) as owner:
        owner.execute("SET session_replication_role = replica")
        yield owner


@contextmanager
def refusals_unnoted() -> Iterator[None]:
    """Leave refused pages out of the trail: a walk through all pages is refused ten thousand times."""
    with mock.patch.object(middleware, "record_refusal"):
        yield
