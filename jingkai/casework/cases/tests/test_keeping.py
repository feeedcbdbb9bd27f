"""Tests of clocks attached to cases and of further readers."""

from datetime import date, timedelta

import pytest

from jingkai.casework.cases import api, handlers
from jingkai.casework.cases.data import FAR, CaseFilters
from jingkai.casework.cases.models import CaseAccess, CaseClock, Task
from jingkai.casework.cases.testing import NOW, finish, open_task
from jingkai.casework.clock.api import LimitValue, start_clock, stop_clock
from jingkai.casework.clock.data import Exclusion
from jingkai.casework.clock.events import ClockProjected, ClockStopped
from jingkai.casework.clock.models import Clock
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_rules")]


def clock(days, **more):
    limit = LimitValue(amount=days, exclusions=(Exclusion("expert_review"),), **more)
    return start_clock(limit=limit, label=f"{days}日", on=date(2026, 3, 2), by=SYSTEM, at=NOW)


def attach(case, key, running, branch=""):
    return api.attach_clock(case=case, key=key, clock=running, branch=branch, by=SYSTEM, at=NOW)


def test_an_attached_clock_shows_in_case_tasks_and_lists(approval_case, cast):
    running = clock(5)
    attach(approval_case, "acceptance", running)
    approval_case.refresh_from_db()
    task = open_task(approval_case, "accept")
    assert approval_case.due_at == task.due_at == running.due_at
    assert approval_case.yellow_at == task.yellow_at == running.yellow_at
    assert {row.due for row in CaseAccess.objects.filter(case=approval_case)} == {running.due_at}
    assert CaseClock.objects.get().label == "5日"
    assert list(entries_of(approval_case))[-1].facts == {
        "key": "acceptance",
        "clock": running.pk,
        "branch": "",
    }


def test_tasks_opened_later_take_the_date_of_their_clock(approval_case, cast):
    fire, overall = clock(15), clock(20)
    attach(approval_case, "fire", fire, branch="fire")
    attach(approval_case, "overall", overall)
    finish(approval_case, "accept", "accept", by=cast.clerk)
    due = dict(Task.objects.filter(case=approval_case, state="open").values_list("node_id", "due_at"))
    assert due == {"fire": fire.due_at, "airdefence": None, "quality": None}
    approval_case.refresh_from_db()
    assert approval_case.due_at == fire.due_at


def test_a_stopped_clock_presses_nobody(approval_case, cast):
    first = clock(5)
    attach(approval_case, "acceptance", first)
    stop_clock(clock=first, outcome="accepted", by=SYSTEM, at=NOW)
    api.refresh_clock(case_id=approval_case.pk, clock=first, at=NOW)
    approval_case.refresh_from_db()
    assert (approval_case.due_at, approval_case.yellow_at) == (None, None)
    assert open_task(approval_case, "accept").due_at is None
    assert set(CaseAccess.objects.filter(case=approval_case).values_list("due", flat=True)) == {FAR}


def test_a_second_submission_runs_on_its_own_clock(approval_case):
    attach(approval_case, "acceptance", clock(5))
    second = clock(8)
    attach(approval_case, "acceptance", second)
    assert open_task(approval_case, "accept").due_at == second.due_at
    assert len(api.list_clocks(approval_case.pk)) == 2


def test_the_next_step_sees_clocks_changed_in_the_same_transaction(approval_case, cast):
    first = clock(5)
    attach(approval_case, "acceptance", first)
    stop_clock(clock=first, outcome="accepted", by=SYSTEM, at=NOW)
    finish(approval_case, "accept", "accept", by=cast.clerk)
    approval_case.refresh_from_db()
    assert approval_case.due_at is None


def test_changes_of_clocks_arrive_by_event(approval_case, cast):
    running = clock(15)
    attach(approval_case, "fire", running)
    finish(approval_case, "accept", "accept", by=cast.clerk)
    run_jobs()
    Clock.objects.filter(pk=running.pk).update(due_at=running.due_at + timedelta(days=9))
    handlers.on_clocks_projected(ClockProjected(clock_ids=(running.pk,), reason="2026"))
    approval_case.refresh_from_db()
    assert (
        approval_case.due_at == open_task(approval_case, "fire").due_at == running.due_at + timedelta(days=9)
    )
    running.refresh_from_db()
    stop_clock(clock=running, outcome="done", by=SYSTEM, at=NOW)
    run_jobs()
    approval_case.refresh_from_db()
    assert approval_case.due_at is None
    handlers.on_clock_changed(ClockStopped(clock_id=running.pk))


def test_many_cases_are_refreshed_with_a_fixed_number_of_queries(
    approval_flow, cast, django_assert_num_queries
):
    ids = []
    for number in range(6):
        case = api.start_case(
            flow_key="approval", kind="x", title="t", reference=f"C{number}", by=cast.clerk, at=NOW
        )
        attach(case, "acceptance", clock(number + 1))
        ids.append(case.pk)
    Clock.objects.update(due_at=NOW)
    with django_assert_num_queries(6 + 2):
        api.refresh_deadlines(case_ids=ids)
    assert set(Task.objects.values_list("due_at", flat=True)) == {NOW}


def test_lights_of_a_list(approval_case, cast):
    running = clock(15)
    attach(approval_case, "fire", running)

    def lights(at):
        found = {}
        for light in ("green", "yellow", "red", "suspended"):
            page = api.page_of_cases(grantees=cast.clerk.grantees, filters=CaseFilters(light=light), at=at)
            found[light] = len(page.rows)
        return [light for light, number in found.items() if number]

    assert lights(NOW) == ["green"]
    assert lights(running.yellow_at) == ["yellow"]
    assert lights(running.due_at) == ["red"]
    Clock.objects.filter(pk=running.pk).update(state="suspended", suspended_since=date(2026, 3, 3))
    api.refresh_clock(case_id=approval_case.pk, clock=running, at=NOW)
    assert lights(running.due_at) == ["suspended"]


def test_grant_access_lets_others_see(approval_case, cast):
    api.grant_access(
        case=approval_case, grantees=[cast.person("officer_quality")], reason="协办", by=cast.clerk, at=NOW
    )
    assert api.may_see(approval_case.pk, grantees=cast.officer_quality.grantees)
    assert list(entries_of(approval_case))[-1].facts["grantees"] == [cast.officer_quality.party_id]
