"""Timers of tasks: set when a task opens, with a moment that never moves afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.data import TaskKind
from jingkai.casework.cases.models import Case, Task, Timer
from jingkai.casework.flow.data import (
    CatchEvent,
    Delay,
    Flow,
    Performer,
    PerformerKind,
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
    if not timers:
        return []
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
        yield Timer(
            case=case, task=row, node_id=node.id, due_at=due_at(node.delay, at=at, case=case, node=node)
        )
    for timer in flow.timers.get(node.id, ()) if first else ():
        moment = due_at(timer.delay, at=at, case=case, node=node)
        yield Timer(case=case, task=row, node_id=timer.id, due_at=moment)


def _timeouts_of(case: Case, flow: Flow, row: Task, *, at: datetime) -> Iterator[Timer]:
    node = flow.nodes[row.node_id]
    for timeout in node.timeouts if isinstance(node, UserTask) else ():
        moment = due_at(timeout.delay, at=at, case=case, node=node)
        target = _written(timeout.performer) if timeout.performer else ""
        yield Timer(case=case, task=row, act=timeout.act.value, target=target, due_at=moment)


def _written(performer: Performer) -> str:
    if performer.kind is PerformerKind.VARIABLE:
        return f"${{{performer.value}}}"
    if not performer.value:
        return performer.kind.value
    unit = f"@{performer.unit}" if performer.unit else ""
    return f"{performer.kind.value}:{performer.value}{unit}"[:120]


def _facts(timer: Timer) -> dict[str, Any]:
    facts = {
        "timer": timer.pk,
        "task": timer.task_id,
        "node": timer.node_id,
        "act": timer.act,
        "target": timer.target,
        "due": timer.due_at.isoformat(),
    }
    return {name: value for name, value in facts.items() if value != ""}
