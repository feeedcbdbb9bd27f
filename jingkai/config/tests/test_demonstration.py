"""`jingkai demo` from an empty folder to people who can log in; stopped, killed, started again."""

from __future__ import annotations

import json
import os
import pwd
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.server import free_port
from jingkai.config.embedded import EmbeddedServer
from jingkai.config.environment import PROJECT
from jingkai.config.tests.test_embedded import interpreter_for

pytestmark = pytest.mark.drill
PATIENCE = 60


def environment_of(uid: int, folder: Path) -> str:
    """Give an ordinary user an environment with our packages, and its interpreter."""
    if not folder.exists():
        maker = [*interpreter_for(uid), "-m", "venv", "--without-pip", str(folder)]
        subprocess.run(maker, check=True, capture_output=True)
        (packages,) = folder.glob("lib/python*/site-packages")
        paths = [str(PROJECT), *(path for path in sys.path if path and "site-packages" in path)]
        (packages / "product.pth").write_text("\n".join(paths) + "\n", encoding="utf-8")
    return str(folder / "bin" / "python")


def command(home: Path, port: int, *, ordinary: bool) -> dict[str, Any]:
    """What starts a demonstration; as root, perhaps as somebody who is not."""
    variables = {
        key: value for key, value in os.environ.items() if not key.startswith(("JINGKAI_", "DATABASE_"))
    }
    variables |= {"JINGKAI_HOME": str(home), "PORT": str(port)}
    program, more = [sys.executable], {}
    if ordinary and os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(home.parent, nobody.pw_uid, nobody.pw_gid)
        program = [environment_of(nobody.pw_uid, home.parent / "environment")]
        variables["HOME"] = str(home.parent)
        more = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return {"args": [*program, "-m", "jingkai", "demo"], "env": variables, "cwd": PROJECT, **more}


def start(home: Path, port: int, *, ordinary: bool = False) -> tuple[subprocess.Popen[str], str]:
    """Start a demonstration and read on until it has printed its people."""
    process = subprocess.Popen(
        **command(home, port, ordinary=ordinary),
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


def refused(home: Path, port: int) -> str:
    """Start a demonstration that cannot start, and give what it says."""
    result = subprocess.run(
        **command(home, port, ordinary=False), check=False, capture_output=True, text=True, timeout=PATIENCE
    )
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    return result.stderr


def is_served(port: int, path: str = "/health/ready") -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://localhost:{port}{path}", timeout=10) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.fixture
def ended() -> Iterator[list[subprocess.Popen[str]]]:
    """The demonstrations of a test, which end with it however it goes."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def test_demo_of_an_ordinary_user_is_killed_and_goes_on_under_root(
    home: Path, tmp_path: Path, ended: list[subprocess.Popen[str]]
) -> None:
    """Where the tests do not run as root, both starts are the same user's."""
    port = free_port()
    process, said = start(home, port, ordinary=True)
    ended.append(process)
    assert f"\nReady: http://localhost:{port}\n" in said
    kept = home / "secrets" / "demo.json"
    people = json.loads(kept.read_text(encoding="utf-8"))["table"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(people) >= 10
    assert all(person["login"] in said and person["password"] in said for person in people)
    assert is_served(port, "/")
    _refusals(home, port, tmp_path)
    process.kill()
    process.wait()
    _wait_for_the_end(home, port)
    process, said = start(home, port)
    ended.append(process)
    assert json.loads(kept.read_text(encoding="utf-8"))["table"] == people
    assert "Bringing the tables up to date" not in said, "a second start only looks the zone over"
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert not is_served(port, "/health/live")
    _wait_for_the_end(home, port)


def _wait_for_the_end(home: Path, port: int) -> None:
    """Where a child of the demonstration is slower to go than itself, the watcher stops the server."""
    deadline = time.monotonic() + 60
    while is_served(port, "/health/live") or EmbeddedServer(home).is_running():
        assert time.monotonic() < deadline, "a child outlived the demonstration"
        time.sleep(0.2)


def _refusals(home: Path, port: int, tmp_path: Path) -> None:
    """A folder in use, a port in use, a folder of somebody else's things: each is told in words."""
    assert "already runs on the data folder" in refused(home, free_port())
    assert f"Port {port} is taken" in refused(tmp_path / "other", port)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "letters.txt").write_text("mine", encoding="utf-8")
    told = refused(foreign, free_port())
    assert "holds something that is not Jingkai's: letters.txt" in told
    assert [path.name for path in foreign.iterdir()] == ["letters.txt"]
