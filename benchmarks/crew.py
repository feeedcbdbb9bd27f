"""Steps a second when every core has a process that finishes tasks, as web processes do.

Run as a program it is one such process: it opens its cases, says so, and works when it is told to.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

from benchmarks.installation import HOME, Installation
from benchmarks.report import Goal, Table

CASES = 30
MOST_MS = 40
WANTED = 100


def measure_crew(installation: Installation, applicant: int) -> Table:
    """Let one process a core run cases through all eleven steps at the same time."""
    from benchmarks.measuring import percentile

    processes = [_member(installation, applicant, number) for number in range(os.cpu_count() or 1)]
    for process in processes:
        _line(process)
    for process in processes:
        _tell(process)
    told = [json.loads(_line(process)) for process in processes]
    for process in processes:
        process.wait(timeout=60)
    seconds = [took for one in told for took in one["seconds"]]
    span = max(one["end"] for one in told) - min(one["begin"] for one in told)
    rate, slowest = len(seconds) / span, percentile(seconds, 99) * 1000
    table = Table(
        "The same with everything, one process a core",
        ("processes", "steps", "seconds", "steps/s", "ms a step, p50", "p99"),
    )
    middle = percentile(seconds, 50) * 1000
    table.rows = [
        (
            str(len(processes)),
            str(len(seconds)),
            f"{span:.1f}",
            f"{rate:.0f}",
            f"{middle:.2f}",
            f"{slowest:.2f}",
        )
    ]
    words = f"durable steps a second, {len(processes)} processes on {os.cpu_count()} cores"
    table.goals = [
        Goal(words, f"{rate:.0f}", f"≥ {WANTED}", rate >= WANTED),
        Goal("the same: p99 of a step", f"{slowest:.1f} ms", f"≤ {MOST_MS} ms", slowest <= MOST_MS),
    ]
    table.note = (
        "From the first step to the last, looking up the tasks included; every step is one durable "
        "transaction with trail, access rows and events. The database works on the same cores."
    )
    return table


def _member(installation: Installation, applicant: int, number: int) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DATABASE_URL": installation.url(),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "JINGKAI_HOME": str(HOME),
    }
    command = [sys.executable, "-m", "benchmarks.crew", str(applicant), str(number)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)


def _line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise AssertionError(f"a process of the crew ended with {process.wait()}")
    return line


def _tell(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        process.stdin.write("go\n")
        process.stdin.flush()


def _work(applicant: int, number: int) -> dict[str, Any]:
    from benchmarks.engines.ours import Ours
    from benchmarks.story import walk_through

    engine = Ours(applicant, known=True, prefix=f"C{number}")
    walk_through(engine, engine.start())  # what is loaded once is loaded before
    cases = [engine.start() for _case in range(CASES)]
    print("ready", flush=True)
    sys.stdin.readline()
    begin = time.monotonic()
    seconds = [took for case in cases for took in walk_through(engine, case)]
    return {"seconds": seconds, "begin": begin, "end": time.monotonic()}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(_work(int(sys.argv[1]), int(sys.argv[2]))), flush=True)
