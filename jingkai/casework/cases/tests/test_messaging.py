"""Messages that come before their case waits for them: kept and taken once, or refused clearly."""

from datetime import timedelta

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.models import KeptMessage, Task
from jingkai.casework.cases.testing import NOW, finish, open_nodes, publish_drawing
from jingkai.casework.cases.tests.driving import begin, rows
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.permissions.api import NotPermitted
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)

PAPER = """
    start > a > wait_paper > b > z > end
    a: pool=approval
    b: pool=fire
    z: pool=fire
    wait_paper: message=paper-came
"""


def tell(case, name="paper-came", at=NOW, **values):
    return api.deliver_message(case=case, name=name, values=values, by=SYSTEM, at=at)


def test_an_early_message_is_kept_and_taken_when_the_case_gets_there(cast):
    case = begin(PAPER, variables="number")
    assert tell(case, number="7") == 0
    assert open_nodes(case) == {"a"}
    finish(case, "a", "done", by=SYSTEM, at=LATER)
    assert open_nodes(case) == {"b"}
    case.refresh_from_db()
    assert case.variables == {"number": "7"}
    kept = KeptMessage.objects.get()
    assert (kept.came_at, kept.taken_at) == (NOW, LATER)
    actions = [entry.action for entry in entries_of(case)]
    assert actions[-3:] == ["message.kept", "task.completed", "wait.ended"]


def test_sent_again_it_is_one_message_with_the_newest_values(cast):
    case = begin(PAPER, variables="number")
    tell(case, number="7")
    tell(case, number="8", at=LATER)
    assert KeptMessage.objects.count() == 1
    finish(case, "a", "done")
    case.refresh_from_db()
    assert case.variables == {"number": "8"}


def test_it_is_used_up_by_being_taken(cast):
    text = "start > a > wait_paper > z > gate_z[outcome == 'again'] > wait_paper\ngate_z[] > end\n" + (
        "a: pool=approval\nz: pool=fire outcomes=again,done\nwait_paper: message=paper-came"
    )
    case = begin(text)
    tell(case)
    finish(case, "a", "done")
    assert open_nodes(case) == {"z"}
    finish(case, "z", "again")
    assert open_nodes(case) == {"wait_paper"}
    assert tell(case) == 1
    assert open_nodes(case) == {"z"}


def test_a_message_for_no_place_ahead_is_refused_and_nothing_is_kept(cast):
    case = begin(PAPER)
    with pytest.raises(api.NobodyWaits):
        tell(case, name="other")
    finish(case, "a", "done")
    assert tell(case) == 1
    with pytest.raises(api.NobodyWaits):
        tell(case)
    finish(case, "b", "done")
    finish(case, "z", "done")
    with pytest.raises(api.CaseNotOpen):
        tell(case)
    assert not KeptMessage.objects.exists()


def test_wrong_values_and_wrong_people_are_refused_before_anything_is_kept(cast):
    case = begin(PAPER)
    with pytest.raises(api.BadVariable):
        tell(case, number="7")
    with pytest.raises(NotPermitted):
        api.deliver_message(case=case, name="paper-came", by=cast.clerk, at=NOW)
    assert not KeptMessage.objects.exists()


def test_a_message_ahead_on_a_side_path_is_kept_too(cast):
    text = """
        start > a > b > end
        late_a > wait_paper > note > end_note
        a: pool=approval
        b: pool=fire
        note: pool=fire
        late_a: on=a timer=3d side=true
        wait_paper: message=paper-came
    """
    case = begin(text)
    tell(case)
    (timer,) = api.list_timers(case.pk)
    api.fire_timer(timer_id=timer.pk, at=timer.due_at)
    assert open_nodes(case) == {"a", "note"}


def test_two_branches_that_wait_take_one_kept_message_between_them(cast):
    """One message was sent: the branch that comes first has it, the other waits for its own."""
    text = """
        start > a > fork > wait_one > b > join > z > end
        fork > wait_two > c > join
        a: pool=approval
        b: pool=fire
        c: pool=fire
        z: pool=fire
        wait_one: message=paper-came
        wait_two: message=paper-came
    """
    case = begin(text)
    tell(case)
    finish(case, "a", "done")
    assert len(open_nodes(case) & {"wait_one", "wait_two"}) == 1
    assert tell(case) == 1
    assert open_nodes(case) == {"b", "c"}


def test_values_that_no_longer_fit_after_a_move_are_left_out_and_named(cast):
    case = begin(PAPER, variables="number", key="moved")
    tell(case, number="7")
    publish_drawing("moved", PAPER, variables="number:number")
    api.begin_migration(key="moved", from_version=1, to_version=2, mapping={}, by=SYSTEM, at=NOW)
    run_jobs()
    finish(case, "a", "done")
    assert open_nodes(case) == {"b"}
    case.refresh_from_db()
    assert case.variables == {}
    assert list(entries_of(case))[-1].facts["left_out"] == ["number"]


def test_the_step_of_the_person_is_told_apart_from_that_of_the_message(cast):
    case = begin(PAPER)
    tell(case)
    finish(case, "a", "done", by=SYSTEM)
    (waited,) = rows(case, "wait_paper", "done")
    assert Task.objects.get(case=case, node_id="b").previous_id == waited.pk
