"""Children of a demonstration end with their parent, even with one that was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

PARENT = """
import sys, time, os
from pathlib import Path
from jingkai.config import processes
class Family(processes.Family):
    pass
real = processes.subprocess.Popen
def popen(command, **options):
    code = ("import sys, time; from jingkai.config.lifeline import follow; follow(int(sys.argv[1]));"
            "print('alive', flush=True); time.sleep(60)")
    return real([sys.executable, "-c", code, command[4]], **options)
processes.subprocess.Popen = popen
with Family(Path(sys.argv[1]), dict(os.environ)) as family:
    children = [family.start(f"child{n}", "x") for n in range(2)]
    print(*[child.process.pid for child in children], flush=True)
    time.sleep(float(sys.argv[2]))
"""


def start(logs: Path, seconds: float) -> tuple[subprocess.Popen[str], list[int]]:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(logs), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    wait_for(lambda: all("alive" in (logs / f"child{n}.log").read_text() for n in range(2)))
    return parent, pids


def wait_for(holds: object) -> None:
    deadline = time.monotonic() + 20
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"


def test_children_end_when_the_parent_is_killed(tmp_path: Path) -> None:
    parent, pids = start(tmp_path, 60)
    parent.kill()
    parent.wait()
    wait_for(lambda: all(is_gone(pid) for pid in pids))


def test_children_end_when_the_parent_ends(tmp_path: Path) -> None:
    parent, pids = start(tmp_path, 0.5)
    assert parent.wait(timeout=30) == 0
    assert all(is_gone(pid) for pid in pids)
