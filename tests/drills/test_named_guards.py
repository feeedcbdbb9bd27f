"""Guards that no walk can miss are missed by the tests that the walks name for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tests.drills.weakening import NAMED, all_guards

pytestmark = [pytest.mark.drill, pytest.mark.long]


def test_each_guard_that_is_named_elsewhere_is_noticed_there(tmp_path: Path) -> None:
    """Those tests are run again without it, in a process of their own: one of them must fail."""
    report = tmp_path / "guards.json"
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.drills.weakening", *sorted({*NAMED.values()})],
        cwd=ROOT,
        env={**os.environ, "GUARDS_REPORT": str(report), "GUARDS_NAMED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-4000:]
    found = json.loads(report.read_text(encoding="utf-8"))
    named = [guard for guard, _places in all_guards() if guard.name in NAMED]
    assert {guard.name for guard in named} == {*NAMED}
    assert [str(guard) for guard in named if not found[str(guard)]["by"]] == []
