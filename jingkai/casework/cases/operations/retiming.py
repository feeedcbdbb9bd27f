"""Timers when a case moves to another version of its flow: which stay, which end, which begin.

What runs keeps its moment, also where the new version would wait longer. What the new version does not have
ends; what it has and the old one had not begins with the move, so that nothing falls due by the move alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jingkai.casework.cases.data import TaskKind
from jingkai.casework.cases.models import Case, Task, Timer
from jingkai.casework.cases.operations import pacing, timing
from jingkai.casework.flow.data import BoundaryTimer, CatchEvent, Flow, Node, TimeoutAct, UserTask
from jingkai.kernel.hooks.api import local


@dataclass(slots=True)
class Retiming:
    """What becomes of the timers of one case. New ones are not written yet."""

    begins: list[Timer] = field(default_factory=list)
    ends: list[Timer] = field(default_factory=list)
    renamed: list[tuple[Timer, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Versions:
    """From which version of a flow a case goes to which, and which step becomes which."""

    old: Flow
    new: Flow
    mapping: Mapping[str, str]

    def name(self, node: str) -> str:
        """Give the id of a step in the new version."""
        return self.mapping.get(node, node)


def timers_of(case_ids: Sequence[int]) -> dict[int, list[Timer]]:
    """Give the timers of cases, used up or not, each with its task as it stands in the table; one query."""
    found: dict[int, list[Timer]] = {case_id: [] for case_id in case_ids}
    for timer in Timer.objects.filter(case_id__in=case_ids).select_related("task").order_by("pk"):
        found[timer.case_id].append(timer)
    return found


def retiming_of(
    timers: Iterable[Timer], rows: Iterable[Task], *, case: Case, versions: Versions, at: datetime
) -> Retiming:
    """Say what becomes of the timers of a case whose open rows are these, before any of them is moved.

    Errors: NoMoment, CalendarYearMissing.
    """
    found, had = Retiming(), _Had()
    for timer in timers:
        node = versions.name(timer.node_id)
        had.note(timer, node)
        if timer.act or timer.fired_at is not None or timer.lapsed_at is not None:
            continue
        if not _is_there(versions.new, versions.name(timer.task.node_id), node):
            found.ends.append(timer)
        elif node != timer.node_id:
            found.renamed.append((timer, node))
    for row in rows:
        if row.state == Task.State.OPEN:
            node_there = versions.new.nodes[versions.name(row.node_id)]
            found.begins += _drawn(row, node_there, had, case, versions.new, at)
            _retime_timeouts(row, node_there, had.acts[row.pk], case, at, found)
    return found


@dataclass(slots=True)
class _Had:
    """The timers that places have or had: those of the drawing by round or task, time-outs by task."""

    drawn: set[tuple[str, str]] = field(default_factory=set)
    acts: dict[int, list[Timer]] = field(default_factory=lambda: defaultdict(list))

    def note(self, timer: Timer, node: str) -> None:
        """Remember a timer under the name that it has in the new version."""
        if timer.act:
            self.acts[timer.task_id].append(timer)
        else:
            self.drawn.add((_round(timer.task), node))


def _round(row: Task) -> str:
    return row.group or f"task {row.pk}"


def _is_there(new: Flow, host: str, timer: str) -> bool:
    waits = isinstance(new.nodes.get(timer), CatchEvent) and host == timer
    return waits or any(one.id == timer for one in new.timers.get(host, ()))


def _drawn(row: Task, node: Node, had: _Had, case: Case, new: Flow, at: datetime) -> Iterator[Timer]:
    """Make the timers of the drawing that a place has not had."""
    wanted: list[BoundaryTimer | CatchEvent] = [] if row.added else list(new.timers.get(node.id, ()))
    if isinstance(node, CatchEvent) and row.kind == TaskKind.TIMER:
        wanted.append(node)
    for one in wanted:
        if (_round(row), one.id) not in had.drawn:
            had.drawn.add((_round(row), one.id))
            yield timing.drawn_timer(case, row, one, at=at)


def _retime_timeouts(
    row: Task, node: Node, there: list[Timer], case: Case, at: datetime, found: Retiming
) -> None:
    """Keep the time-outs that both versions have, each as often; begin the others, end what is too many."""
    left = Counter((one.act, one.target) for one in there)
    for timeout in node.timeouts if isinstance(node, UserTask) else ():
        key = (timeout.act.value, pacing.target_of(timeout))
        if left[key]:
            left[key] -= 1
        else:
            found.begins.append(timing.timeout_timer(case, row, node, timeout, at=at))
    for timer in reversed(there):
        if left[timer.act, timer.target]:
            left[timer.act, timer.target] -= 1
            if timer.fired_at is None and timer.lapsed_at is None:
                found.ends.append(timer)


def words_of(retiming: Retiming, versions: Versions) -> tuple[str, ...]:
    """Say in words which timers begin and which end."""
    begins = [_("begins: %(timer)s") % {"timer": _name(timer, versions.new)} for timer in retiming.begins]
    ends = [_("ends: %(timer)s") % {"timer": _name(timer, versions.old)} for timer in retiming.ends]
    return tuple(dict.fromkeys([*begins, *ends]))


def _name(timer: Timer, flow: Flow) -> str:
    if timer.act:
        return str(_acts()[TimeoutAct(timer.act)])
    node = flow.nodes.get(timer.node_id)
    return local(node, "name") or timer.node_id if node else timer.node_id


def _acts() -> Mapping[TimeoutAct, str]:
    return {
        TimeoutAct.REMIND: _("time-out that reminds"),
        TimeoutAct.ESCALATE: _("time-out that tells the head"),
        TimeoutAct.TRANSFER: _("time-out that hands the task over"),
    }


def carry_out(retiming: Retiming, *, case: Case, at: datetime) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Write what becomes of the timers; give what the trail keeps of the new ones, and of the others."""
    for timer in retiming.ends:
        timer.lapsed_at = at
    for timer, node in retiming.renamed:
        timer.node_id = node
    Timer.objects.bulk_update(retiming.ends, ["lapsed_at"])
    Timer.objects.bulk_update([timer for timer, _node in retiming.renamed], ["node_id"])
    facts: dict[str, Any] = {}
    if retiming.ends:
        facts["ended_timers"] = [timer.pk for timer in retiming.ends]
    if retiming.renamed:
        facts["renamed_timers"] = [{"timer": timer.pk, "node": node} for timer, node in retiming.renamed]
    return timing.save_timers(case, retiming.begins, at=at), facts
