"""Tests of `jingkai flow lint`."""

import json

import pytest
from click.testing import CliRunner

from jingkai.casework.flow.cli import flow
from jingkai.casework.flow.testing import bpmn


@pytest.fixture
def files(tmp_path):
    good, bad = tmp_path / "good.bpmn", tmp_path / "bad.bpmn"
    good.write_bytes(bpmn("good", "start > a > end"))
    bad.write_bytes(bpmn("bad", "start > a > gate\ngate[] > end\ngate[__import__('os')] > a\nlost > end"))
    return good, bad


def run(*arguments):
    return CliRunner().invoke(flow, ["lint", *map(str, arguments)])


def test_lint_is_silent_about_a_clean_file(files):
    result = run(files[0])
    assert (result.exit_code, result.output) == (0, "")


def test_lint_prints_one_line_per_fault(files):
    result = run(*files)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"{files[1]}:f3", f"{files[1]}:lost"]
    assert "__import__" in lines[0]


def test_lint_as_json(files):
    result = run("--json", *files)
    assert result.exit_code == 1
    shown = json.loads(result.output)
    assert shown[str(files[0])] == []
    assert [fault["element"] for fault in shown[str(files[1])]] == ["f3", "lost"]
    assert shown[str(files[1])][1]["code"] == "unreachable"


@pytest.mark.parametrize("arguments", [[], ["/no/such/file.bpmn"], ["/"], ["--no-such-option"]])
def test_lint_misused_exits_with_2(arguments):
    assert run(*arguments).exit_code == 2
