"""A database that is not there yet is waited for; one that does not come or went away is told in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import InterfaceError, OperationalError, connection
from psycopg.errors import LockNotAvailable

from jingkai.config import installation
from jingkai.config.installation import await_database, lost_database


@pytest.mark.django_db
def test_a_server_that_comes_late_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sockets = Path(str(connection.settings_dict["HOST"]))
    assert sockets.is_dir()
    monkeypatch.setitem(connection.settings_dict, "HOST", str(tmp_path / "sockets"))
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            (tmp_path / "sockets").symlink_to(sockets)

    await_database(pause=pause)
    assert len(pauses) == 3
    said = capsys.readouterr()
    assert (said.out, said.err.count("takes no calls yet")) == ("", 1)
    await_database(pause=pause)
    assert len(pauses) == 3


def test_a_server_that_never_comes_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", str(tmp_path))
    monkeypatch.setattr(installation, "COMES_WITHIN", 0.2)
    pauses: list[float] = []
    await_database(pause=pauses.append)
    assert set(pauses) == {1.0}
    assert capsys.readouterr().err.count("takes no calls yet") == 1


def test_only_a_lost_line_is_told_as_one() -> None:
    gone = OperationalError("server closed the connection unexpectedly")
    told = lost_database(gone)
    assert told is not None
    assert (told.exit_code, "closed the connection" in told.problem) == (2, True)
    assert lost_database(InterfaceError("the connection is closed")) is not None
    busy = OperationalError("canceling statement due to lock timeout")
    busy.__cause__ = LockNotAvailable("canceling statement due to lock timeout")
    assert lost_database(busy) is None
    assert lost_database(ValueError("nothing of the sort")) is None
