"""Tests of claiming, releasing, transferring, and of who falls into a pool."""

from dataclasses import replace

import pytest
from django.utils import translation

from jingkai.casework.cases import api
from jingkai.casework.cases.events import TaskClaimed, TaskReleased, TaskTransferred
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.testing import NOW, finish, open_task
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.testing import watching
from jingkai.kernel.organisation.models import Role
from jingkai.kernel.parties.api import set_active

pytestmark = pytest.mark.django_db


def test_one_of_a_pool_claims(approval_case, cast):
    task = open_task(approval_case, "accept")
    with watching() as told:
        api.claim_task(task=task, by=cast.clerk, at=NOW)
    assert told == [TaskClaimed(approval_case.pk, task.pk)]
    with pytest.raises(api.AlreadyClaimed) as refused:
        api.claim_task(task=task, by=cast.clerk_2, at=NOW)
    assert "李受理" in str(refused.value)
    with pytest.raises(api.NotYourTask):
        finish(approval_case, "accept", "accept", by=cast.clerk_2)
    finish(approval_case, "accept", "accept", by=cast.clerk)


def test_refusals_speak_the_readers_language(approval_case, cast):
    task = open_task(approval_case, "accept")
    api.claim_task(task=task, by=cast.clerk, at=NOW)
    with translation.override("en"), pytest.raises(api.AlreadyClaimed) as refused:
        api.claim_task(task=task, by=cast.clerk_2, at=NOW)
    assert str(refused.value) == "Li Shouli has already claimed “Check and accept”."
    with translation.override("zh-hans"), pytest.raises(api.AlreadyClaimed) as refused:
        api.claim_task(task=task, by=cast.clerk_2, at=NOW)
    assert str(refused.value) == "“受理”已由李受理领取。"


def test_claiming_ones_own_task_again_changes_nothing(approval_case, cast):
    task = open_task(approval_case, "accept")
    api.claim_task(task=task, by=cast.clerk, at=NOW)
    with watching() as told:
        api.claim_task(task=task, by=cast.clerk, at=NOW)
    assert told == []
    assert [entry.action for entry in entries_of(approval_case)] == ["case.started", "task.claimed"]


@pytest.mark.parametrize("member", ["officer_fire", "handler", "stranger", "leader"])
def test_strangers_to_the_pool_cannot_claim(approval_case, cast, member):
    with pytest.raises(api.NotYourTask):
        api.claim_task(task=open_task(approval_case, "accept"), by=cast.actor(member), at=NOW)


def test_release_gives_the_task_back_to_its_pool(approval_case, cast):
    task = open_task(approval_case, "accept")
    api.claim_task(task=task, by=cast.clerk, at=NOW)
    with pytest.raises(api.NotYourTask):
        api.release_task(task=task, by=cast.clerk_2, at=NOW)
    with watching() as told:
        api.release_task(task=task, by=cast.clerk, at=NOW, reason="请假")
    assert told == [TaskReleased(approval_case.pk, task.pk)]
    api.claim_task(task=task, by=cast.clerk_2, at=NOW)


def test_a_supervisor_releases_for_somebody_who_is_away(approval_case, cast):
    task = open_task(approval_case, "accept")
    api.claim_task(task=task, by=cast.clerk, at=NOW)
    head = cast.empower("approval_head", api.MANAGE_TASKS)
    assert api.release_task(task=task, by=head, at=NOW).assignee_id is None


def test_a_task_that_came_from_no_pool_cannot_be_released(cast, publish_flow):
    publish_flow("own", "start > a > end\na: pool=starter")
    case = api.start_case(flow_key="own", kind="x", title="t", reference="O1", by=cast.clerk, at=NOW)
    with pytest.raises(api.CannotRelease):
        api.release_task(task=open_task(case, "a"), by=cast.clerk, at=NOW)


def test_transfer_hands_over_with_sight_of_the_case(approval_case, cast):
    task = open_task(approval_case, "accept")
    api.claim_task(task=task, by=cast.clerk, at=NOW)
    receiver = cast.officer_quality
    assert not api.may_see(approval_case.pk, grantees=receiver.grantees)
    with watching() as told:
        api.transfer_task(task=task, to=cast.person("officer_quality"), by=cast.clerk, at=NOW, reason="回避")
    assert told == [TaskTransferred(approval_case.pk, task.pk, cast.clerk.party_id, receiver.party_id)]
    assert api.may_see(approval_case.pk, grantees=receiver.grantees)
    finish(approval_case, "accept", "accept", by=receiver)
    assert list(entries_of(approval_case))[2].facts["reason"] == "回避"


def test_transfer_refuses_wrong_people(approval_case, cast):
    task = open_task(approval_case, "accept")
    api.claim_task(task=task, by=cast.clerk, at=NOW)
    with pytest.raises(api.NotYourTask):
        api.transfer_task(task=task, to=cast.person("clerk_2"), by=cast.clerk_2, at=NOW)
    with pytest.raises(api.CannotTransfer):
        api.transfer_task(task=task, to=cast.person("clerk"), by=cast.clerk, at=NOW)
    with pytest.raises(api.CannotTransfer):
        api.transfer_task(task=task, to=cast.unit("fire"), by=cast.clerk, at=NOW)
    gone = cast.person("clerk_2").party
    set_active(party=gone, active=False, by=cast.system_admin, at=NOW)
    with pytest.raises(api.CannotTransfer):
        api.transfer_task(task=task, to=gone, by=cast.clerk, at=NOW)


def start(cast, publish_flow, pool, **more):
    publish_flow("place", f"start > a > end\na: pool={pool}", variables="who")
    case = api.start_case(
        flow_key="place", kind="x", title="t", reference="P1", by=cast.clerk, at=NOW, **more
    )
    return Task.objects.get(case=case)


def test_a_role_with_one_holder_is_that_person(cast, publish_flow):
    task = start(cast, publish_flow, "role:signer")
    assert (task.assignee_id, task.pool_id) == (
        cast.deputy_director.party_id,
        cast.post("deputy_director").pk,
    )


def test_a_role_on_one_post_with_two_holders_is_a_pool(cast, publish_flow):
    task = start(cast, publish_flow, "role:clerk")
    assert (task.assignee_id, task.pool_id, task.role) == (None, cast.post("clerk").pk, "")
    api.claim_task(task=task, by=cast.clerk_2, at=NOW)


def test_a_role_on_several_posts_of_a_unit_asks_for_the_role(cast, publish_flow):
    role = Role.objects.create(code="checker", name="复核员")
    cast.post("clerk").roles.add(role)
    cast.post("custodian").roles.add(role)
    task = start(cast, publish_flow, "role:checker")
    assert (task.assignee_id, task.pool_id, task.role) == (None, cast.unit("approval"), "checker")
    with pytest.raises(api.NotYourTask):
        api.claim_task(task=task, by=cast.catalogue_editor, at=NOW)
    with pytest.raises(api.NotYourTask):
        api.get_task_for(task.uuid, by=cast.catalogue_editor, act=api.TaskAct.CLAIM)
    assert api.get_task_for(task.uuid, by=cast.custodian, act=api.TaskAct.CLAIM) == task
    mine = api.tasks_in_pools(pools=cast.catalogue_editor.pools, posts=cast.catalogue_editor.post_ids, at=NOW)
    assert mine.rows == []
    theirs = api.tasks_in_pools(pools=cast.custodian.pools, posts=cast.custodian.post_ids, at=NOW)
    assert [row.pk for row in theirs.rows] == [task.pk]
    api.claim_task(task=task, by=cast.custodian, at=NOW)


def test_a_role_over_several_units_has_to_name_one(cast, publish_flow):
    with pytest.raises(api.NobodyThere) as refused:
        start(cast, publish_flow, "role:officer")
    assert "officer" in str(refused.value)


def test_a_role_in_one_unit(cast, publish_flow):
    task = start(cast, publish_flow, "role:officer@quality")
    assert task.assignee_id == cast.officer_quality.party_id


def test_a_role_of_nobody_is_told(cast, publish_flow):
    with pytest.raises(api.NobodyThere):
        start(cast, publish_flow, "role:emperor")


def test_somebody_named_by_a_variable(cast, publish_flow):
    task = start(cast, publish_flow, "${who}", variables={"who": "quality"})
    assert task.pool_id == cast.unit("quality")


def test_an_empty_variable_is_told(cast, publish_flow):
    with pytest.raises(api.NobodyThere) as refused:
        start(cast, publish_flow, "${who}")
    assert "who" in str(refused.value)


def test_whoever_did_a_step_before(cast, publish_flow):
    publish_flow("same", "start > a > b > end\na: pool=approval\nb: pool=same:a")
    case = api.start_case(flow_key="same", kind="x", title="t", reference="S1", by=cast.handler, at=NOW)
    finish(case, "a", "done", by=cast.clerk_2)
    assert open_task(case, "b").assignee_id == cast.clerk_2.party_id


def test_a_case_of_the_zone_itself_goes_to_its_starter(cast, publish_flow):
    task = start(cast, publish_flow, "applicant")
    assert task.assignee_id == cast.clerk.party_id


def test_losing_the_post_leaves_the_task_to_its_successor(approval_case, cast):
    """The assignee has gone, but the pool is the post: a supervisor gives it back, the successor claims."""
    for node, member, outcome in (
        ("accept", "clerk", "accept"),
        ("fire", "officer_fire", "agree"),
        ("airdefence", "officer_airdefence", "agree"),
        ("quality", "officer_quality", "agree"),
        ("summarise", "officer_fire", "granted"),
    ):
        finish(approval_case, node, outcome, by=cast.actor(member))
    task = open_task(approval_case, "sign")
    supervisor = cast.empower("leader", api.MANAGE_TASKS)
    api.release_task(task=task, by=supervisor, at=NOW)
    successor = replace(
        cast.approval_head, grantees=(*cast.approval_head.grantees, cast.post("deputy_director").pk)
    )
    api.claim_task(task=task, by=successor, at=NOW)
