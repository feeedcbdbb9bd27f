"""A list of 100,000 cases as a file: written by a process of its own, watched while it grows, counted.

Of a million cases it is the list of those that are open, one in ten.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from benchmarks.installation import HOME, Installation
from benchmarks.report import Goal, Table
from jingkai.kernel.exchange.models import Export
from jingkai.kernel.exchange.operations.whole_lists import count_rows, order_export, path_of
from jingkai.kernel.organisation.testing import Cast

ROWS = 100_000
MOST_MB = 200
PROGRAM = r"""
import django, re, sys
from pathlib import Path
def most():
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) // 1024
django.setup()
from django.utils import timezone
from jingkai.kernel.exchange.operations.whole_lists import write_list
before = most()
write_list(export_id=int(sys.argv[1]), clock=timezone.now)
print(before, most())
"""
"""The kernel's own high-water mark: what `getrusage` tells of a new process holds its parent's, too."""


def measure_export(installation: Installation, cast: Cast, cases: int) -> Table:
    """Order the leader's list of cases and write it in a fresh process, as the worker does."""
    settings.HOME = HOME
    query = "state=open" if cases >= 10 * ROWS else ""
    row = order_export(
        source="inbox.cases", query=query, language="zh-hans", by=cast.leader, at=timezone.now()
    )
    environment = {
        **os.environ,
        "DATABASE_URL": installation.url(),
        "DJANGO_SETTINGS_MODULE": "jingkai.config.settings",
        "JINGKAI_HOME": str(HOME),
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
    }
    seen: set[int] = set()
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(row.pk, seen, done))
    watcher.start()
    began = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(row.pk)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - began
    done.set()
    watcher.join()
    if told.returncode:
        raise AssertionError(told.stderr[-2000:])
    before, most = (int(one) for one in told.stdout.split())
    row.refresh_from_db()
    return _table(row, took=took, before=before, most=most, notes=len(seen))


def _watch(number: int, seen: set[int], done: threading.Event) -> None:
    """Look at the progress as its page does, on a connection of its own."""
    from django.db import connection

    while not done.wait(0.2):
        seen.add(Export.objects.values_list("written", flat=True).get(pk=number))
    connection.close()


def _table(row: Export, *, took: float, before: int, most: int, notes: int) -> Table:
    path = path_of(row)
    found = count_rows(path)
    table = Table(
        "A whole list as a file, written in the background",
        (
            "rows in the database",
            "rows in the file",
            "seconds",
            "rows a second",
            "file MB",
            "memory MB",
            "steps seen",
        ),
    )
    size = f"{path.stat().st_size / 1e6:.1f}"
    rate = f"{found / took:,.0f}"
    table.rows.append(
        (f"{row.total:,}", f"{found:,}", f"{took:.0f}", rate, size, f"{before} → {most}", str(notes))
    )
    table.goals = [
        Goal(f"export of {found:,} rows: memory", f"{most} MB", f"≤ {MOST_MB} MB", most <= MOST_MB),
        Goal(
            "the same: rows counted in the database and in the file",
            f"{row.total:,} and {found:,}",
            "the same",
            row.total == found and found >= min(ROWS, found),
        ),
        Goal("the same: progress is seen while it runs", f"{notes} steps", "≥ 5", notes >= 5),
    ]
    table.note = (
        "One snapshot of the database for count and rows; the memory is the process' highest, with the whole "
        "program loaded; the first figure is what it was before the first row."
    )
    path.unlink()
    return table
