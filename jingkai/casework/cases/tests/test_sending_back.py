"""Tests of sending back (退回): nothing lost, nothing waiting for ever, history kept."""

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.events import TaskCancelled, TaskOpened, TaskSentBack
from jingkai.casework.cases.models import Opinion, Task
from jingkai.casework.cases.rules import ApplicantStep, BindingStep, scopes_to_leave
from jingkai.casework.cases.testing import NOW, finish, open_nodes, open_task
from jingkai.casework.cases.tests.driving import begin, complete, signer_of
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.testing import watching
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db

NESTED = """
    start > a > fork > b > b2 > fork2 > c > join2 > b3 > join > z > y > end
    fork2 > d > join2
    fork > e > e2 > join
"""


@pytest.fixture
def case(publish_flow, cast):
    publish_flow("nested", NESTED)
    return api.start_case(flow_key="nested", kind="x", title="t", reference="N1", by=cast.clerk, at=NOW)


def do(case, *nodes):
    for node in nodes:
        finish(case, node, "done")


def back(case, node, to, by=SYSTEM):
    return api.send_back(task=open_task(case, node), to_node=to, reason="再议", by=by, at=NOW)


def test_back_along_a_line(case):
    do(case, "a", "b", "e")
    back(case, "b2", "b")
    assert open_nodes(case) == {"b", "e2"}
    do(case, "b", "b2", "c", "d", "b3", "e2")
    assert open_nodes(case) == {"z"}


def test_back_before_the_fork_cancels_every_branch(case):
    do(case, "a", "b", "b2", "c")
    assert open_nodes(case) == {"d", "e"}
    back(case, "d", "a")
    assert open_nodes(case) == {"a"}
    states = dict(Task.objects.filter(node_id__in=["d", "e"]).values_list("node_id", "state"))
    assert states == {"d": "done", "e": "cancelled"}
    do(case, "a")
    assert open_nodes(case) == {"b", "e"}
    do(case, "b", "b2", "c", "d", "b3", "e", "e2", "z")
    assert open_nodes(case) == {"y"}


def test_back_out_of_the_inner_fork_leaves_the_outer_branch_alone(case):
    do(case, "a", "b", "b2", "c")
    back(case, "d", "b")
    assert open_nodes(case) == {"b", "e"}
    do(case, "b", "b2")
    assert open_nodes(case) == {"c", "d", "e"}
    do(case, "c", "d", "e", "e2", "b3")
    assert open_nodes(case) == {"z"}


def test_back_into_one_branch_after_the_join(case):
    do(case, "a", "b", "b2", "c", "d", "b3", "e", "e2", "z")
    back(case, "y", "e2")
    assert open_nodes(case) == {"e2"}
    do(case, "e2")
    assert open_nodes(case) == {"z"}


def test_back_deep_into_a_branch_after_the_join(case):
    do(case, "a", "b", "b2", "c", "d", "b3", "e", "e2")
    back(case, "z", "c")
    assert open_nodes(case) == {"c"}
    do(case, "c")
    assert open_nodes(case) == {"b3"}
    do(case, "b3")
    assert open_nodes(case) == {"z"}


def test_back_behind_the_join(case):
    do(case, "a", "b", "b2", "c", "d", "b3", "e", "e2", "z")
    back(case, "y", "z")
    assert open_nodes(case) == {"z"}


def test_back_again_and_again(case):
    do(case, "a", "b", "e", "e2")
    for _round in range(3):
        back(case, "b2", "a")
        do(case, "a", "b", "e", "e2")
    do(case, "b2", "c", "d", "b3")
    assert open_nodes(case) == {"z"}
    assert Task.objects.filter(case=case, node_id="a", state="done").count() == 4


@pytest.mark.parametrize("target", ["e", "z", "y", "nothing", "fork", "b2", "c"])
def test_back_is_refused(case, target):
    """Not into a neighbouring branch, not forward, not to what is no task, not to itself."""
    do(case, "a", "b", "e")
    with pytest.raises(api.CannotSendBack):
        back(case, "b2", target)
    assert open_nodes(case) == {"b2", "e2"}


def test_history_is_kept_and_told(approval_case, cast):
    finish(approval_case, "accept", "accept", by=cast.clerk)
    fire = open_task(approval_case, "fire")
    with watching() as told:
        opened = api.send_back(task=fire, to_node="accept", reason="材料不全", by=cast.officer_fire, at=NOW)
    others = Task.objects.filter(node_id__in=["airdefence", "quality"]).values_list("pk", flat=True)
    assert told == [
        TaskSentBack(approval_case.pk, fire.pk, "accept"),
        *(TaskCancelled(approval_case.pk, pk) for pk in sorted(others)),
        TaskOpened(approval_case.pk, opened.pk),
    ]
    fire.refresh_from_db()
    assert (fire.state, fire.outcome, opened.previous_id) == ("done", "send_back", fire.pk)
    assert Opinion.objects.get(task=fire).text == "材料不全"
    assert list(entries_of(approval_case))[-1].action == "task.sent_back"


def test_it_comes_back_to_the_same_hands(approval_case, cast):
    finish(approval_case, "accept", "accept", by=cast.clerk_2)
    opened = api.send_back(
        task=open_task(approval_case, "fire"), to_node="accept", reason="x", by=cast.officer_fire, at=NOW
    )
    assert opened.assignee_id == cast.clerk_2.party_id
    assert opened.pool_id == cast.unit("approval")
    with pytest.raises(api.NotYourTask):
        finish(approval_case, "accept", "accept", by=cast.clerk)
    api.release_task(task=opened, by=cast.clerk_2, at=NOW)
    finish(approval_case, "accept", "accept", by=cast.clerk)


ISSUED = """
    start > check > gate[outcome == 'correct'] > supply > check
    gate[] > fork > b > b2 > join > sum > last > end
    fork > c > join
    check: pool=approval outcomes=accept,correct binding=accept
    supply: pool=applicant outcomes=supplied
    b: pool=fire outcomes=done
    b2: pool=fire outcomes=done
    c: pool=quality outcomes=done binding=done
    sum: pool=fire outcomes=done
    last: pool=committee outcomes=done
"""


@pytest.fixture
def issued(publish_flow, cast):
    """A matter that was corrected once and then formally accepted."""
    publish_flow("issued", ISSUED)
    case = api.start_case(
        flow_key="issued",
        kind="x",
        title="t",
        reference="N2",
        applicant=cast.enterprise,
        by=cast.handler,
        at=NOW,
    )
    finish(case, "check", "correct", by=cast.clerk)
    finish(case, "supply", "supplied", by=cast.handler)
    return case


def test_never_back_to_the_applicant(issued, cast):
    check = open_task(issued, "check")
    assert api.send_back_targets(check) == []
    with pytest.raises(ApplicantStep):
        api.send_back(task=check, to_node="supply", reason="x", by=cast.clerk, at=NOW)
    assert open_nodes(issued) == {"check"}


def test_never_behind_what_was_formally_issued(issued, cast):
    finish(issued, "check", "accept", by=cast.clerk)
    do(issued, "b")
    assert [one.node for one in api.send_back_targets(open_task(issued, "b2"))] == ["b"]
    for node in ("check", "supply"):
        with pytest.raises(api.CannotSendBack):
            back(issued, "b2", node)
    do(issued, "c")
    assert [one.node for one in api.send_back_targets(open_task(issued, "b2"))] == ["b"]
    do(issued, "b2", "sum")
    assert [one.node for one in api.send_back_targets(open_task(issued, "last"))] == ["b", "b2", "sum"]
    with pytest.raises(api.CannotSendBack):
        back(issued, "last", "c")
    with pytest.raises(BindingStep):
        back(issued, "last", "check")
    assert open_nodes(issued) == {"last"}


def test_only_the_holder_sends_back(approval_case, cast):
    finish(approval_case, "accept", "accept", by=cast.clerk)
    with pytest.raises(api.NotYourTask):
        api.send_back(
            task=open_task(approval_case, "fire"),
            to_node="accept",
            reason="",
            by=cast.officer_quality,
            at=NOW,
        )


def test_targets_are_what_can_be_sent_back_to(approval_case, cast):
    for node, member, outcome in (
        ("accept", "clerk", "accept"),
        ("fire", "officer_fire", "agree"),
        ("airdefence", "officer_airdefence", "agree"),
    ):
        finish(approval_case, node, outcome, by=cast.actor(member))
    targets = api.send_back_targets(open_task(approval_case, "quality"))
    assert [(target.node, target.holder) for target in targets] == [("accept", "李受理")]
    finish(approval_case, "quality", "agree", by=cast.officer_quality)
    finish(approval_case, "summarise", "granted", by=cast.officer_fire)
    targets = api.send_back_targets(open_task(approval_case, "sign"))
    assert [target.node for target in targets] == ["fire", "accept", "airdefence", "quality", "summarise"]


@pytest.mark.parametrize(
    ("current", "target", "left"),
    [
        ("", "", ""),
        ("f:1", "", ""),
        ("", "f:1", ""),
        ("f:1", "f:1", "f:1"),
        ("f:1/g:2", "f:1", "f:1"),
        ("f:1", "f:1/g:2", "f:1"),
        ("f:1/g:2", "f:1/h:1", "f:1"),
        ("f:1", "h:1", ""),
        ("f:1", "f:2", None),
        ("f:1/g:1", "f:2", None),
        ("f:1", "f:2/g:1", None),
        ("f:1/g:1", "f:1/g:2", None),
        ("f:1", "f:10", None),
    ],
)
def test_scopes_to_leave(current, target, left):
    assert scopes_to_leave(current, target) == left


def test_it_comes_back_to_the_holder_and_not_to_the_signer_whom_he_asked(cast):
    case = begin("start > a > b > end\na: pool=fire\nb: pool=fire")
    api.claim_task(task=open_task(case, "a"), by=cast.officer_fire, at=NOW)
    task = open_task(case, "a")
    api.add_signer(task=task, to=cast.person("officer_quality"), where="beside", by=cast.officer_fire, at=NOW)
    complete(task, "done", by=cast.officer_fire)
    complete(signer_of(case), "done", by=cast.officer_quality)
    here = open_task(case, "b")
    assert [target.holder for target in api.send_back_targets(here)] == [cast.officer_fire.name]
    opened = api.send_back(task=here, to_node="a", reason="再看", by=cast.officer_fire_2, at=NOW)
    assert opened.assignee_id == cast.officer_fire.party_id
