"""Tests of urging (催办) and of finishing many tasks at once (批量)."""

from datetime import timedelta

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.testing import NOW, finish, open_task
from jingkai.casework.cases.tests.driving import begin
from jingkai.kernel.notices.models import Notice

pytestmark = pytest.mark.django_db


def test_urging_is_limited(cast):
    case = begin("start > a > end\na: pool=fire", by=cast.clerk)
    task = open_task(case, "a")
    with pytest.raises(api.MayNotUrge):
        api.urge_task(task=task, by=cast.clerk_2, at=NOW)
    api.urge_task(task=task, text="快", by=cast.clerk, at=NOW)
    assert Notice.objects.filter(kind="cases.urged").count() == 3
    with pytest.raises(api.UrgedAlready):
        api.urge_task(task=task, by=cast.clerk, at=NOW + timedelta(hours=3))
    api.urge_task(task=task, by=cast.clerk, at=NOW + timedelta(hours=5))
    assert len(api.list_urges(case.pk)) == 2


def test_many_are_finished_at_once_where_the_flow_allows(cast):
    text = "start > a > b > end\na: pool=fire batch=true outcomes=agree\nb: pool=fire outcomes=agree"
    cases = [begin(text) for _number in range(3)]
    finish(cases[2], "a", "agree")
    tasks = [Task.objects.get(case=case, state="open") for case in cases]
    result = api.complete_tasks(tasks=tasks, outcome="agree", by=cast.officer_fire, at=NOW)
    assert result.done == (tasks[0].pk, tasks[1].pk)
    assert [pk for pk, _why in result.refused] == [tasks[2].pk]
