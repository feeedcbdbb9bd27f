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


def test_an_entrusted_task_that_is_handed_to_its_holder_is_theirs_to_decide_again(forked, cast):
    task, head = open_task(forked, "b"), cast.empower("approval_head", api.MANAGE_TASKS)
    api.entrust_task(task=task, to=cast.person("officer_quality"), by=cast.officer_fire, at=NOW)
    row = api.transfer_task(task=task, to=cast.person("officer_fire"), by=head, at=NOW)
    assert (row.assignee_id, row.owner_id) == (cast.officer_fire.party_id, None)
    assert api.differences(forked.pk) == []
    finish(forked, "b", "agree", by=cast.officer_fire)


@pytest.mark.parametrize(
    ("leaver", "successor"),
    [("officer_quality", "officer_fire"), ("officer_fire", "officer_quality")],
    ids=["the-adviser-leaves", "the-holder-leaves"],
)
def test_whoever_takes_over_from_the_other_side_of_an_opinion_decides(forked, cast, leaver, successor):
    task, head = open_task(forked, "b"), cast.empower("approval_head", api.MANAGE_TASKS)
    api.entrust_task(task=task, to=cast.person("officer_quality"), by=cast.officer_fire, at=NOW)
    assert api.hand_over(person=cast.person(leaver), to=cast.person(successor), by=head, at=NOW) == 1
    row = open_task(forked, "b")
    assert (row.assignee_id, row.owner_id) == (cast.person(successor).pk, None)
    assert api.differences(forked.pk) == []
    finish(forked, "b", "agree", by=getattr(cast, successor))
