"""All tests in three phases with one closing line: tests and journeys, then the drills, then what measures.

`python -m tools.phases [PYTEST-OPTIONS]`. A drill kills what runs, each in an installation of its own: three
go on side by side, for they wait much. A drill that is marked `alone` measures time: nothing runs beside it.
One that is marked `long` is left to `make drill`.
The closing line of the last phase counts the tests of all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
TALLY = ROOT / "build" / f"tally-{os.getpid()}.json"
LONG = (
    "tests/journeys/",
    "tests/architecture/test_ownership.py",
    "tests/architecture/test_pages.py",
    "jingkai/casework/cases/tests/test_matrix.py",
    "jingkai/casework/inbox/tests/test_scale.py",
    "jingkai/modules/approvals/",
    "tests/drills/test_clock_jumps.py",
    "tests/drills/test_lost_line.py",
    "jingkai/config/tests/test_demonstration.py",
    "tests/drills/test_upgrade.py",
    "tests/drills/test_backup.py",
)
"""Files of minutes come first, so that at the end no worker is left alone with one of them."""
SPREAD = ("--dist", "loadfile", "--no-loadscope-reorder")
"""A file is one worker's: what its tests share is made once."""
PHASES = (
    ("-n", "3", *SPREAD, "-m", "not drill", "--durations=40"),
    ("-n", "3", *SPREAD, "-m", "drill and not alone and not long", "--durations=15"),
    ("-m", "alone", "--durations=5"),
)
"""Half of a journey's time goes by in waiting for the browser: three workers keep two cores busy."""
MARKS = ("drill", "alone")
"""The marks of the tests that wait for a later phase."""
COUNTED = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")


def main(options: list[str]) -> int:
    """Run every phase; the exit code is 0 when all are green."""
    TALLY.parent.mkdir(exist_ok=True)
    try:
        return each(options)
    finally:
        TALLY.unlink(missing_ok=True)


def each(options: list[str]) -> int:
    """Run one phase after the other; what is no verdict on tests, such as an interruption, ends them."""
    red = 0
    for phase in PHASES:
        code = run(*phase, *options)
        if code not in (0, 1, 5):
            return code
        red |= code == 1
    return int(red)


def run(*arguments: str) -> int:
    """Run pytest once with the tally between the phases."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tools.phases", "--tally", str(TALLY), *arguments]
    return subprocess.run(command, check=False, cwd=ROOT).returncode


def pytest_addoption(parser: pytest.Parser) -> None:
    """The file in which one phase leaves its counts to the next."""
    parser.addoption("--tally", type=Path, help="count the tests of an earlier phase, too")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files."""
    items.sort(
        key=lambda item: next((at for at, path in enumerate(LONG) if item.nodeid.startswith(path)), 99)
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A phase of a few marked tests need not read the files in which the mark does not stand."""
    mark = (config.getoption("markexpr") or "").split(" ", 1)[0]
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    return True if mark in MARKS and is_test and not _names(collection_path, mark) else None


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """What is left to a later phase bears its mark in its own file, or no phase would ever run it."""
    lost = [
        item.nodeid
        for item in items
        if any(item.get_closest_marker(mark) and not _names(item.path, mark) for mark in MARKS)
    ]
    if lost:
        raise pytest.UsageError(f"no phase would run {lost}: write the mark into the file itself")


def _names(path: Path, mark: str) -> bool:
    return f"pytest.mark.{mark}" in path.read_text(encoding="utf-8")


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Add the earlier phases to the counts, and keep them all for the next."""
    stats, tally = terminalreporter.stats, config.getoption("--tally")
    if not tally or hasattr(config, "workerinput"):  # the workers of pytest-xdist report, too
        return
    if tally.exists():
        stats.pop("deselected", None)  # they ran in an earlier phase
        for outcome, names in json.loads(tally.read_text(encoding="utf-8")).items():
            stats.setdefault(outcome, []).extend(_as_report(outcome, name) for name in names)
    counts = {outcome: [report.nodeid for report in stats.get(outcome, [])] for outcome in COUNTED}
    tally.write_text(json.dumps(counts), encoding="utf-8")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name a failure at once, not only at the end of a long run."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"\n{report.nodeid} failed in its {report.when}", file=sys.stderr, flush=True)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, object, object]:
    """A red phase makes the whole run red; an empty one does not."""
    tally = session.config.getoption("--tally")
    if tally and tally.exists() and not hasattr(session.config, "workerinput"):
        earlier = json.loads(tally.read_text(encoding="utf-8"))
        if earlier["failed"] or earlier["error"]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        elif session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK
    return (yield)


def _as_report(outcome: str, name: str) -> pytest.TestReport:
    result: Any = {"error": "failed", "xfailed": "skipped", "xpassed": "passed"}.get(outcome, outcome)
    place = (name.partition("::")[0], 0, name)
    why: Any = (place[0], 0, "see its phase above") if result == "skipped" else "see its phase above"
    when: Any = "setup" if outcome == "error" else "call"
    report = pytest.TestReport(name, place, {}, result, why if result != "passed" else None, when)
    report.wasxfail = "see its phase above" if outcome.startswith("x") else ""
    return report


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
