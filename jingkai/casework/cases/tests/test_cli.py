"""Tests of `jingkai casework rebuild --check`."""

import json

import pytest
from click.testing import CliRunner

from jingkai.casework.cases.cli import casework
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.testing import finish, open_task

pytestmark = pytest.mark.django_db


def run(*arguments):
    return CliRunner().invoke(casework, ["rebuild", *arguments])


def test_rows_that_follow_from_the_trail(approval_case, cast):
    finish(approval_case, "accept", "accept", by=cast.clerk)
    result = run("--check", approval_case.reference)
    assert result.exit_code == 0, result.output
    assert json.loads(run("--check", "--json").stdout) == {"examined": 1, "differences": {}}


def test_a_row_changed_by_hand_is_found(approval_case, cast):
    task = open_task(approval_case, "accept")
    Task.objects.filter(pk=task.pk).update(assignee=cast.stranger.party_id)
    result = run("--check")
    Task.objects.filter(pk=task.pk).update(assignee=None)
    assert result.exit_code == 1
    assert f"{approval_case.reference}: task {task.pk}: assignee_id is" in result.output


@pytest.mark.parametrize("arguments", [[], ["--check", "NO-SUCH-CASE"], ["--check", "--wrong"]])
def test_misuse_exits_with_2(arguments, db):
    assert run(*arguments).exit_code == 2
