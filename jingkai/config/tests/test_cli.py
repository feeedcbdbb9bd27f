"""The command line: exit codes, words instead of tracebacks, quick where no database is needed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from jingkai.config.cli import MOUNTS


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "jingkai", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**environment, **variables},
        timeout=120,
    )


def test_help_lists_every_command_without_loading_any() -> None:
    result = run("--help")
    assert result.returncode == 0
    assert all(name in result.stdout for name in MOUNTS)


def test_every_mounted_command_exists() -> None:
    missing = [mount.target for mount in MOUNTS.values() if find_spec(mount.target.partition(":")[0]) is None]
    assert missing == []


def test_an_unknown_command_is_misuse() -> None:
    result = run("dance")
    assert result.returncode == 2
    assert "No such command" in result.stderr


def test_a_wrong_variable_is_told_in_one_sentence(tmp_path: Path) -> None:
    result = run("serve", PORT="none", JINGKAI_HOME=str(tmp_path / "home"))
    assert result.returncode == 2
    assert result.stderr.startswith("jingkai: the variable PORT: “none” is not a whole number")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_busy_port_is_told_before_anything_starts(command: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = run(command, PORT=str(port), JINGKAI_HOME=str(home))
    assert result.returncode == 2
    assert f"Port {port} is taken by another program." in result.stderr
    assert not (home / "postgres").exists()


@pytest.mark.parametrize("command", ["serve", "demo", "migrate", "worker"])
def test_a_foreign_data_folder_is_told_and_left_alone(command: str, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_text("x")
    result = run(command, JINGKAI_HOME=str(tmp_path), PORT="0" if command == "none" else "18999")
    assert result.returncode == 2
    assert "something that is not Jingkai's: photo.jpg" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


@pytest.mark.parametrize(
    "command", [["audit", "verify"], ["casework", "rebuild", "--check"], ["serve"], ["worker"]], ids=" ".join
)
def test_a_database_that_does_not_answer_is_told_without_a_traceback(
    command: list[str], tmp_path: Path
) -> None:
    nobody = "postgresql://jingkai_app:x@127.0.0.1:1/jingkai"
    result = run(*command, DATABASE_URL=nobody, JINGKAI_HOME=str(tmp_path / "home"), PORT="18999")
    assert result.returncode == 2
    assert result.stderr.startswith("jingkai: The database does not answer: ")
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
