"""`jingkai doctor`: words, JSON, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from jingkai.kernel.health.cli import doctor
from jingkai.kernel.hooks.api import doctor_checks
from jingkai.kernel.hooks.data import CheckResult, DoctorCheck

FINE = DoctorCheck("fine", lambda: CheckResult("ok", "All well."))
DOUBT = DoctorCheck("doubt", lambda: CheckResult("warn", "Nearly full.", "Make room."))
ILL = DoctorCheck("ill", lambda: CheckResult("fail", "Broken.", "Mend it."))


class CannotStart(Exception):
    """As the command line raises it: what is wrong, and what to do."""

    problem, advice = "The server is away.", "Start it."


class Surroundings:
    """A terminal over an installation that opens, is missing, or refuses."""

    home, language = Path("/nowhere"), "en"

    def __init__(self, opens: bool = True, error: Exception | None = None) -> None:
        self.opens, self.error = opens, error

    def open(self) -> bool:
        if self.error:
            raise self.error
        return self.opens


def test_warnings_do_not_fail() -> None:
    with doctor_checks.only(FINE, DOUBT):
        result = CliRunner().invoke(doctor, obj=Surroundings())
    assert result.exit_code == 0
    assert "warn  doubt  Nearly full." in result.output
    assert "→ Make room." in result.output


def test_a_failure_gives_exit_code_1_and_says_what_to_do() -> None:
    with doctor_checks.only(FINE, ILL):
        result = CliRunner().invoke(doctor, ["--json"], obj=Surroundings())
    assert result.exit_code == 1
    answer = json.loads(result.output)
    assert answer["healthy"] is False
    assert answer["findings"][1] == {
        "name": "ill",
        "state": "fail",
        "message": "Broken.",
        "advice": "Mend it.",
    }


@pytest.mark.parametrize(
    ("surroundings", "words"),
    [
        (Surroundings(opens=False), "There is no installation in /nowhere."),
        (Surroundings(error=CannotStart()), "The server is away."),
    ],
)
def test_an_installation_that_does_not_open_is_the_finding(surroundings: Surroundings, words: str) -> None:
    result = CliRunner().invoke(doctor, obj=surroundings)
    assert result.exit_code == 1
    assert words in result.output
