"""Shapes of flows, acts on their tasks, driving a case to its end: for the matrix and random walks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from jingkai.casework.cases import api
from jingkai.casework.cases.models import Case, Task, Timer
from jingkai.casework.cases.operations import end_subcase
from jingkai.casework.cases.queries.cases import flow_of
from jingkai.casework.cases.testing import NOW, publish_drawing
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.api import actor_for_person
from jingkai.kernel.permissions.data import SYSTEM

_TASK = "outcomes=agree,object pool=fire batch=true"

SHAPES = {
    "sequence": "start > a > b > c > end",
    "fork": "start > a > fork > b > join > c > end\nfork > d > d2 > join",
    "nested": "start > a > fork > b > fork2 > d > join2 > join > c > end\nfork2 > e > join2\nfork > f > join",
    "inclusive": "start > a > either1[outcome == 'agree'] > b > meet1 > c > end\n"
    "either1[flag] > d > d2 > meet1\neither1[] > e > meet1",
    "several": "start > a > fork > m > join > c > end\nfork > b > join",
    "turns": "start > a > fork > q > join > c > end\nfork > b > join",
    "any one": "start > a > fork > y > join > c > end\nfork > b > join",
    "time-outs": "start > a > fork > w > join > s2 > c > end\nfork > b > join",
    "loop": "start > a > b > gate[outcome == 'object'] > a\ngate[] > c > end",
    "sub": "start > a > fork > call_small > join > c > end\nfork > b > join",
    "timers": "start > a > fork > b > gate_m[] > join > c > end\nfork > wait_t > wait_m > join\n"
    "late_b > late > gate_m",
    "sides": "start > a > b > c > end\nlate_b > note > end_note",
    "sides in a fork": "start > a > fork > b > join > c > end\nfork > d > join\nlate_b > note > end_note",
}
PARTS = {
    "m": "m: each=fire,quality,airdefence outcomes=agree,object pass=2/3",
    "q": "q: each=fire,quality,airdefence outcomes=agree,object sequential=true",
    "y": "y: each=fire,quality,airdefence outcomes=agree,object pass=any",
    "w": 'w: pool=fire outcomes=agree,object timeout="1d remind, 2d escalate, 3d transfer:unit:quality"',
    "s2": "s2: pool=fire outcomes=agree,object skipSame=true",
    "call_small": "call_small: calls=small",
    "wait_t": "wait_t: timer=5d",
    "wait_m": "wait_m: message=go",
    "late_b": "late_b: on=b timer=2d",
}
SMALL = f"start > s > end\ns: {_TASK}"


numbers = iter(range(10_000))

LINE = """
    start > a > fork > b > join > z > end
    fork > c > join
    a: pool=approval outcomes=agree,object
    b: pool=fire outcomes=agree,object
    c: pool=quality outcomes=agree
    z: pool=committee outcomes=done
"""


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


def signer_of(case, state="open"):
    return Task.objects.get(case=case, state=state, added__in=["before", "beside", "after"])


def complete(task, outcome="agree", by=SYSTEM):
    return api.complete_task(task=task, outcome=outcome, by=by, at=NOW)


def done(case, node):
    return Task.objects.filter(case=case, node_id=node, state="done").latest("pk")


def drawing_of(shape: str) -> str:
    """Draw a shape with everything that its places need."""
    text = SHAPES[shape]
    words = set(text.replace(">", " ").replace("\n", " ").split())
    lines = [part for name, part in PARTS.items() if name in words]
    if shape.startswith("sides"):
        lines = ["late_b: on=b timer=2d side=true"]
    plain = [name for name in ("a", "b", "c", "d", "d2", "e", "f", "late", "note") if name in words]
    return "\n".join([text, "process: resubmit=true", *lines, *(f"{name}: {_TASK}" for name in plain)])


def works(case: Case, state: str = "open") -> list[Task]:
    """Give the tasks of a case on which somebody can act, oldest first."""
    return list(Task.objects.filter(case=case, state=state, kind="work").order_by("pk"))


def advance_by_one(case: Case) -> None:
    """Go forward by the plainest step that is possible."""
    rows = works(case)
    if rows:
        row = rows[0]
        if row.owner_id is not None:
            api.return_task(task=row, opinion="", by=SYSTEM, at=NOW)
        else:
            node = flow_of(case.pk).user_task(row.node_id)
            outcome = ((node and node.outcome_codes) or ("done",))[0]
            api.complete_task(task=row, outcome=outcome, by=SYSTEM, at=NOW)
        return
    row = Task.objects.filter(case=case, state="open").order_by("pk").first()
    assert row is not None, "the case stands nowhere"
    if row.kind == "timer":
        timer = Timer.objects.get(task=row)
        assert api.fire_timer(timer_id=timer.pk, at=timer.due_at)
    elif row.kind == "message":
        api.deliver_message(case=case, name=row.waits_for, by=SYSTEM, at=NOW)
    elif row.kind == "case":
        child = Case.objects.get(parent_task=row)
        if child.state == "open":
            drive(child)
        assert end_subcase(case_id=child.pk, at=NOW)
    else:
        raise AssertionError(f"a join waits for ever: {row.kind} {row.node_id}")


def drive(case: Case) -> None:
    """Go forward only: whatever happened before, the case must come to its end."""
    for _step in range(80):
        case.refresh_from_db()
        if case.state != "open":
            return
        _stands(case)
        advance_by_one(case)
    raise AssertionError("the case never ends")


def check(case: Case) -> None:
    """An open case stands somewhere, every task is on somebody, and the trail gives the same rows."""
    case.refresh_from_db()
    _stands(case)


def _stands(case: Case) -> None:
    rows = list(Task.objects.filter(case=case, state__in=["open", "planned"]))
    assert bool([row for row in rows if row.state == "open"]) == (case.state == "open")
    for row in rows:
        assert row.kind != "work" or row.assignee_id or row.pool_id
        awaited = [other for other in rows if other.uuid == row.awaits]
        assert row.state == "open" or awaited, "a planned task waits for nobody"
    assert api.differences(case.pk) == []


Act = Callable[[Task, Any, Any], Any]


def _add(where: str) -> Act:
    return lambda row, cast, at: api.add_signer(
        task=row, to=cast.person("leader"), where=where, by=SYSTEM, at=at
    )


def _add_and_remove(row: Task, cast: Any, at: Any) -> None:
    added = api.add_signer(task=row, to=cast.person("leader"), where="before", by=SYSTEM, at=at)
    api.remove_signer(task=added, by=SYSTEM, at=at)


def _back(row: Task, _cast: Any, at: Any) -> None:
    targets = api.send_back_targets(row)
    if targets:
        api.send_back(task=row, to_node=targets[-1].node, reason="x", by=SYSTEM, at=at)


def _back_first(row: Task, _cast: Any, at: Any) -> None:
    targets = api.send_back_targets(row)
    if targets:
        api.send_back(task=row, to_node=targets[0].node, reason="x", by=SYSTEM, at=at)


def _recall(row: Task, _cast: Any, at: Any) -> None:
    last = (
        Task.objects.filter(case_id=row.case_id, state="done", kind="work").order_by("closed_at", "pk").last()
    )
    if last is not None:
        api.recall_step(task=last, by=SYSTEM, at=at)


def _entrust(row: Task, cast: Any, at: Any) -> None:
    holder = _holder(row, cast, at)
    api.entrust_task(task=row, to=cast.person("stranger"), by=holder, at=at)


def _holder(row: Task, cast: Any, at: Any) -> Any:
    """Give whoever holds a task; somebody of the pool claims one that nobody has."""
    if row.assignee_id is not None:
        return actor_for_person(row.assignee_id, cast.on)
    names = ("officer_fire", "officer_quality", "officer_airdefence", "clerk", "leader")
    member = next(cast.actor(name) for name in names if row.pool_id in cast.actor(name).pools)
    api.claim_task(task=row, by=member, at=at)
    return member


def _by_holder(row: Task, cast: Any, at: Any) -> None:
    api.complete_task(task=row, outcome="agree", by=_holder(row, cast, at), at=at)


def _by_deputy(row: Task, cast: Any, at: Any) -> None:
    absent = _holder(row, cast, at).party_id
    deputy = replace(cast.actor("stranger"), on_behalf_of=(absent,))
    api.complete_task(task=row, outcome="agree", by=deputy, at=at)


def _batch(row: Task, _cast: Any, at: Any) -> None:
    found = api.complete_tasks(tasks=[row], outcome="agree", by=SYSTEM, at=at)
    if found.refused:
        raise NotAllowed


class NotAllowed(PersonFacingError):
    """A batch took nothing."""


def _withdraw(row: Task, _cast: Any, at: Any) -> None:
    case = api.withdraw_case(case=row.case, by=SYSTEM, at=at)
    api.resubmit_case(case=case, by=SYSTEM, at=at)


def _take_back(row: Task, cast: Any, at: Any) -> None:
    holder = _holder(row, cast, at)
    given = api.entrust_task(task=row, to=cast.person("stranger"), by=holder, at=at)
    api.take_back_task(task=given, by=holder, at=at)


def _hand_over(row: Task, cast: Any, at: Any) -> None:
    holder = _holder(row, cast, at)
    api.hand_over(person=holder.party_id, to=cast.person("custodian"), by=SYSTEM, at=at)


def _fire(row: Task, _cast: Any, _at: Any) -> None:
    for timer in api.list_timers(row.case_id):
        api.fire_timer(timer_id=timer.pk, at=timer.due_at)


ACTS: dict[str, Act] = {
    "complete": lambda row, _cast, at: api.complete_task(task=row, outcome="agree", by=SYSTEM, at=at),
    "object": lambda row, _cast, at: api.complete_task(task=row, outcome="object", by=SYSTEM, at=at),
    "by its holder": _by_holder,
    "by a deputy": _by_deputy,
    "batch": _batch,
    "withdraw and submit again": _withdraw,
    "send back": _back,
    "send back far": _back_first,
    "signer before": _add("before"),
    "signer beside": _add("beside"),
    "signer after": _add("after"),
    "signer removed": _add_and_remove,
    "transfer": lambda row, cast, at: api.transfer_task(task=row, to=cast.person("leader"), by=SYSTEM, at=at),
    "entrust": _entrust,
    "entrusted, taken back": _take_back,
    "recall": _recall,
    "hand over": _hand_over,
    "timers": _fire,
    "urge": lambda row, _cast, at: api.urge_task(task=row, by=SYSTEM, at=at),
    "circulate": lambda row, cast, at: api.circulate(
        case=row.case, to=[cast.person("leader")], by=SYSTEM, at=at
    ),
}

LATER = timedelta(minutes=1)
