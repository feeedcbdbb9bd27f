"""Tests of opinions asked for (委派)."""

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.models import Opinion
from jingkai.casework.cases.testing import NOW, finish, open_task
from jingkai.casework.cases.tests.driving import complete

pytestmark = pytest.mark.django_db


def test_an_entrusted_task_comes_back(forked, cast):
    task = open_task(forked, "b")
    api.entrust_task(task=task, to=cast.person("officer_quality"), by=cast.officer_fire, at=NOW)
    with pytest.raises(api.Entrusted):
        complete(task, by=cast.officer_quality)
    with pytest.raises(api.NotYourTask):
        complete(task, by=cast.officer_fire)
    with pytest.raises(api.AlreadyEntrusted):
        api.entrust_task(task=task, to=cast.person("clerk"), by=cast.officer_quality, at=NOW)
    api.return_task(task=task, opinion="可行", by=cast.officer_quality, at=NOW)
    assert Opinion.objects.get(task=task).text == "可行"
    finish(forked, "b", "agree", by=cast.officer_fire)


def test_an_entrusted_task_can_be_taken_back(forked, cast):
    task = open_task(forked, "b")
    api.entrust_task(task=task, to=cast.person("officer_quality"), by=cast.officer_fire, at=NOW)
    with pytest.raises(api.NotYourTask):
        api.take_back_task(task=task, by=cast.clerk, at=NOW)
    api.take_back_task(task=task, by=cast.officer_fire, at=NOW)
    finish(forked, "b", "agree", by=cast.officer_fire)


def test_a_task_entrusted_straight_out_of_the_pool_lets_its_holder_see_the_case(forked, cast):
    task = open_task(forked, "b")
    api.entrust_task(task=task, to=cast.person("officer_quality"), by=cast.officer_fire, at=NOW)
    assert api.may_see(forked.pk, grantees=[cast.officer_fire.party_id])
    assert api.differences(forked.pk) == []
