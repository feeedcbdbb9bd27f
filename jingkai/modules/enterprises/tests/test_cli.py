"""`jingkai uscc`: lines, exit codes, no database."""

import json
import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from jingkai.modules.enterprises.cli import uscc
from jingkai.modules.enterprises.tests.test_data import rows


def test_all_golden_codes() -> None:
    known = rows()
    result = CliRunner().invoke(uscc, [row["code"] for row in known])
    lines = result.output.splitlines()
    assert result.exit_code == 1
    for row, line in zip(known, lines, strict=True):
        assert line.startswith(f"{row['code']} {'valid' if row['valid'] == 'yes' else 'invalid: '}")


def test_only_right_codes_exit_zero() -> None:
    result = CliRunner().invoke(uscc, ["91350100M000100Y43"])
    assert (result.exit_code, result.output) == (0, "91350100M000100Y43 valid\n")


def test_reasons_and_json() -> None:
    result = CliRunner().invoke(uscc, ["--json", "91350211M0000XUF46", "91350100M000100Y4Z"])
    assert result.exit_code == 1
    assert [row["reason"] for row in json.loads(result.output)] == [
        "check character should be R",
        "Z at position 18 is not in the alphabet",
    ]


def test_without_a_code_is_misuse() -> None:
    assert CliRunner().invoke(uscc, []).exit_code == 2
    assert CliRunner().invoke(uscc, ["--what"]).exit_code == 2


def test_command_needs_no_database(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "JINGKAI_HOME": str(tmp_path / "nothing-here"),
        "DATABASE_URL": "postgresql://nobody:wrong@127.0.0.1:1/none",
    }
    done = subprocess.run(
        [sys.executable, "-m", "jingkai", "uscc", "91350100M000100Y43"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "91350100M000100Y43 valid\n")
    assert not (tmp_path / "nothing-here").exists()
