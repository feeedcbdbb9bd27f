"""The phases of `make test` end in one true closing line and exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tools.phases import PHASES

TESTS = """
import pytest
def test_small(): pass
{first}
@pytest.mark.journey
def test_story(): {second}
"""


MARKED = """
import pytest
@pytest.mark.drill
{more}
def test_it(): {body}
"""


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tools.phases",
        "-p",
        "xdist",
        "-p",
        "no:cacheprovider",
    ]
    variables = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    return subprocess.run(
        [*command, "--tally", str(folder / "tally.json"), *options],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**variables, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )


@pytest.mark.parametrize(
    ("first", "second", "closing", "codes"),
    [
        ("def test_skip(): pytest.skip('why')", "assert 0", "1 failed, 1 passed, 1 skipped", (0, 1)),
        ("def test_bad(): assert 0", "pass", "1 failed, 2 passed", (1, 1)),
    ],
)
def test_closing_line_counts_both_phases(
    first: str, second: str, closing: str, codes: tuple[int, int], tmp_path: Path
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = journey\n")
    (tmp_path / "test_it.py").write_text(TESTS.format(first=first, second=second))
    small = run(tmp_path, "-m", "not journey", "-n", "2")
    stories = run(tmp_path, "-m", "journey")
    assert (small.returncode, stories.returncode) == codes, small.stdout + small.stderr + stories.stdout
    assert closing in stories.stdout.splitlines()[-1]


def test_an_empty_second_phase_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = journey\n")
    (tmp_path / "test_it.py").write_text("def test_small(): pass\n")
    assert run(tmp_path, "-m", "not journey").returncode == 0
    stories = run(tmp_path, "-m", "journey")
    assert stories.returncode == 0
    assert "1 passed" in stories.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("kills", "closing", "code"), [("pass", "3 passed", 0), ("assert 0", "1 failed, 2 passed", 1)]
)
def test_each_test_belongs_to_one_phase(kills: str, closing: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = drill\n alone\n")
    (tmp_path / "test_small.py").write_text("def test_small(): pass\n")
    (tmp_path / "test_kills.py").write_text(MARKED.format(more="", body=kills))
    (tmp_path / "test_measures.py").write_text(MARKED.format(more="@pytest.mark.alone", body="pass"))
    ends = [run(tmp_path, *phase) for phase in PHASES]
    assert [end.returncode for end in ends] == [0, code, code], "".join(end.stdout for end in ends)
    assert closing in ends[-1].stdout.splitlines()[-1]


def test_a_drill_that_no_phase_would_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = drill\n")
    (tmp_path / "test_small.py").write_text("def test_small(): pass\n")
    (tmp_path / "conftest.py").write_text(
        "import pytest\n"
        "@pytest.hookimpl(tryfirst=True)\n"
        "def pytest_collection_modifyitems(items): items[0].add_marker('drill')\n"
    )
    said = run(tmp_path, "-m", "not drill")
    assert said.returncode != 0
    assert "no phase would run ['test_small.py::test_small']" in said.stdout + said.stderr
