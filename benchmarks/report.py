"""Tables of measurements: printed, and kept in docs/bench.md with machine, settings and date."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "bench.md"
PACKAGES = ("Django", "psycopg", "granian", "SpiffWorkflow", "django-viewflow")
SETTINGS = ("fsync", "synchronous_commit", "full_page_writes", "wal_level", "shared_buffers", "jit")


@dataclass(frozen=True, slots=True)
class Goal:
    """What must hold: its words, what was found, what was wanted, and whether it is so."""

    words: str
    found: str
    wanted: str
    holds: bool


@dataclass(slots=True)
class Table:
    """One table with its heading, rows, and targets."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    note: str = ""


@dataclass(slots=True)
class Surroundings:
    """Where, when and how the run was made."""

    command: str
    began: datetime = field(default_factory=lambda: datetime.now().astimezone())
    load: tuple[float, float, float] = field(default_factory=os.getloadavg)
    clock: float = field(default_factory=time.monotonic)

    def lines(self) -> list[str]:
        """Tell it in a list."""
        took = time.monotonic() - self.clock
        load = " → ".join(f"{one[0]:.1f}" for one in (self.load, os.getloadavg()))
        return [
            f"- Command: `{self.command}`, {self.began:%Y-%m-%d %H:%M %z}, took {took / 60:.1f} minutes"
            f"{_commit()}",
            f"- Machine: {os.cpu_count()} cores ({_processor()}), {_memory()} GB, {platform.machine()}, "
            f"{platform.system()} {platform.release()}, load {load}",
            f"- Python {platform.python_version()}, PostgreSQL {_shown('server_version')}, "
            + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
            "- PostgreSQL: " + ", ".join(f"{name} {_shown(name)}" for name in SETTINGS),
            f"- A flush of 8 kB (fdatasync) beside the database: {_flush():.2f} ms median",
            "- Database, measured process and its measurer share the cores, and other work may do so, too: "
            "trust ratios, not absolutes. What is compared is always measured in turns.",
        ]


def show(table: Table) -> None:
    """Print a table that is there."""
    print(f"\n{_table(table)}\n", flush=True)


def conclude(tables: Sequence[Table], surroundings: Surroundings) -> None:
    """Print where and how it was measured, and which targets are met."""
    print("\n" + _text([], surroundings, tables))


def write(tables: Sequence[Table], surroundings: Surroundings) -> None:
    """Keep the tables."""
    TARGET.write_text(f"# Measured\n\n{_text(tables, surroundings, tables)}\n", encoding="utf-8")
    print(f"\nWritten to {TARGET.relative_to(ROOT)}")


def _text(shown: Sequence[Table], surroundings: Surroundings, measured: Sequence[Table]) -> str:
    goals = [goal for table in measured for goal in table.goals]
    summary = Table("Targets", ("what", "found", "target", ""))
    summary.rows = [
        (goal.words, goal.found, goal.wanted, "met" if goal.holds else "**missed**") for goal in goals
    ]
    return "\n\n".join(["\n".join(surroundings.lines()), *(_table(one) for one in (summary, *shown))])


def _table(table: Table) -> str:
    lines = [f"## {table.title}", ""]
    lines += [f"| {' | '.join(table.columns)} |", f"|{'---|' * len(table.columns)}"]
    lines += [f"| {' | '.join(row)} |" for row in table.rows]
    if table.note:
        lines += ["", table.note]
    return "\n".join(lines)


def _shown(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [name])
        (value,) = cursor.fetchone() or ("?",)
    return str(value)


def _commit() -> str:
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return f", on {told.stdout.strip()}" if told.returncode == 0 else ""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f}"


def _flush() -> float:
    path = ROOT / "build" / "bench" / "flush"
    handle = os.open(path, os.O_CREAT | os.O_WRONLY)
    times = []
    try:
        for number in range(200):
            os.pwrite(handle, b"x" * 8192, number % 64 * 8192)
            start = time.perf_counter()
            os.fdatasync(handle)
            times.append(time.perf_counter() - start)
    finally:
        os.close(handle)
        path.unlink()
    return median(times) * 1000
