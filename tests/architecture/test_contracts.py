"""The import contracts hold, and the contract of our own finds what it must."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.architecture.tree import ROOT
from tools import migrations
from tools.contracts import Doors


def test_all_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [str(program), "--no-cache"], check=False, capture_output=True, text=True, cwd=ROOT
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("importer", "imported", "kept"),
    [
        ("zone.kernel.b.web", "zone.kernel.a.api", True),
        ("zone.kernel.b.web", "zone.kernel.a.queries", False),
        ("zone.config.cli", "zone.kernel.a.queries.deep", False),
        ("zone.kernel.a.web", "zone.kernel.a.queries", True),
        ("zone.kernel.ab.web", "zone.kernel.a.queries", False),
        ("zone.kernel.b.web", "zone.records.c.queries", True),
    ],
)
def test_doors_find_who_reaches_past_them(importer: str, imported: str, kept: bool) -> None:
    graph = grimp.ImportGraph()
    for name in (importer, imported):
        graph.add_module(name)
    graph.add_import(importer=importer, imported=imported)
    contract = Doors("doors", {}, {"container": "zone.kernel", "public": ["api", "data"]})
    assert contract.check(graph, verbose=False).kept is kept


@pytest.mark.parametrize(
    ("name", "body", "faults"),
    [
        ("0001_initial", "", 0),
        ("0002_add_due_date", "", 0),
        ("0002_auto_20260101_1200", "", 1),
        ("0002_alter_case_due_and_more", "", 1),
        ("0002_fill", "migrations.RunPython(fill)", 1),
        ("0002_fill", "migrations.RunPython(fill, undo)", 0),
        ("0002_guard", "migrations.RunSQL('x', reverse_sql='y')", 0),
        ("0002_drop", "migrations.RemoveField('case', 'due')", 1),
        ("0002_drop", '"""Ends support of release 1."""\nmigrations.RemoveField("case", "due")', 0),
    ],
)
def test_migration_linter(
    name: str, body: str, faults: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "ROOT", tmp_path)
    path = tmp_path / f"{name}.py"
    path.write_text(body, encoding="utf-8")
    assert len(list(migrations.faults_of(path))) == faults


def test_every_migration_passes_the_linter() -> None:
    assert migrations.main() == 0
