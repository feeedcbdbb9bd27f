"""What comes to a case that waits: moments, and the end of a sub-case. Messages and signals: `messaging`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from jingkai.casework.cases.data import CaseState
from jingkai.casework.cases.events import TimerFired
from jingkai.casework.cases.models import Case, Task, Timer
from jingkai.casework.cases.operations import pacing, telling
from jingkai.casework.cases.operations.moving import carry_on, end_wait, move_on
from jingkai.casework.cases.operations.placing import NobodyThere, place_of
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.queries.people import head_above
from jingkai.casework.cases.queries.waiting import running_timers
from jingkai.casework.cases.rules import CaseNotOpen, check_values
from jingkai.casework.flow.api import advance, parse_performer
from jingkai.casework.flow.data import (
    BoundaryTimer,
    CallActivity,
    TimeoutAct,
    UserTask,
    inside,
    step_into,
)
from jingkai.kernel.audit import api as audit
from jingkai.kernel.permissions.data import SYSTEM

RECOUNT = "cases.recount_timers"
"""The job that counts timers anew after the calendar has changed."""


@transaction.atomic
def end_subcase(*, case_id: int, at: datetime) -> bool:
    """Let the case go on that waited for this one; says whether it still waited. Safe to repeat.

    The outcome is that of the sub-case, `withdrawn` or `void` when it was taken back or declared void.
    """
    child = Case.objects.select_related("parent_task").get(pk=case_id)
    if child.parent_task is None or child.state == CaseState.OPEN:
        return False
    try:
        step = Step.begin(child.parent_task.case_id, by=SYSTEM, at=at)
    except CaseNotOpen:
        return False
    row = step.open_tasks.pop(child.parent_task.pk, None)
    node = step.flow.nodes[row.node_id] if row else None
    if row is None or not isinstance(node, CallActivity):
        return False
    declared = step.flow.variables
    taken = {name: child.variables[name] for name in node.takes if name in child.variables}
    fitting = {name: value for name, value in taken.items() if name in declared}
    step.case.variables = {**step.case.variables, **check_values(step.flow, fitting)}
    end_wait(step, row, child.outcome)
    return True


@transaction.atomic
def fire_timer(*, timer_id: int, at: datetime) -> bool:
    """Do what a timer was set for, if its task is still open; says whether something was done.

    A timer whose task is through lapses. Safe to repeat: a used-up timer does nothing.
    """
    timer = Timer.objects.get(pk=timer_id)
    try:
        step = Step.begin(timer.case_id, by=SYSTEM, at=at)
    except CaseNotOpen:
        return _lapse(timer, at)
    timer.refresh_from_db()
    if timer.fired_at is not None or timer.lapsed_at is not None:
        return False
    row = _alive(step, timer)
    if row is None:
        return _lapse(timer, at)
    follow_clocks(step, [timer])
    if timer.held or (timer.clock_key and timer.due_at > at):
        return False
    timer.fired_at = at
    timer.save(update_fields=["fired_at"])
    facts: dict[str, Any] = {"timer": timer.pk, "node": timer.node_id, "act": timer.act}
    told = TimerFired(case_id=timer.case_id, task_id=timer.task_id, act=timer.act)
    if timer.act:
        facts |= _act(step, timer, row)
    else:
        _leave(step, timer, row, facts)
    step.finish("timer.fired", facts=facts, told=(told,))
    carry_on(step)
    return True


@transaction.atomic
def pace_timers(*, case_id: int, at: datetime) -> None:
    """Let the timers of a case that are tied to a clock follow it. Safe to repeat."""
    try:
        step = Step.begin(case_id, by=SYSTEM, at=at)
    except CaseNotOpen:
        return
    follow_clocks(step, running_timers(case_id))


@transaction.atomic
def recount_timers(*, case_id: int, reason: str, at: datetime) -> int:
    """Count the timers of working days of a case anew with the changed calendar; gives how many moved.

    The trail keeps the old and new moments and why: what the calendar's change is based on. Safe to repeat.
    """
    try:
        step = Step.begin(case_id, by=SYSTEM, at=at)
    except CaseNotOpen:
        return 0
    timers = running_timers(case_id)
    before = {timer.pk: timer.due_at.isoformat() for timer in timers}
    moved = pacing.keep_pace(case_id, step.flow, timers, new_calendar=True)
    if moved:
        facts = {
            "moved_timers": [{**one, "due_before": before[one["timer"]]} for one in moved],
            "reason": reason,
        }
        audit.record(step.case, action="timer.recounted", by=SYSTEM, at=at, facts=facts)
    return len(moved)


def follow_clocks(step: Step, timers: list[Timer]) -> None:
    """Hold timers or move them as their clocks go, and say so in the trail where something changed."""
    if moved := pacing.keep_pace(step.case.pk, step.flow, timers):
        audit.record(step.case, action="timer.moved", by=SYSTEM, at=step.at, facts={"moved_timers": moved})


def _lapse(timer: Timer, at: datetime) -> bool:
    Timer.objects.filter(pk=timer.pk, fired_at__isnull=True).update(lapsed_at=at)
    return False


def _alive(step: Step, timer: Timer) -> Task | None:
    """Give the open task of a timer; for a timer in the drawing any open one of the same round will do."""
    row = step.open_tasks.get(timer.task_id)
    if row is not None or timer.act:
        return row
    group = Task.objects.filter(pk=timer.task_id).values_list("group", flat=True).first() or ""
    return next(iter(step.of_group(group)), None)


def _leave(step: Step, timer: Timer, row: Task, facts: dict[str, Any]) -> None:
    """Follow the path of a timer in the drawing: a moment that was waited for, or one at a boundary."""
    node = step.flow.nodes.get(timer.node_id)
    if isinstance(node, BoundaryTimer) and not node.interrupting:
        begin = step_into(node.scope, node.id, node.outgoing[0].id)
        if any(inside(scope, begin) for scope in step.staying):
            facts["note"] = "the side path is still under way"
            return
        move = advance(
            step.flow,
            node,
            outcome="",
            values=step.case.variables,
            staying=step.staying,
            perform=step.perform,
            parked=step.parked,
        )
        step.follow(move, previous=row)
        return
    if isinstance(node, BoundaryTimer):
        for other in [row, *(one for one in step.of_group(row.group) if one.pk != row.pk)]:
            step.cancel(other)
    elif node is not None:
        step.touch(step.open_tasks.pop(row.pk))
        row.state, row.closed_at = Task.State.DONE, step.at
    if node is not None:
        move_on(step, node, "", previous=row)


def _act(step: Step, timer: Timer, row: Task) -> dict[str, Any]:
    """Remind the holder, hand the task to the head, or to whom the flow names; nobody there: remind."""
    on = timezone.localdate(step.at)
    facts: dict[str, Any] = {"task": row.pk}
    node = step.node_of(row)
    if timer.act == TimeoutAct.ESCALATE:
        head = head_above(row, on)
        if head is not None:
            _hand_to(step, row, head, row.pool_id, row.role)
        facts["nobody"] = head is None
    elif timer.act == TimeoutAct.TRANSFER:
        facts["nobody"] = not _transfer(step, timer, row, node)
    telling.tell_timeout(step.case, row, timer)
    return facts


def _transfer(step: Step, timer: Timer, row: Task, node: UserTask) -> bool:
    performer = parse_performer(timer.target)
    try:
        place = performer and place_of(performer, node=node, case=step.case, on=timezone.localdate(step.at))
    except NobodyThere:
        return False
    if not place:
        return False
    _hand_to(step, row, place.assignee_id, place.pool_id, place.role)
    return True


def _hand_to(step: Step, row: Task, assignee: int | None, pool: int | None, role: str) -> None:
    step.touch(row)
    row.assignee_id, row.pool_id, row.role, row.owner_id = assignee, pool, role, None
    row.claimed_at = step.at if assignee else None
    step.grantees |= {party for party in (assignee, pool) if party}
