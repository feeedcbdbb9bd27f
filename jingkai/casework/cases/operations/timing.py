"""Timers of tasks: set when a task opens. Those tied to a clock stand still with it (`pacing`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.data import TaskKind
from jingkai.casework.cases.models import Case, Task, Timer
from jingkai.casework.cases.operations import pacing
from jingkai.casework.flow.data import (
    BoundaryTimer,
    CatchEvent,
    Delay,
    Flow,
    Node,
    Timeout,
    UserTask,
    read_moment,
)
from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError


class NoMoment(PersonFacingError):
    """The variable that says when a timer ends holds no date; nothing was written."""

    sentence = _(
        "“%(node)s” can't be opened: the date “%(name)s”, for which it waits, is empty or unreadable."
    )
    advice = _("Fill in the date in the step before, then try again.")


def set_timers(
    case: Case, flow: Flow, opened: Iterable[Task], awakened: Iterable[Task], *, at: datetime
) -> list[dict[str, Any]]:
    """Set the timers of tasks that have just opened; give what the trail keeps of them.

    A round of several people has the timers at its boundary once, time-outs each for himself. A task that
    was open before, and has only waited for a further signer, keeps those it has.
    """
    timers: list[Timer] = []
    for row in (row for row in opened if row.state == Task.State.OPEN):
        timers += _boundary_of(case, flow, row, at=at)
        timers += _timeouts_of(case, flow, row, at=at)
    for row in awakened:
        if not Timer.objects.filter(task=row).exists():
            timers += _timeouts_of(case, flow, row, at=at)
    return save_timers(case, timers, at=at)


def save_timers(case: Case, timers: Sequence[Timer], *, at: datetime) -> list[dict[str, Any]]:
    """Write new timers, those of a clock as far as that has come; give what the trail keeps of them."""
    if not timers:
        return []
    paces = pacing.paces_of(case.pk, {timer.clock_key for timer in timers} - {""})
    for timer in timers:
        if timer.clock_key in paces:
            timer.held = paces[timer.clock_key].held
    Timer.objects.bulk_create(timers)
    return [_facts(timer) for timer in timers]


def due_at(delay: Delay, *, at: datetime, case: Case, node: Any) -> datetime:
    """Give the moment at which a delay that begins at `at` is over.

    Working days end at the time of day at which they began; a mere date ends when that day is over.
    """
    if delay.is_span:
        if not delay.working_days:
            return at + delay.span
        local_at = timezone.localtime(at)
        day = calendar.load().add_working_days(local_at.date(), delay.working_days)
        return local_at.replace(year=day.year, month=day.month, day=day.day)
    written = delay.moment or str(case.variables.get(delay.variable) or "")
    moment = read_moment(written)
    if moment is None:
        raise NoMoment(node=local(node, "name"), name=delay.variable)
    return _as_moment(moment)


def _as_moment(moment: date | datetime) -> datetime:
    if not isinstance(moment, datetime):
        return timezone.make_aware(datetime.combine(moment + timedelta(days=1), time()))
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _boundary_of(case: Case, flow: Flow, row: Task, *, at: datetime) -> Iterator[Timer]:
    node = flow.nodes[row.node_id]
    first = not row.added and (not row.group or row.scope.endswith(f"{node.id}:1"))
    if isinstance(node, CatchEvent) and node.delay and row.kind == TaskKind.TIMER:
        yield drawn_timer(case, row, node, at=at)
    for timer in flow.timers.get(node.id, ()) if first else ():
        yield drawn_timer(case, row, timer, at=at)


def drawn_timer(case: Case, row: Task, node: CatchEvent | BoundaryTimer, *, at: datetime) -> Timer:
    """Make the timer of a node of the drawing for a task that waits; counted from `at`."""
    delay = node.delay or Delay()
    return Timer(
        case=case,
        task=row,
        node_id=node.id,
        due_at=due_at(delay, at=at, case=case, node=node),
        clock_key=node.clock,
        counts_from=at if node.clock or delay.working_days else None,
        working_days=delay.working_days,
    )


def _timeouts_of(case: Case, flow: Flow, row: Task, *, at: datetime) -> Iterator[Timer]:
    node = flow.nodes[row.node_id]
    for timeout in node.timeouts if isinstance(node, UserTask) else ():
        yield timeout_timer(case, row, node, timeout, at=at)


def timeout_timer(case: Case, row: Task, node: Node, timeout: Timeout, *, at: datetime) -> Timer:
    """Make the timer of a time-out of a task; counted from `at`, and held while the clock of its step is."""
    days = timeout.delay.working_days
    clock = node.clock if isinstance(node, UserTask) and timeout.delay.is_span else ""
    return Timer(
        case=case,
        task=row,
        act=timeout.act.value,
        target=pacing.target_of(timeout),
        due_at=due_at(timeout.delay, at=at, case=case, node=node),
        clock_key=clock,
        counts_from=at if days or clock else None,
        working_days=days,
    )


def _facts(timer: Timer) -> dict[str, Any]:
    facts = {
        "timer": timer.pk,
        "task": timer.task_id,
        "node": timer.node_id,
        "act": timer.act,
        "target": timer.target,
        "due": timer.due_at.isoformat(),
        "clock": timer.clock_key,
        "held": timer.held or "",
    }
    return {name: value for name, value in facts.items() if value != ""}
