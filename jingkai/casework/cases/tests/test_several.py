"""Tests of steps of several people (会签, 或签, 依次), inclusive forks, tables, waits and sub-cases."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.casework.cases import api, jobs
from jingkai.casework.cases.models import Case, Task, Timer
from jingkai.casework.cases.testing import NOW, finish, open_nodes, publish_drawing
from jingkai.casework.flow.api import publish_decision
from jingkai.casework.flow.data import PassRule, Several, decide
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db

numbers = iter(range(10_000))


def begin(text, *, variables="", by=SYSTEM, key="several", **values):
    publish_drawing(key, text, variables=variables)
    return api.start_case(
        flow_key=key,
        kind="x",
        title="t",
        reference=f"S{next(numbers)}",
        by=by,
        at=NOW,
        variables=values,
    )


def rows(case, node="review", state="open"):
    return list(Task.objects.filter(case=case, node_id=node, state=state).order_by("scope"))


def vote(case, *outcomes, node="review"):
    for outcome in outcomes:
        task = rows(case, node)[0]
        api.complete_task(task=task, outcome=outcome, by=SYSTEM, at=NOW)


def review(**attributes):
    written = " ".join(f"{name}={value}" for name, value in attributes.items())
    return f"""
        start > a > review > gate[outcome == 'agree'] > good > end
        gate[] > bad > end2
        a: pool=approval
        review: each=fire,quality,airdefence outcomes=agree,object {written}
        good: pool=approval
        bad: pool=approval
    """


def test_everybody_is_asked_at_once_and_all_must_agree(cast):
    case = begin(review(outcomeAs="verdict"))
    finish(case, "a", "done")
    assert [row.pool_id for row in rows(case)] == [
        cast.unit(code) for code in ("fire", "quality", "airdefence")
    ]
    assert [row.scope for row in rows(case)] == ["review:1", "review:2", "review:3"]
    vote(case, "agree", "agree")
    assert open_nodes(case) == {"review"}
    vote(case, "agree")
    assert open_nodes(case) == {"good"}
    case.refresh_from_db()
    assert case.variables == {"verdict": "agree"}


def test_one_objection_ends_a_round_that_needs_all(cast):
    case = begin(review())
    finish(case, "a", "done")
    vote(case, "agree", "object")
    assert open_nodes(case) == {"bad"}
    assert len(rows(case, state="cancelled")) == 1


def test_two_of_three_pass_early(cast):
    case = begin(review(**{"pass": "2/3"}))
    finish(case, "a", "done")
    vote(case, "agree", "agree")
    assert open_nodes(case) == {"good"}
    assert len(rows(case, state="cancelled")) == 1


def test_two_of_three_fail_early(cast):
    case = begin(review(**{"pass": "2/3"}))
    finish(case, "a", "done")
    vote(case, "object", "object")
    assert open_nodes(case) == {"bad"}


def test_any_one_is_enough(cast):
    case = begin(review(**{"pass": "any"}))
    finish(case, "a", "done")
    vote(case, "agree")
    assert open_nodes(case) == {"good"}


def test_without_early_everybody_is_heard(cast):
    case = begin(review(early="false"))
    finish(case, "a", "done")
    vote(case, "object", "agree")
    assert open_nodes(case) == {"review"}
    vote(case, "agree")
    assert open_nodes(case) == {"bad"}


def test_one_after_the_other(cast):
    case = begin(review(sequential="true"))
    finish(case, "a", "done")
    for code in ("fire", "quality", "airdefence"):
        (row,) = rows(case)
        assert row.pool_id == cast.unit(code)
        vote(case, "agree")
    assert open_nodes(case) == {"good"}


def test_members_of_a_unit_are_asked(cast):
    case = begin("start > review > end\nreview: each=members:fire outcomes=agree,object")
    found = {row.assignee_id for row in rows(case)}
    names = ("officer_fire", "officer_fire_2", "head_fire")
    assert found == {cast.actor(name).party_id for name in names}
    with pytest.raises(api.NotYourTask):
        api.complete_task(task=rows(case)[0], outcome="agree", by=cast.clerk, at=NOW)


def test_a_list_variable_says_who(cast):
    who = [f"party:{cast.clerk.party_id}", "quality", f"party:{cast.clerk.party_id}"]
    case = begin("start > review > end\nreview: each=${who} outcomes=agree", variables="who:list", who=who)
    assert [(row.assignee_id, row.pool_id) for row in rows(case)] == [
        (cast.clerk.party_id, None),
        (None, cast.unit("quality")),
    ]
    with pytest.raises(api.NobodyThere):
        begin("start > review > end\nreview: each=${who} outcomes=agree", variables="who:list", who=[])


@given(st.lists(st.booleans(), min_size=1, max_size=9), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_early_results_are_what_everybodys_votes_would_have_given(votes, part, whole, early):
    several = Several(rule=PassRule(of=(min(part, whole), whole), early=early), passing=("yes",))
    words = ["yes" if vote else "no" for vote in votes]
    last = decide(several, given=words, waiting=0, declared=("yes", "no"))
    for heard in range(1, len(words)):
        found = decide(several, given=words[:heard], waiting=len(words) - heard, declared=("yes", "no"))
        assert found in (None, last)


INCLUSIVE = """
    start > a > either1[area > 10] > b > meet1 > z > end
    either1[urgent] > c > c2 > meet1
    either1[] > d > meet1
    a: pool=approval
    b: pool=fire
    c: pool=fire
    c2: pool=fire
    d: pool=fire
    z: pool=fire
"""


@pytest.mark.parametrize(
    ("values", "opened"),
    [
        ({"area": 20, "urgent": True}, {"b", "c"}),
        ({"area": 20, "urgent": False}, {"b"}),
        ({"area": 1, "urgent": False}, {"d"}),
    ],
)
def test_an_inclusive_fork_opens_what_fits_and_joins_it(cast, values, opened):
    case = begin(INCLUSIVE, variables="area:number, urgent:boolean", **values)
    finish(case, "a", "done")
    assert open_nodes(case) == opened
    for node in sorted(opened):
        finish(case, node, "done")
    if "c" in opened:
        assert open_nodes(case) == {"c2"}
        finish(case, "c2", "done")
    assert open_nodes(case) == {"z"}


TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="level" name="审批层级"><decisionTable id="t" hitPolicy="FIRST">
<input id="i"><inputExpression id="e" typeRef="number"><text>amount</text></inputExpression></input>
<output id="o" name="level" typeRef="string"/>
<rule id="r1"><inputEntry id="a"><text>{first}</text></inputEntry>
<outputEntry id="b"><text>"head"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c"><text>-</text></inputEntry>
<outputEntry id="f"><text>"leader"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_a_table_decides_and_a_running_case_keeps_its_version(cast):
    text = """
        start > a > rule_level > gate[level == 'head'] > b > end
        gate[] > c > end
        a: pool=approval
        rule_level: decision=level
        b: pool=fire
        c: pool=fire
    """
    publish_decision(key="level", dmn=TABLE.format(first="&lt; 1000"), by=SYSTEM, at=NOW - timedelta(days=1))
    variables = "amount:number, level"
    first = begin(text, variables=variables, amount=500)
    publish_decision(key="level", dmn=TABLE.format(first="&lt; 10"), by=SYSTEM, at=NOW + timedelta(hours=1))
    finish(first, "a", "done")
    assert open_nodes(first) == {"b"}
    Case.objects.filter(pk=first.pk).update(opened_at=first.opened_at)
    second = begin(text, variables=variables, amount=5000)
    finish(second, "a", "done")
    assert open_nodes(second) == {"c"}


WAITS = """
    start > a > fork > wait_paper > b > join > z > end
    fork > wait_day > join
    a: pool=approval
    b: pool=fire
    z: pool=fire
    wait_paper: message=paper-came
    wait_day: timer=5d
"""


def test_messages_and_moments_are_waited_for(cast):
    case = begin(WAITS, variables="number")
    finish(case, "a", "done")
    assert open_nodes(case) == {"wait_paper", "wait_day"}
    with pytest.raises(api.NobodyWaits):
        api.deliver_message(case=case, name="other", by=SYSTEM, at=NOW)
    api.deliver_message(case=case, name="paper-came", values={"number": "7"}, by=SYSTEM, at=NOW)
    assert open_nodes(case) == {"b", "wait_day"}
    finish(case, "b", "done")
    timer = Timer.objects.get(case=case)
    assert timer.due_at == NOW + timedelta(days=5)
    assert api.fire_timer(timer_id=timer.pk, at=timer.due_at)
    assert not api.fire_timer(timer_id=timer.pk, at=timer.due_at)
    assert open_nodes(case) == {"z"}
    case.refresh_from_db()
    assert case.variables == {"number": "7"}


def test_a_signal_reaches_every_case_that_waits(cast):
    text = "start > wait_s > a > end\nwait_s: signal=holiday-over\na: pool=approval"
    cases = [begin(text), begin(text)]
    api.send_signal(name="holiday-over", by=SYSTEM, at=NOW)
    run_jobs()
    assert all(open_nodes(case) == {"a"} for case in cases)


BOUNDARY = """
    start > a > b > end
    late_a > chief > b
    a: pool=approval
    late_a: on=a timer=3d {more}
    chief: pool=fire
    b: pool=fire
"""


def test_a_timer_at_the_boundary_interrupts(cast):
    case = begin(BOUNDARY.format(more=""))
    timer = Timer.objects.get(case=case)
    api.fire_timer(timer_id=timer.pk, at=timer.due_at)
    assert open_nodes(case) == {"chief"}
    finish(case, "chief", "done")
    assert open_nodes(case) == {"b"}


def test_a_timer_of_a_finished_task_lapses(cast):
    case = begin(BOUNDARY.format(more=""))
    finish(case, "a", "done")
    timer = Timer.objects.get(case=case)
    assert not api.fire_timer(timer_id=timer.pk, at=timer.due_at)
    assert open_nodes(case) == {"b"}


SIDE = """
    start > a > b > end
    late_a > note > end_note
    a: pool=approval
    late_a: on=a timer=3d side=true
    note: pool=fire
    b: pool=fire
"""


@pytest.mark.parametrize("order", [("a", "b", "note"), ("note", "a", "b"), ("a", "note", "b")])
def test_a_side_path_is_waited_for_at_the_end(cast, order):
    case = begin(SIDE)
    timer = Timer.objects.get(case=case)
    api.fire_timer(timer_id=timer.pk, at=timer.due_at)
    assert open_nodes(case) == {"a", "note"}
    for node in order:
        case.refresh_from_db()
        assert case.state == "open"
        finish(case, node, "done")
    case.refresh_from_db()
    assert case.state == "closed"


def test_a_sub_case_is_waited_for(cast):
    publish_drawing("small", "start > s > end\ns: pool=fire", variables="area:number, found")
    text = """
        start > a > fork > call_small > join > z > end
        fork > b > join
        a: pool=approval
        b: pool=fire
        z: pool=fire
        call_small: calls=small give=area take=found outcomeAs=how
    """
    case = begin(text, variables="area:number, found", area=7)
    finish(case, "a", "done")
    finish(case, "b", "done")
    child = Case.objects.get(parent_task__case=case)
    assert (child.reference, child.variables) == (f"{case.reference}-1", {"area": 7})
    assert open_nodes(case) == {"call_small"}
    finish(child, "s", "fine", variables={"found": "ok"})
    run_jobs()
    assert open_nodes(case) == {"z"}
    case.refresh_from_db()
    assert case.variables == {"area": 7, "found": "ok", "how": "fine"}


def test_sending_back_over_a_sub_case_takes_it_back(cast):
    publish_drawing("small", "start > s > end\ns: pool=fire")
    text = """
        start > a > fork > call_small > join > z > end
        fork > b > join
        a: pool=approval
        b: pool=fire
        z: pool=fire
        call_small: calls=small
    """
    case = begin(text)
    finish(case, "a", "done")
    api.send_back(task=rows(case, "b")[0], to_node="a", reason="x", by=SYSTEM, at=NOW)
    assert Case.objects.get(parent_task__case=case).state == "withdrawn"
    run_jobs()
    finish(case, "a", "done")
    assert Case.objects.filter(parent_task__case=case, state="open").count() == 1


def test_flows_that_call_each_other_stop_somewhere(cast):
    publish_drawing("one", "start > a > end\na: pool=fire")
    publish_drawing("two", "start > call_one > end\ncall_one: calls=one")
    publish_drawing("one", "start > call_two > end\ncall_two: calls=two")
    with pytest.raises(api.TooDeep):
        api.start_case(flow_key="one", kind="x", title="t", reference="L1", by=SYSTEM, at=NOW)


def test_time_outs_remind_escalate_and_transfer(cast):
    text = """
        start > a > end
        a: pool=role:officer@quality timeout='1d remind, 2d escalate, 3d transfer:fire'
    """
    case = begin(text)
    timers = list(Timer.objects.filter(case=case).order_by("due_at"))
    assert [timer.act for timer in timers] == ["remind", "escalate", "transfer"]
    holders = []
    for timer in timers:
        api.fire_timer(timer_id=timer.pk, at=timer.due_at)
        (row,) = rows(case, "a")
        holders.append((row.assignee_id, row.pool_id))
    assert holders[0][0] == cast.officer_quality.party_id
    assert holders[1][0] not in (None, cast.officer_quality.party_id)
    assert holders[2] == (None, cast.unit("fire"))
    finish(case, "a", "done")


def test_the_same_person_twice_in_a_row_is_skipped_once(cast):
    text = """
        start > a > b > c > d > end
        a: pool=starter outcomes=agree
        b: pool=starter outcomes=agree,object skipSame=true
        c: pool=starter outcomes=agree skipSame=true
        d: pool=starter outcomes=submit skipSame=true
    """
    case = begin(text, by=cast.clerk)
    finish(case, "a", "agree", by=cast.clerk)
    assert open_nodes(case) == {"c"}
    (skipped,) = rows(case, "b", "done")
    assert (skipped.closed_by_id, skipped.on_behalf_of_id, skipped.outcome) == (
        None,
        cast.clerk.party_id,
        "agree",
    )
    assert [entry.action for entry in entries_of(case)][-1] == "task.skipped"
    finish(case, "c", "agree", by=cast.clerk)
    assert open_nodes(case) == {"d"}


def test_the_sweep_fires_what_is_due(cast, time_machine):
    case = begin(BOUNDARY.format(more=""))
    time_machine.move_to(NOW + timedelta(days=2))
    jobs.fire_timers()
    assert open_nodes(case) == {"a"}
    time_machine.move_to(NOW + timedelta(days=4))
    jobs.fire_timers()
    assert open_nodes(case) == {"chief"}
