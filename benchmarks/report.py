"""Tables of measurements: printed, and kept in docs/bench.md with machine and date."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import connection

TARGET = Path(__file__).resolve().parents[1] / "docs" / "bench.md"


@dataclass(slots=True)
class Table:
    """One table with its heading, rows, and what must hold: (sentence, whether it does)."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    goals: list[tuple[str, bool]] = field(default_factory=list)
    note: str = ""


def show(tables: Sequence[Table]) -> None:
    """Print the tables."""
    print(_text(tables))


def write(tables: Sequence[Table]) -> None:
    """Keep the tables."""
    TARGET.write_text(
        f"# Measured\n\n`make bench` prints these tables; `--write` keeps them.\n\n{_text(tables)}\n"
    )
    print(f"Written to {TARGET.relative_to(TARGET.parents[1])}")


def _text(tables: Sequence[Table]) -> str:
    return "\n\n".join([_machine(), *(_table(table) for table in tables)])


def _machine() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone() or ("?",)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.now():%Y-%m-%d %H:%M}, {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}, PostgreSQL {server}, load {load} "
        "(other work may share the cores: trust ratios, not absolutes)."
    )


def _table(table: Table) -> str:
    lines = [f"## {table.title}", ""]
    lines += [f"| {' | '.join(table.columns)} |", f"|{'---|' * len(table.columns)}"]
    lines += [f"| {' | '.join(row)} |" for row in table.rows]
    if table.note:
        lines += ["", table.note]
    if table.goals:
        lines += ["", *(f"- {'met' if holds else '**missed**'}: {goal}" for goal, holds in table.goals)]
    return "\n".join(lines)
