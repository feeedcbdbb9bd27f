"""Tests of `jingkai casework rebuild --check`."""

import json

import pytest
from click.testing import CliRunner

from jingkai.casework.cases.api import batches_of_cases, differences, differing
from jingkai.casework.cases.cli import casework
from jingkai.casework.cases.models import CaseAccess, Task
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


def test_many_cases_at_once_are_told_as_one_by_one(approval_case, forked, cast):
    finish(approval_case, "accept", "accept", by=cast.clerk)
    both = sorted([approval_case, forked], key=lambda case: case.pk)
    assert list(batches_of_cases(1)) == [{case.pk: case.reference} for case in both]
    numbers = [case.pk for case in both]
    assert differing(numbers) == {}
    task = Task.objects.filter(case=approval_case).latest("pk")
    for change in ({"assignee": cast.stranger.party_id}, {"node_id": "nowhere"}, {"branch": "elsewhere"}):
        before = {name: getattr(task, name) for name in change}
        Task.objects.filter(pk=task.pk).update(**change)
        alone = differences(approval_case.pk)
        assert alone
        assert differing(numbers) == {approval_case.pk: alone}
        Task.objects.filter(pk=task.pk).update(**before)
    kept = list(CaseAccess.objects.filter(case=approval_case))
    CaseAccess.objects.filter(case=approval_case).delete()
    alone = differences(approval_case.pk)
    assert alone
    assert differing(numbers) == {approval_case.pk: alone}
    CaseAccess.objects.bulk_create(kept)


def test_examining_many_cases_asks_no_more_than_examining_one(approval_case, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        differing([approval_case.pk, approval_case.pk + 1, approval_case.pk + 2])
