"""Tests with real threads: whatever arrives at once has one effect."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.api import differences
from jingkai.casework.cases.models import Case, Opinion, Task
from jingkai.casework.cases.testing import APPROVAL, NOW, finish, open_nodes, open_task, publish_drawing
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.hooks.testing import at_once
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)


def race(number, act):
    """Run `act(number)` in so many threads that start together, and count what each came to."""
    results = at_once(*[partial(act, place) for place in range(number)])
    return Counter(type(one).__name__ if isinstance(one, Exception) else "done" for one in results)


def start(cast, number=0):
    publish_drawing("approval", APPROVAL)
    return api.start_case(
        flow_key="approval",
        kind="x",
        title="t",
        reference=f"R{number}",
        applicant=cast.enterprise,
        by=cast.handler,
        at=NOW,
    )


def test_races(cast):
    """One test, because a database of its own costs more than the races themselves."""
    fifty_replays_have_one_effect(start(cast, 1), cast)
    two_clerks_claim_and_one_has_it(start(cast, 2), cast)
    two_clerks_finish_differently(start(cast, 3), cast)
    last_branches_pass_the_join_once(start(cast, 4), cast)
    finish_against_send_back(start(cast, 5), cast)
    finish_against_withdraw(start(cast, 6), cast)
    for case_id in Case.objects.values_list("pk", flat=True):
        assert differences(case_id) == []


def fifty_replays_have_one_effect(case, cast):
    task, clerk = open_task(case, "accept"), cast.clerk
    came = race(50, lambda _n: api.complete_task(task=task, outcome="accept", by=clerk, at=NOW))
    assert came == {"done": 1, "TaskNotOpen": 49}
    assert Opinion.objects.filter(task=task).count() == 1
    assert Counter(Task.objects.filter(case=case).values_list("node_id", flat=True)) == {
        "accept": 1,
        "fire": 1,
        "airdefence": 1,
        "quality": 1,
    }
    assert [entry.action for entry in entries_of(case)] == ["case.started", "task.completed"]


def two_clerks_claim_and_one_has_it(case, cast):
    task, clerks = open_task(case, "accept"), (cast.clerk, cast.clerk_2)
    came = race(20, lambda n: api.claim_task(task=task, by=clerks[n % 2], at=NOW))
    assert came == {"done": 10, "AlreadyClaimed": 10}
    assert [entry.action for entry in entries_of(case)] == ["case.started", "task.claimed"]


def two_clerks_finish_differently(case, cast):
    task, clerks = open_task(case, "accept"), (cast.clerk, cast.clerk_2)
    outcomes = ("accept", "correct")
    came = race(2, lambda n: api.complete_task(task=task, outcome=outcomes[n], by=clerks[n], at=NOW))
    assert came == {"done": 1, "TaskNotOpen": 1}
    assert open_nodes(case) in ({"supplement"}, {"fire", "airdefence", "quality"})


def last_branches_pass_the_join_once(case, cast):
    for _round in range(6):
        finish(case, "accept", "accept")
        tasks = list(Task.objects.filter(case=case, state="open"))
        came = race(
            3, lambda n, tasks=tasks: api.complete_task(task=tasks[n], outcome="agree", by=SYSTEM, at=NOW)
        )
        assert came == {"done": 3}
        assert open_nodes(case) == {"summarise"}
        api.send_back(task=open_task(case, "summarise"), to_node="accept", reason="", by=SYSTEM, at=NOW)


def finish_against_send_back(case, cast):
    for _round in range(8):
        finish(case, "accept", "accept")
        fire, quality = open_task(case, "fire"), open_task(case, "quality")

        def act(number, fire=fire, quality=quality):
            if number:
                api.complete_task(task=quality, outcome="agree", by=SYSTEM, at=NOW)
            else:
                api.send_back(task=fire, to_node="accept", reason="", by=SYSTEM, at=NOW)

        came = race(2, act)
        assert came in ({"done": 2}, {"done": 1, "TaskNotOpen": 1})
        assert open_nodes(case) == {"accept"}


def finish_against_withdraw(case, cast):
    task, handler = open_task(case, "accept"), cast.handler

    def act(number):
        if number:
            api.complete_task(task=task, outcome="accept", by=SYSTEM, at=NOW)
        else:
            api.withdraw_case(case=case, by=handler, at=NOW)

    came = race(2, act)
    assert came in ({"done": 2}, {"done": 1, "CaseNotOpen": 1})
    assert not open_nodes(case)
    case.refresh_from_db()
    assert case.state == "withdrawn"
