"""Timers that stand still with a clock of their case (`jk:clock`), and are due later by the days left out.

A time-out follows the clock of its step: while the law stops the clock nobody can be late. A timer without a
clock is calendar time. One with a clock is held while the clock is suspended, and is then
counted anew from its beginning without the days on which any clock under that key stood still. So it does not
matter how often this is done, or whether a hold began and ended between two looks. Every timer of working
days is counted anew, too, when the calendar of working days changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from jingkai.casework.cases.models import CaseClock, Timer
from jingkai.casework.clock.data import State
from jingkai.casework.clock.models import Clock
from jingkai.casework.flow.data import (
    BoundaryTimer,
    CatchEvent,
    Delay,
    Flow,
    Performer,
    PerformerKind,
    Timeout,
    UserTask,
)
from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.calendar.api import DaySpan, merge_spans

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """Whether the current clock under a key stands still, and on which days those of the key did."""

    held: bool
    spans: tuple[DaySpan, ...]


def paces_of(case_id: int, keys: Collection[str]) -> Mapping[str, Pace]:
    """Give how the clocks of a case under these keys go, without keys that have none; one query at most."""
    if not keys:
        return {}
    rows = CaseClock.objects.filter(case_id=case_id, key__in=keys).select_related("clock").order_by("pk")
    found: dict[str, list[Clock]] = defaultdict(list)
    for row in rows:
        found[row.key].append(row.clock)
    return {
        key: Pace(
            clocks[-1].state == State.SUSPENDED,
            tuple(merge_spans(span for clock in clocks for span in clock.excluded_spans)),
        )
        for key, clocks in found.items()
    }


def paced_due(delay: Delay, begin: datetime, spans: Sequence[DaySpan]) -> datetime:
    """Give the moment at which a span that began at `begin` is over, without the days left out.

    Working days follow the calendar; of days and hours each day left out, the first one too, adds one day.
    """
    local = timezone.localtime(begin)
    if delay.working_days:
        day = calendar.load().add_working_days(local.date(), delay.working_days, spans)
        return local.replace(year=day.year, month=day.month, day=day.day)
    end = local + delay.span
    for span in merge_spans(spans):
        first = max(span.first, local.date())
        if first <= min(span.last, end.date()):
            end += (span.last - first).days * ONE_DAY + ONE_DAY
    return end


def keep_pace(
    case_id: int, flow: Flow, timers: Iterable[Timer], *, new_calendar: bool = False
) -> list[dict[str, Any]]:
    """Let timers follow their clocks; give what the trail keeps of those that changed. The case is locked.

    With a new calendar all timers of working days are counted anew, those without a clock from their start.
    """
    bound = [timer for timer in timers if timer.clock_key or (new_calendar and timer.working_days)]
    paces = paces_of(case_id, {timer.clock_key for timer in bound} - {""})
    changed = []
    for timer in bound:
        pace, delay = paces.get(timer.clock_key, _FREE), _delay_of(timer, flow)
        if delay is None or (timer.clock_key and timer.clock_key not in paces):
            continue
        due = paced_due(delay, timer.counts_from or timer.due_at, pace.spans)
        if (timer.held, timer.due_at) != (pace.held, due):
            timer.held, timer.due_at = pace.held, due
            changed.append(timer)
    Timer.objects.bulk_update(changed, ["held", "due_at"])
    return [{"timer": one.pk, "due": one.due_at.isoformat(), "held": one.held} for one in changed]


_FREE = Pace(held=False, spans=())
"""How a timer goes that is tied to no clock."""


def _delay_of(timer: Timer, flow: Flow) -> Delay | None:
    if not timer.clock_key or (timer.act and timer.working_days):
        return Delay(working_days=timer.working_days)
    if timer.act:
        return _timeout_of(timer, flow)
    node = flow.nodes.get(timer.node_id)
    return node.delay if isinstance(node, BoundaryTimer | CatchEvent) else None


def _timeout_of(timer: Timer, flow: Flow) -> Delay | None:
    """Give the days or hours of a time-out; of several that do the same, each in the order of the drawing."""
    node = flow.nodes.get(timer.task.node_id)
    drawn = [
        one.delay
        for one in (node.timeouts if isinstance(node, UserTask) else ())
        if (one.act.value, target_of(one), one.delay.working_days) == (timer.act, timer.target, 0)
    ]
    before = Timer.objects.filter(task_id=timer.task_id, act=timer.act, target=timer.target, working_days=0)
    place = before.filter(pk__lt=timer.pk).count() if len(drawn) > 1 else 0
    return drawn[min(place, len(drawn) - 1)] if drawn else None


def target_of(timeout: Timeout) -> str:
    """Give to whom a time-out hands the task, as it is written; empty where it hands it to nobody."""
    return _written(timeout.performer) if timeout.performer else ""


def _written(performer: Performer) -> str:
    if performer.kind is PerformerKind.VARIABLE:
        return f"${{{performer.value}}}"
    if not performer.value:
        return performer.kind.value
    unit = f"@{performer.unit}" if performer.unit else ""
    return f"{performer.kind.value}:{performer.value}{unit}"[:120]
