"""Tests of further signers (加签, 减签)."""

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.testing import NOW, finish, open_nodes, open_task
from jingkai.casework.cases.tests.driving import begin, complete, rows, signer_of, vote

pytestmark = pytest.mark.django_db


def add(case, node, cast, where, who="officer_quality", by=None):
    by = by or cast.officer_fire
    return api.add_signer(task=open_task(case, node), to=cast.person(who), where=where, by=by, at=NOW)


def test_a_signer_beside_is_awaited_by_the_join(forked, cast):
    add(forked, "b", cast, "beside")
    finish(forked, "c", "agree")
    complete(Task.objects.get(case=forked, node_id="b", added=""), by=cast.officer_fire)
    assert open_nodes(forked) == {"b"}
    complete(signer_of(forked), "object", by=cast.officer_quality)
    assert open_nodes(forked) == {"z"}


def test_a_signer_before_gives_the_task_back(forked, cast):
    add(forked, "b", cast, "before")
    with pytest.raises(api.TaskNotOpen):
        complete(Task.objects.get(case=forked, node_id="b", added=""), by=cast.officer_fire)
    complete(signer_of(forked), by=cast.officer_quality)
    assert open_task(forked, "b").assignee_id == cast.officer_fire.party_id
    finish(forked, "b", "agree", by=cast.officer_fire)
    finish(forked, "c", "agree")
    assert open_nodes(forked) == {"z"}


def test_a_signer_after_comes_when_the_holder_is_through(forked, cast):
    added = add(forked, "b", cast, "after")
    assert added.state == "planned"
    finish(forked, "b", "agree", by=cast.officer_fire)
    finish(forked, "c", "agree")
    assert open_task(forked, "b").pk == added.pk
    complete(signer_of(forked), by=cast.officer_quality)
    assert open_nodes(forked) == {"z"}


def test_a_signer_on_a_plain_task_of_a_line_is_awaited(cast):
    case = begin("start > a > b > end\na: pool=fire\nb: pool=fire")
    add(case, "a", cast, "beside")
    complete(Task.objects.get(case=case, node_id="a", added=""), "done")
    assert open_nodes(case) == {"a"}
    complete(signer_of(case), "done")
    assert open_nodes(case) == {"b"}


def test_a_signer_taken_off_does_not_stop_the_case(forked, cast):
    for where in ("beside", "after", "before"):
        added = add(forked, "b", cast, where) if where != "before" else None
        if added is None:
            continue
        with pytest.raises(api.NotYourTask):
            api.remove_signer(task=added, by=cast.officer_quality, at=NOW)
        api.remove_signer(task=added, by=cast.officer_fire, at=NOW)
    added = add(forked, "b", cast, "before")
    api.remove_signer(task=added, by=cast.officer_fire, at=NOW)
    assert open_task(forked, "b").added == ""
    with pytest.raises(api.CannotRemoveSigner):
        api.remove_signer(task=open_task(forked, "b"), by=SYSTEM_SUPERVISOR(cast), at=NOW)
    finish(forked, "b", "agree", by=cast.officer_fire)
    finish(forked, "c", "agree")
    assert open_nodes(forked) == {"z"}


def SYSTEM_SUPERVISOR(cast):
    return cast.empower("leader", api.MANAGE_TASKS)


def test_the_last_missing_signer_taken_off_lets_the_case_move_on(forked, cast):
    added = add(forked, "b", cast, "beside")
    complete(Task.objects.get(case=forked, node_id="b", added=""), by=cast.officer_fire)
    finish(forked, "c", "agree")
    api.remove_signer(task=added, by=cast.officer_fire, at=NOW)
    assert open_nodes(forked) == {"z"}


def test_a_signer_more_in_a_vote_has_a_vote(cast):
    text = "start > review > z > end\nz: pool=fire\nreview: each=fire,quality outcomes=agree,object pass=2/3"
    case = begin(text)
    first = rows(case)[0]
    api.add_signer(task=first, to=cast.person("clerk"), where="beside", by=cast.officer_fire, at=NOW)
    vote(case, "agree", "agree")
    assert open_nodes(case) == {"z"}


def test_signers_must_be_there_and_new(forked, cast):
    task = open_task(forked, "b")
    with pytest.raises(api.NotYourTask):
        api.add_signer(task=task, to=cast.person("clerk"), where="beside", by=cast.clerk, at=NOW)
    for wrong in (cast.person("officer_fire"), cast.unit("quality")):
        with pytest.raises(api.CannotAddSigner):
            api.add_signer(task=task, to=wrong, where="beside", by=cast.officer_fire, at=NOW)


@pytest.mark.parametrize("where", ["before", "beside", "after"])
def test_whoever_asks_for_a_signer_straight_out_of_the_pool_holds_the_task(forked, cast, where):
    add(forked, "b", cast, where)
    row = Task.objects.get(case=forked, node_id="b", added="")
    assert row.assignee_id == cast.officer_fire.party_id
    assert api.may_see(forked.pk, grantees=[row.assignee_id])
    assert api.differences(forked.pk) == []
