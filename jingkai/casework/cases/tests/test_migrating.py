"""Tests of moving running cases to another version, with their timers."""

from datetime import timedelta

import pytest
import time_machine

from jingkai.casework.cases import api
from jingkai.casework.cases.models import Case, Timer
from jingkai.casework.cases.testing import NOW, finish, open_nodes, publish_drawing
from jingkai.casework.cases.tests.driving import begin, rows
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db


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
    plan, after = api.plan_migration(key="moving", from_version=1, to_version=3, mapping={}, at=NOW)
    assert after is None
    assert [bool(fate.reasons) for fate in plan] == [False, True, True]
    mapping = {"c": "c2", "z": "last"}
    plan, after = api.plan_migration(
        key="moving", from_version=1, to_version=3, mapping=mapping, limit=2, at=NOW
    )
    assert [bool(fate.reasons) for fate in plan] == [False, False]
    assert after == cases[1].pk
    with pytest.raises(api.MappingWrong):
        api.plan_migration(key="moving", from_version=1, to_version=3, mapping={"c": "nowhere"}, at=NOW)
    run = api.begin_migration(
        key="moving", from_version=1, to_version=3, mapping={"c": "c2"}, by=SYSTEM, at=NOW
    )

    run_jobs()
    run.refresh_from_db()
    assert (run.state, run.total, run.moved, run.refused) == ("done", 3, 2, 1)
    assert run.refusals[0]["reference"] == cases[2].reference
    assert open_nodes(cases[1]) == {"b", "c2"}
    for node in ("b", "c2", "last"):
        finish(cases[1], node, "done")
    assert Case.objects.get(pk=cases[1].pk).state == "closed"
    assert Case.objects.get(pk=cases[2].pk).flow_version.version == 1


OLD = """
    start > a > b > end
    late_a > chief > b
    late_gone > note > end_note
    a: pool=fire outcomes=done timeout='2d remind, 4d escalate'
    b: pool=fire
    chief: pool=fire
    note: pool=fire
    late_a: on=a timer=9d
    late_gone: on=a timer=8d side=true
"""
NEW = """
    start > a > b > end
    late_too > chief > b
    late_fresh > note > end_note
    a: pool=fire outcomes=done timeout='1d remind, 6d transfer:quality'
    b: pool=fire
    chief: pool=fire
    note: pool=fire
    late_too: on=a timer=2d name=最迟
    late_fresh: on=a timer=3d side=true
"""


def timers(case):
    """What runs: the timer or act, when it is due."""
    return {one.node_id or one.act: one.due_at for one in api.list_timers(case.pk)}


def test_timers_of_the_new_version_begin_and_those_gone_end(cast):
    case = begin(OLD, key="moving")
    publish_drawing("moving", NEW)
    mapping, later = {"late_a": "late_too"}, NOW + timedelta(days=1)
    asked = {"key": "moving", "from_version": 1, "to_version": 2, "mapping": mapping}
    (fate,), _after = api.plan_migration(**asked, at=later)
    assert fate.reasons == ()
    assert sorted(text.partition("：")[0] for text in fate.timers) == ["开始", "开始", "结束", "结束"]
    assert timers(case) == {
        "remind": NOW + timedelta(days=2),
        "escalate": NOW + timedelta(days=4),
        "late_gone": NOW + timedelta(days=8),
        "late_a": NOW + timedelta(days=9),
    }
    api.begin_migration(**asked, by=SYSTEM, at=later)
    with time_machine.travel(later, tick=False):
        run_jobs()
    assert timers(case) == {
        "remind": NOW + timedelta(days=2),
        "late_fresh": later + timedelta(days=3),
        "transfer": later + timedelta(days=6),
        "late_too": NOW + timedelta(days=9),
    }
    assert [entry.action for entry in entries_of(case)][-1] == "case.migrated"


def test_moving_to_the_same_drawing_changes_no_timer(cast):
    case = begin(OLD, key="moving")
    before = timers(case)
    publish_drawing("moving", OLD + "\n b: x-hint=look")
    (fate,), _after = api.plan_migration(key="moving", from_version=1, to_version=2, mapping={}, at=NOW)
    assert fate.timers == ()
    api.begin_migration(key="moving", from_version=1, to_version=2, mapping={}, by=SYSTEM, at=NOW)
    run_jobs()
    assert timers(case) == before


def test_a_timer_that_has_fired_does_not_begin_again(cast):
    case = begin(OLD, key="moving")
    (side,) = (one for one in api.list_timers(case.pk) if one.node_id == "late_gone")
    api.fire_timer(timer_id=side.pk, at=side.due_at)
    publish_drawing("moving", OLD + "\n b: x-hint=look")
    api.begin_migration(key="moving", from_version=1, to_version=2, mapping={}, by=SYSTEM, at=NOW)
    run_jobs()
    assert "late_gone" not in timers(case)


def test_a_round_keeps_its_one_timer(cast):
    text = """
        start > m > z > end
        late_m > chief > z
        m: each=fire,quality,airdefence outcomes=agree
        z: pool=fire
        late_m: on=m timer=5d
        chief: pool=fire
    """
    case = begin(text, key="moving")
    api.complete_task(task=rows(case, "m")[0], outcome="agree", by=SYSTEM, at=NOW)
    publish_drawing("moving", text + "\n z: x-hint=look")
    api.begin_migration(key="moving", from_version=1, to_version=2, mapping={}, by=SYSTEM, at=NOW)
    run_jobs()
    timer = Timer.objects.get(case=case)
    assert (timer.node_id, timer.lapsed_at) == ("late_m", None)


def test_a_case_whose_new_timer_has_no_date_stays_and_says_why(cast):
    case = begin("start > a > end\na: pool=fire", key="moving", variables="day:date")
    text = "start > a > end\nlate_a > b > end\na: pool=fire\nb: pool=fire\nlate_a: on=a timer=${day}"
    publish_drawing("moving", text, variables="day:date")
    (fate,), _after = api.plan_migration(key="moving", from_version=1, to_version=2, mapping={}, at=NOW)
    assert "day" in fate.reasons[0]
    run = api.begin_migration(key="moving", from_version=1, to_version=2, mapping={}, by=SYSTEM, at=NOW)
    run_jobs()
    run.refresh_from_db()
    assert (run.moved, run.refused) == (0, 1)
    assert Case.objects.get(pk=case.pk).flow_version.version == 1


@pytest.mark.parametrize("target", ["gate", "wait_m", "end", "several"])
def test_nobody_is_moved_onto_a_place_that_is_no_such_step(cast, target):
    case = begin("start > a > end\na: pool=fire", key="moving")
    text = """
        start > new > gate[outcome == 'x'] > wait_m > several > end
        gate[] > end
        new: pool=fire outcomes=x,y
        several: each=fire,quality
        wait_m: message=go
    """
    publish_drawing("moving", text)
    asked = {"key": "moving", "from_version": 1, "to_version": 2, "mapping": {"a": target}}
    (fate,), _after = api.plan_migration(**asked, at=NOW)
    assert len(fate.reasons) == 1
    run = api.begin_migration(**asked, by=SYSTEM, at=NOW)
    run_jobs()
    run.refresh_from_db()
    assert (run.moved, run.refused) == (0, 1)
    assert open_nodes(case) == {"a"}
