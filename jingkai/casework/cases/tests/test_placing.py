"""On whom a task falls: the head of whoever started the matter, and nobody for an own matter."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.testing import NOW, finish, open_nodes, open_task
from jingkai.casework.cases.tests.driving import begin, rows
from jingkai.casework.flow.api import lint
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.organisation.api import (
    PostDraft,
    appoint,
    create_post,
    delegate,
    end_appointment,
    posts_of,
)
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db

LEAVE = """
    start > apply > approve > file > end
    apply: pool=starter outcomes=submit
    approve: pool=head:starter outcomes=agree,reject
    file: pool=head:starter outcomes=agree skipSame=true
"""


def fallen(case, node="approve"):
    task = open_task(case, node)
    return task.assignee_id, task.pool_id


@pytest.mark.parametrize(("starter", "head"), [("officer_fire", "head_fire"), ("clerk", "approval_head")])
def test_it_falls_on_the_head_of_the_starters_unit(cast, starter, head):
    case = begin(LEAVE, by=cast.actor(starter))
    finish(case, "apply", "submit", by=cast.actor(starter))
    assert fallen(case) == (cast.actor(head).party_id, cast.post(head).pk)
    finish(case, "approve", "agree", by=cast.actor(head))
    assert "approve" not in open_nodes(case)


def test_a_heads_own_matter_falls_on_the_head_above(cast):
    """The construction bureau above the fire centre has no head yet: the committee's has it."""
    case = begin(LEAVE, by=cast.head_fire)
    finish(case, "apply", "submit", by=cast.head_fire)
    assert fallen(case)[0] == cast.leader.party_id


def test_of_two_heads_of_a_unit_the_other_one_decides(cast):
    draft = PostDraft(title="副主任", title_en="Deputy head", head=True, order=99)
    post = create_post(unit=cast.units["fire"], draft=draft, by=SYSTEM, at=NOW)
    appoint(person=cast.person("stranger"), post=post, starts_on=NOW.date(), by=SYSTEM, at=NOW)
    case = begin(LEAVE, by=cast.head_fire)
    finish(case, "apply", "submit", by=cast.head_fire)
    assert fallen(case) == (cast.person("stranger").pk, post.pk)


def test_while_nobody_heads_the_unit_the_head_above_decides(cast):
    held = posts_of(cast.head_fire.party_id, NOW.date()).get()
    end_appointment(
        appointment=held, ends_on=NOW.date() - timedelta(days=1), version=held.version, by=SYSTEM, at=NOW
    )
    case = begin(LEAVE, by=cast.officer_fire)
    finish(case, "apply", "submit", by=cast.officer_fire)
    assert fallen(case)[0] == cast.leader.party_id


def test_where_nobody_stands_above_it_is_refused_and_nothing_is_lost(cast):
    case = begin(LEAVE, by=cast.leader)
    with pytest.raises(api.NobodyThere, match="负责"):
        finish(case, "apply", "submit", by=cast.leader)
    assert open_nodes(case) == {"apply"}


def test_a_head_on_leave_is_stood_in_for(cast):
    day = NOW.date()
    delegate(
        from_person=cast.person("head_fire"),
        to_person=cast.person("officer_fire_2"),
        starts_on=day,
        ends_on=day + timedelta(days=3),
        reason="休假",
        by=cast.head_fire,
        at=NOW,
    )
    cast.forget()
    case = begin(LEAVE, by=cast.officer_fire)
    finish(case, "apply", "submit", by=cast.officer_fire)
    finish(case, "approve", "agree", by=cast.actor("officer_fire_2", day))
    task = Task.objects.get(case=case, node_id="approve")
    assert (task.closed_by_id, task.on_behalf_of_id) == (
        cast.person("officer_fire_2").pk,
        cast.person("head_fire").pk,
    )


def test_the_same_head_twice_in_a_row_is_skipped_once(cast):
    case = begin(LEAVE, by=cast.head_fire)
    finish(case, "apply", "submit", by=cast.head_fire)
    finish(case, "approve", "agree", by=cast.leader)
    (skipped,) = rows(case, "file", "done")
    assert (skipped.closed_by_id, skipped.on_behalf_of_id) == (None, cast.leader.party_id)


def test_a_time_out_and_a_round_may_name_the_head_too(cast):
    text = """
        start > a > b > end
        a: pool=starter outcomes=agree timeout="2d transfer:head:starter"
        b: each=head:starter,role:officer@quality outcomes=agree
    """
    case = begin(text, by=cast.officer_fire)
    finish(case, "a", "agree", by=cast.officer_fire)
    holders = set(Task.objects.filter(case=case, node_id="b").values_list("assignee_id", flat=True))
    assert holders == {cast.head_fire.party_id, cast.officer_quality.party_id}


@pytest.mark.parametrize("written", ["head", "head:", "head:fire", "head:starter@fire"])
def test_other_heads_are_refused_by_lint(written):
    found = lint(bpmn("x", f"start > a > end\n a: pool={written}"))
    assert [one.element for one in found] == (["a"] if written != "head" else [])


def test_members_of_a_head_are_refused_by_lint():
    found = lint(bpmn("x", "start > a > end\n a: each=members:head:starter"))
    assert [one.element for one in found] == ["a"]
