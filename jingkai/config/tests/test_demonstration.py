"""`jingkai demo` from an empty folder to people who can log in; stopped, killed, started again."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from jingkai.config.embedded import EmbeddedServer

pytestmark = pytest.mark.drill
PATIENCE = 600


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(home: Path, port: int) -> tuple[subprocess.Popen[str], str]:
    """Start a demonstration and read on until it has printed its people."""
    variables = {
        key: value for key, value in os.environ.items() if not key.startswith(("JINGKAI_", "DATABASE_"))
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "jingkai", "demo"],
        env={**variables, "JINGKAI_HOME": str(home), "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Stop with Ctrl-C"):
            return process, said
    raise AssertionError(said)


def is_served(port: int, path: str = "/health/ready") -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://localhost:{port}{path}", timeout=10) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.fixture
def running(home: Path) -> tuple[Path, int]:
    """A data folder and a port of this test's own."""
    return home, free_port()


def test_demo_starts_is_killed_and_goes_on_with_the_same_zone(running: tuple[Path, int]) -> None:
    home, port = running
    process, said = start(home, port)
    assert f"\nReady: http://localhost:{port}\n" in said
    kept = home / "secrets" / "demo.json"
    people = json.loads(kept.read_text(encoding="utf-8"))["table"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(people) >= 10
    assert all(person["login"] in said and person["password"] in said for person in people)
    assert is_served(port, "/")
    process.kill()
    process.wait()
    deadline = time.monotonic() + 60
    while is_served(port, "/health/live") or EmbeddedServer(home).is_running():
        assert time.monotonic() < deadline, "a child outlived the demonstration"
        time.sleep(0.2)
    process, said = start(home, port)
    assert json.loads(kept.read_text(encoding="utf-8"))["table"] == people
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert not is_served(port, "/health/live")
    assert not EmbeddedServer(home).is_running()


def test_demo_refuses_a_folder_in_use_and_a_port_in_use(running: tuple[Path, int]) -> None:
    home, port = running
    process, _said = start(home, port)
    try:
        for folder, other, words in (
            (home, free_port(), "already runs on the data folder"),
            (home.parent / "other", port, f"Port {port} is taken"),
        ):
            result = subprocess.run(
                [sys.executable, "-m", "jingkai", "demo"],
                check=False,
                env={**os.environ, "JINGKAI_HOME": str(folder), "PORT": str(other)},
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
            assert result.returncode == 2
            assert re.search(words, result.stderr)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
