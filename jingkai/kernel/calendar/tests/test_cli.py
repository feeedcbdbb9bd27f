"""`jingkai workdays`: the golden cases, which calendar it says it used, and its exit codes."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import OperationalError

from jingkai.kernel.calendar import api as calendars
from jingkai.kernel.calendar import cli
from jingkai.kernel.calendar.data import NamedDay
from jingkai.kernel.permissions.data import SYSTEM

CASES = list(csv.DictReader((Path(__file__).parent / "data" / "workdays.csv").open(encoding="utf-8")))


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """No database answers."""
    from django.db import connection

    @contextmanager
    def refuse() -> Iterator[Any]:
        raise OperationalError("connection refused")
        yield

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(connection, "close", lambda: None)


@pytest.fixture
def reachable(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation's database answers."""
    from django.db import connection

    monkeypatch.setattr(connection, "close", lambda: None)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.workdays, arguments)


@pytest.mark.usefixtures("unreachable")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['start']}+{case['working_days']}")
def test_golden_case_is_printed_bare(case: dict[str, str]) -> None:
    excluded = [word for text in case["excluded"].split() for word in ("--exclude", text)]
    result = run(case["start"], case["working_days"], *excluded)
    if case["due"] == "ERROR":
        assert (result.exit_code, result.stdout) == (1, "")
        assert "2027" in result.stderr
    else:
        assert (result.exit_code, result.stdout) == (0, case["due"] + "\n")
        assert "packaged" in result.stderr


@pytest.mark.usefixtures("unreachable")
def test_json_names_the_calendar() -> None:
    answer = json.loads(run("2026-02-09", "5", "--json").stdout)
    assert (answer["due"], answer["calendar"], answer["years"]) == ("2026-02-14", "packaged", [2004, 2026])


@pytest.mark.usefixtures("reachable")
def test_installation_s_calendar_is_used_when_it_has_the_years() -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    calendars.seed_calendar(years=[2026], by=SYSTEM, at=at)
    calendars.load_year(year=2027, days=[NamedDay(date(2027, 1, 1), False)], source="x", by=SYSTEM, at=at)
    result = run("2026-12-21", "20")
    assert (result.exit_code, result.stdout) == (0, "2027-01-19\n")
    assert "installation" in result.stderr


@pytest.mark.usefixtures("reachable")
def test_packaged_calendar_is_used_when_the_installation_lacks_the_year() -> None:
    calendars.seed_calendar(years=[2026], by=SYSTEM, at=datetime(2026, 11, 21, tzinfo=UTC))
    result = run("2025-09-26", "20")
    assert result.stdout == "2025-10-30\n"
    assert "packaged" in result.stderr


@pytest.mark.usefixtures("reachable")
def test_empty_installation_falls_back_to_the_packaged_calendar() -> None:
    assert "packaged" in run("2026-02-09", "5").stderr


@pytest.mark.usefixtures("unreachable")
@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("2026-02-09",),
        ("2026-02-30", "5"),
        ("09.02.2026", "5"),
        ("2026-02-09", "five"),
        ("2026-02-09", "--", "-1"),
        ("2026-02-09", "5", "--exclude", "2026-03-01..2026-02-01"),
        ("2026-02-09", "5", "--exclude", "soon"),
        ("9999-12-31", "1"),
    ],
)
def test_misuse_exits_with_two(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.usefixtures("unreachable")
def test_single_day_and_several_spans_are_excluded() -> None:
    once = run("2026-03-02", "5", "--exclude", "2026-03-03")
    assert once.stdout == "2026-03-10\n"
    both = run("2026-03-02", "5", "--exclude", "2026-03-03", "--exclude", "2026-03-03..2026-03-04")
    assert both.stdout == "2026-03-11\n"
