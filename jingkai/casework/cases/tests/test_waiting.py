"""Tests of moments, messages, signals, timers, side paths, sub-cases and time-outs."""

from datetime import timedelta

import pytest

from jingkai.casework.cases import api, jobs
from jingkai.casework.cases.models import Case, Timer
from jingkai.casework.cases.testing import NOW, finish, open_nodes, publish_drawing
from jingkai.casework.cases.tests.driving import begin, rows
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db


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


def test_the_sweep_fires_what_is_due(cast, time_machine):
    case = begin(BOUNDARY.format(more=""))
    time_machine.move_to(NOW + timedelta(days=2))
    jobs.fire_timers()
    assert open_nodes(case) == {"a"}
    time_machine.move_to(NOW + timedelta(days=4))
    jobs.fire_timers()
    assert open_nodes(case) == {"chief"}
