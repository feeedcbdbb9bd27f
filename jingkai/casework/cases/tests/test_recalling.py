"""Tests of taking back what one has done (撤回) and taking a case up again."""

from datetime import timedelta

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.models import CaseAccess
from jingkai.casework.cases.testing import NOW, finish, open_nodes, open_task
from jingkai.casework.cases.tests.driving import begin, complete, done, rows, vote
from jingkai.casework.flow.api import publish
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db


def test_what_nobody_took_up_can_be_recalled(forked, cast):
    finish(forked, "b", "agree", by=cast.officer_fire)
    again = api.recall_step(task=done(forked, "b"), by=cast.officer_fire, at=NOW)
    assert open_nodes(forked) == {"b", "c"}
    assert again.assignee_id == cast.officer_fire.party_id
    finish(forked, "c", "agree")
    finish(forked, "b", "agree", by=cast.officer_fire)
    assert open_nodes(forked) == {"z"}
    api.recall_step(task=done(forked, "b"), by=cast.officer_fire, at=NOW)
    assert open_nodes(forked) == {"b"}
    finish(forked, "b", "agree", by=cast.officer_fire)
    assert open_nodes(forked) == {"z"}


def test_recall_is_refused_when_somebody_went_on(forked, cast):
    finish(forked, "b", "agree", by=cast.officer_fire)
    with pytest.raises(api.NotYourTask):
        api.recall_step(task=done(forked, "b"), by=cast.officer_quality, at=NOW)
    finish(forked, "c", "agree", by=cast.officer_quality)
    with pytest.raises(api.CannotRecall):
        api.recall_step(task=done(forked, "b"), by=cast.officer_fire, at=NOW)
    with pytest.raises(api.CannotRecall):
        api.recall_step(task=done(forked, "a"), by=SYSTEM, at=NOW)
    api.claim_task(task=open_task(forked, "z"), by=cast.leader, at=NOW + timedelta(minutes=1))
    with pytest.raises(api.CannotRecall):
        api.recall_step(task=done(forked, "c"), by=cast.officer_quality, at=NOW)


def test_an_early_vote_can_be_recalled_with_those_it_cut_off(cast):
    text = """
        start > review > z > end
        z: pool=fire
        review: each=fire,quality,airdefence outcomes=agree,object pass=any
    """
    case = begin(text)
    first = rows(case)[0]
    complete(first, by=cast.officer_fire)
    assert open_nodes(case) == {"z"}
    first.refresh_from_db()
    api.recall_step(task=first, by=cast.officer_fire, at=NOW)
    assert len(rows(case)) == 3
    vote(case, "object", "object", "object")
    assert open_nodes(case) == {"z"}


def test_a_turn_can_be_recalled_in_a_row_of_people(cast):
    text = """
        start > review > z > end
        z: pool=fire
        review: each=fire,quality,airdefence outcomes=agree,object sequential=true
    """
    case = begin(text)
    complete(rows(case)[0], by=cast.officer_fire)
    api.recall_step(task=done(case, "review"), by=cast.officer_fire, at=NOW)
    assert [row.pool_id for row in rows(case)] == [cast.unit("fire")]
    for code in ("fire", "quality", "airdefence"):
        (row,) = rows(case)
        assert row.pool_id == cast.unit(code)
        complete(row)
    assert open_nodes(case) == {"z"}


def test_a_withdrawn_case_is_taken_up_again(cast):
    case = begin("start > a > end\na: pool=fire", by=cast.clerk)
    api.withdraw_case(case=case, by=cast.clerk, at=NOW)
    with pytest.raises(api.CannotResubmit):
        api.resubmit_case(case=case, by=cast.clerk, at=NOW)

    drawing = bpmn("again", "start > a > end\na: pool=fire").replace(
        b'jk:nameEn="Test flow"', b'jk:nameEn="Test flow" jk:resubmit="true"'
    )
    publish(key="again", bpmn=drawing, by=SYSTEM, at=NOW)
    case = api.start_case(flow_key="again", kind="x", title="t", reference="AG1", by=cast.clerk, at=NOW)
    api.withdraw_case(case=case, by=cast.clerk, at=NOW)
    with pytest.raises(api.NotYourCase):
        api.resubmit_case(case=case, by=cast.clerk_2, at=NOW)
    again = api.resubmit_case(case=case, by=cast.clerk, at=NOW)
    assert (again.state, open_nodes(case)) == ("open", {"a"})
    assert set(CaseAccess.objects.filter(case=case).values_list("state", flat=True)) == {"open"}
    assert finish(case, "a", "done").state == "closed"
