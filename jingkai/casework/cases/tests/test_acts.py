"""Tests of the routing that offices use: signers, opinions, recall, circulation, urging, hand-over."""

from datetime import timedelta

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.models import Case, CaseAccess, Opinion, Task
from jingkai.casework.cases.testing import NOW, finish, open_nodes, open_task, publish_drawing
from jingkai.casework.cases.tests.test_several import begin, rows, vote
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.organisation.api import end_appointment
from jingkai.kernel.organisation.models import Appointment
from jingkai.kernel.permissions.api import NotPermitted
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db

LINE = """
    start > a > fork > b > join > z > end
    fork > c > join
    a: pool=approval outcomes=agree,object
    b: pool=fire outcomes=agree,object
    c: pool=quality outcomes=agree
    z: pool=committee outcomes=done
"""


def signer_of(case, state="open"):
    return Task.objects.get(case=case, state=state, added__in=["before", "beside", "after"])


def complete(task, outcome="agree", by=SYSTEM):
    return api.complete_task(task=task, outcome=outcome, by=by, at=NOW)


@pytest.fixture
def forked(cast):
    case = begin(LINE)
    finish(case, "a", "agree")
    return case


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


def done(case, node):
    return Task.objects.filter(case=case, node_id=node, state="done").latest("pk")


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
    from jingkai.casework.flow.api import publish
    from jingkai.casework.flow.testing import bpmn

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


def test_circulation_with_receipts(forked, cast, django_assert_max_num_queries):
    with pytest.raises(api.NotForYou):
        api.circulate(case=forked, to=[cast.unit("fire")], by=cast.stranger, at=NOW)
    with django_assert_max_num_queries(40):
        readings = api.circulate(
            case=forked, to=[cast.unit("approval"), cast.person("stranger")], by=cast.officer_fire, at=NOW
        )
    readers = {reading.reader_id for reading in readings}
    assert {cast.clerk.party_id, cast.stranger.party_id} <= readers
    assert api.may_see(forked.pk, grantees=cast.stranger.grantees)
    assert Notice.objects.filter(kind="cases.to_read").count() == len(readers)
    page = api.to_read(persons=[cast.clerk.party_id])
    assert [row.case_id for row in page.rows] == [forked.pk]
    with pytest.raises(api.NotForYou):
        api.mark_read(reading=page.rows[0], by=cast.clerk_2, at=NOW)
    api.mark_read(reading=page.rows[0], by=cast.clerk, at=NOW)
    api.mark_read(reading=page.rows[0], by=cast.clerk, at=NOW)
    assert api.count_to_read(persons=[cast.clerk.party_id]).number == 0
    assert [entry.action for entry in entries_of(forked)].count("case.read") == 1
    with pytest.raises(api.NobodyToRead):
        api.circulate(case=forked, to=[cast.person("stranger")], by=cast.officer_fire, at=NOW)


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


def leave(cast, name):
    row = Appointment.objects.get(person=cast.person(name))
    today = NOW.date()
    Appointment.objects.filter(pk=row.pk).update(starts_on=today - timedelta(days=100))
    row.refresh_from_db()
    end_appointment(
        appointment=row, ends_on=today - timedelta(days=1), version=row.version, by=SYSTEM, at=NOW
    )


def test_nobodys_task_vanishes(cast):
    """One claimed from the unit, one of a role, one that came to the person by hand."""
    text = """
        start > fork > a > join > end
        fork > b > join
        fork > c > join
        a: pool=quality
        b: pool=role:officer@quality
        c: pool=starter
    """
    case = begin(text, by=cast.officer_quality)
    api.claim_task(task=open_task(case, "a"), by=cast.officer_quality, at=NOW)
    assert api.hand_over_lost(at=NOW) == 0
    leave(cast, "officer_quality")
    leaver = cast.officer_quality.party_id
    assert api.hand_over_lost(at=NOW) == 3
    assert not Task.objects.filter(case=case, assignee_id=leaver).exists()
    construction = cast.unit("construction")
    for row in Task.objects.filter(case=case):
        assert row.assignee_id or row.pool_id
        assert row.pool_id != construction
    assert api.hand_over_lost(at=NOW) == 0


def test_hand_over_to_a_successor(cast):
    case = begin("start > a > end\na: pool=starter", by=cast.clerk)
    with pytest.raises(NotPermitted):
        api.hand_over(person=cast.person("clerk"), to=cast.person("clerk_2"), by=cast.clerk_2, at=NOW)
    head = cast.empower("approval_head", api.MANAGE_TASKS)
    moved = api.hand_over(person=cast.person("clerk"), to=cast.person("clerk_2"), by=head, at=NOW)
    assert moved == 1
    finish(case, "a", "done", by=cast.clerk_2)


def test_cases_move_to_a_new_version(cast):
    pools = "\n".join(f"{node}: pool=fire" for node in "abcz")
    old = f"start > a > fork > b > join > z > end\nfork > c > join\n{pools}"
    cases = [begin(old, key="moving") for _number in range(3)]
    finish(cases[1], "a", "done")
    finish(cases[2], "a", "done")
    finish(cases[2], "b", "done")
    finish(cases[2], "c", "done")
    publish_drawing("moving", old.replace("b:", "b: x-hint=look"))
    text = old.replace("z >", "last >").replace("z:", "last:").replace("> c >", "> c2 >").replace("c:", "c2:")
    publish_drawing("moving", text)
    plan, after = api.plan_migration(key="moving", from_version=1, to_version=3, mapping={})
    assert after is None
    assert [bool(fate.reasons) for fate in plan] == [False, True, True]
    mapping = {"c": "c2", "z": "last"}
    plan, after = api.plan_migration(key="moving", from_version=1, to_version=3, mapping=mapping, limit=2)
    assert [bool(fate.reasons) for fate in plan] == [False, False]
    assert after == cases[1].pk
    with pytest.raises(api.MappingWrong):
        api.plan_migration(key="moving", from_version=1, to_version=3, mapping={"c": "nowhere"})
    run = api.begin_migration(
        key="moving", from_version=1, to_version=3, mapping={"c": "c2"}, by=SYSTEM, at=NOW
    )
    from jingkai.kernel.events.testing import run_jobs

    run_jobs()
    run.refresh_from_db()
    assert (run.state, run.total, run.moved, run.refused) == ("done", 3, 2, 1)
    assert run.refusals[0]["reference"] == cases[2].reference
    assert open_nodes(cases[1]) == {"b", "c2"}
    for node in ("b", "c2", "last"):
        finish(cases[1], node, "done")
    assert Case.objects.get(pk=cases[1].pk).state == "closed"
    assert Case.objects.get(pk=cases[2].pk).flow_version.version == 1
