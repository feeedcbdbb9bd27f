"""All tests in two phases with one closing line: tests and journeys side by side, then the drills.

`python -m tools.phases [PYTEST-OPTIONS]`. A drill measures time or kills what runs: nothing runs beside it.
The closing line of the second phase counts the tests of both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator
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
)
"""Files of minutes come first, so that at the end no worker is left alone with one of them."""
COUNTED = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")


def main(options: list[str]) -> int:
    """Run both phases; the exit code is 0 when both are green."""
    TALLY.parent.mkdir(exist_ok=True)
    try:
        return both(options)
    finally:
        TALLY.unlink(missing_ok=True)


def both(options: list[str]) -> int:
    """Run tests and journeys side by side, then the drills alone.

    A file is one worker's: what its tests share is made once.
    """
    spread = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
    first = run(*spread, "-m", "not drill", "--durations=40", *options)
    if first not in (0, 1, 5):
        return first
    second = run("-m", "drill", "--durations=15", *options)
    return first if first == 1 else (0 if second == 5 else second)


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


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Add the earlier phase to the counts, or keep ours for the next."""
    stats, tally = terminalreporter.stats, config.getoption("--tally")
    if hasattr(config, "workerinput"):  # the workers of pytest-xdist report, too; the controller counts
        return
    if tally and tally.exists():
        stats.pop("deselected", None)  # they ran in the earlier phase
        for outcome, names in json.loads(tally.read_text(encoding="utf-8")).items():
            stats.setdefault(outcome, []).extend(_as_report(outcome, name) for name in names)
    elif tally:
        counts = {outcome: [report.nodeid for report in stats.get(outcome, [])] for outcome in COUNTED}
        tally.write_text(json.dumps(counts), encoding="utf-8")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name a failure at once, not only at the end of a long run."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"\n{report.nodeid} failed in its {report.when}", file=sys.stderr, flush=True)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, object, object]:
    """A red first phase makes the whole run red; an empty second phase does not."""
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
    why: Any = (
        (place[0], 0, "see the first phase above") if result == "skipped" else "see the first phase above"
    )
    when: Any = "setup" if outcome == "error" else "call"
    report = pytest.TestReport(name, place, {}, result, why if result != "passed" else None, when)
    report.wasxfail = "see the first phase above" if outcome.startswith("x") else ""
    return report


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
