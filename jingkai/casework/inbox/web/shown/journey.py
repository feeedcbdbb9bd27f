"""A case as a parcel's journey, its opinions, and its place in the flow picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jingkai.casework.cases.data import SENT_BACK, TaskKind
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.clock.data import EntryKind
from jingkai.casework.inbox.queries.casefile import CaseFile
from jingkai.casework.inbox.web.shown.clocks import entered_by, ledger_reason
from jingkai.casework.inbox.web.shown.people import (
    OUTSIDE,
    actor_name,
    applicant_name,
    holder_words,
    person_of,
    unit_of,
    was_skipped,
    who_did,
)
from jingkai.kernel.audit.data import TrailLine
from jingkai.kernel.hooks.api import local
from jingkai.kernel.parties.api import mask_name
from jingkai.kernel.rules.api import cited
from jingkai.ui.data import FlowNode, JourneyStep, Opinion

SHOWN_ACTS = (EntryKind.SUSPEND, EntryKind.RESUME, EntryKind.EXTEND, EntryKind.REPROJECT)
ENGINE = ("case", "task", "clock")
"""Trail entries of these are told by the tasks and ledgers themselves."""
BETWEEN = (
    "task.transferred",
    "task.handed_over",
    "task.entrusted",
    "task.returned",
    "task.recalled",
    "task.urged",
    "case.circulated",
    "case.resubmitted",
    "case.migrated",
)
"""Acts of the engine that leave no finished task behind."""


def journey_steps(file: CaseFile) -> list[JourneyStep]:
    """Tell everything that happened, newest first; who has it in hand now stands on top.

    Acts of modules that neither somebody's finished task nor a clock tells are added from the trail: that
    a wait of the flow is over does not say what ended it.
    """
    start, *end = _ends(file.case, file)
    clocks = list(_clock_acts(file))
    told = {step.at for step in (start, *end, *clocks)}
    told |= {task.closed_at for task in file.done if task.kind == TaskKind.WORK}
    past = [*end, *_done(file), *clocks, start]
    past += [step for step in _module_acts(file.trail) if step.at not in told]
    past.sort(key=lambda step: step.at or file.at, reverse=True)
    return [*_now(file), *past]


def _now(file: CaseFile) -> Iterator[JourneyStep]:
    for task in reversed(file.open_tasks):
        if task.kind != TaskKind.WORK:
            continue
        claimed = task.assignee_id is not None
        note = _("in hand since then") if claimed else _("waits since then")
        since = task.claimed_at or task.opened_at
        state = "held" if task.suspended else "now"
        yield JourneyStep(local(task, "name"), at=since, who=holder_words(task), note=note, state=state)  # type: ignore[arg-type]


def _done(file: CaseFile) -> Iterator[JourneyStep]:
    for task in reversed(file.done):
        name, verdict = local(task, "name"), local(file.outcome_of(task), "name")
        back = task.outcome == SENT_BACK
        yield JourneyStep(
            f"{name} · {verdict}" if verdict else name,
            at=task.closed_at,
            who=who_did(task),
            note=_note(task, back=back),
            state="returned" if back else "done",
        )


def _note(task: Task, *, back: bool) -> str:
    """Say why it went back, or why nobody was asked."""
    if was_skipped(task):
        return _("same person as the step before, passed by the system")
    return Truncator(words_of(task)).chars(60) if back else ""


def _clock_acts(file: CaseFile) -> Iterator[JourneyStep]:
    labels = {row.clock_id: (row.clock, local(row, "label")) for row in file.all_clocks}
    for entry in reversed(file.ledger):
        if entry.kind not in SHOWN_ACTS:
            continue
        clock, label = labels[entry.clock_id]
        note = " · ".join(part for part in (ledger_reason(clock, entry), cited(entry.basis)) if part)
        yield JourneyStep(
            f"{label} · {entry.get_kind_display()}",
            at=entry.at,
            who=entered_by(entry),
            note=note,
            state="held" if entry.kind == EntryKind.SUSPEND else "done",
        )


def _module_acts(lines: Sequence[TrailLine]) -> Iterator[JourneyStep]:
    for line in lines:
        action = line.entry.action
        if action in BETWEEN or (line.what != action and action.partition(".")[0] not in ENGINE):
            why = line.entry.facts.get("reason", "") if action == "timer.recounted" else ""
            yield JourneyStep(_what(line), at=line.at, who=actor_name(line), note=why)


def _what(line: TrailLine) -> str:
    """Say what an entry of the trail tells; of a time-out what was done about it."""
    words = {
        "remind": _("Late: the holder was reminded"),
        "escalate": _("Late: it went to the head"),
        "transfer": _("Late: it was handed over"),
    }
    act = line.entry.facts.get("act", "") if line.entry.action == "timer.fired" else ""
    return words.get(act, line.what)


def _ends(case: Case, file: CaseFile) -> list[JourneyStep]:
    start = file.flow.nodes[file.flow.start]
    by = applicant_name(case.applicant) or (local(case.starter, "name") if case.starter else "")
    steps = [JourneyStep(local(start, "name") or _("Opened"), at=case.opened_at, who=by)]
    if case.state in (Case.State.WITHDRAWN, Case.State.VOID):
        steps.append(JourneyStep(str(case.get_state_display()), at=case.closed_at, state="returned"))
    elif case.closed_at:
        steps.append(JourneyStep(pgettext("case", "Closed"), at=case.closed_at))
    return steps


def opinions(file: CaseFile) -> list[Opinion]:
    """List what everybody wrote, oldest first: those who finished steps, and those asked for an opinion."""
    asked = [_asked(task, line) for task in file.tasks for line in said_at(task) if _is_asked(task, line)]
    found = [*asked, *_finished(file)]
    return sorted(found, key=lambda one: one.at or file.at)


def _asked(task: Task, line: Mapping[str, Any]) -> Opinion:
    outside = task.pool is not None and task.pool.kind in OUTSIDE
    name = mask_name(line["name"] or "") if outside else local(line, "name")
    text = _("asked for an opinion on “%(task)s”") % {"task": local(task, "name")}
    return Opinion(who=name, text=line["text"], unit=text, at=parse_datetime(line["at"]))


def _finished(file: CaseFile) -> list[Opinion]:
    return [
        Opinion(
            who=person_of(task),
            text=words_of(task),
            unit=unit_of(task),
            at=task.closed_at,
            verdict=local(file.outcome_of(task), "name"),
            proxy=person_of(task, acting=True),
        )
        for task in file.done
        if words_of(task)
    ]


def said_at(task: Task) -> Sequence[Mapping[str, Any]]:
    """Give everything that was written at a task."""
    return getattr(task, "said", ())


def _is_asked(task: Task, line: Mapping[str, Any]) -> bool:
    """Whether words come from somebody who was asked for an opinion, not from whoever finished the task."""
    return not line["outcome"] and (task.state != Task.State.DONE or line["author"] != task.closed_by_id)


def words_of(task: Task) -> str:
    """Give what was written when a task was finished."""
    return "\n".join(line["text"] for line in said_at(task) if not _is_asked(task, line))


def flow_nodes(file: CaseFile) -> list[FlowNode]:
    """Give the steps of the flow with where the case stands, for the picture and the list beside it."""
    open_at: dict[str, list[Task]] = {}
    for task in file.open_tasks:
        open_at.setdefault(task.node_id, []).append(task)
    passed = {task.node_id: task for task in file.done if task.outcome != SENT_BACK}
    nodes = []
    for node in file.flow.user_tasks():
        now, done = open_at.get(node.id, []), passed.get(node.id)
        state = ("held" if now[0].suspended else "now") if now else "done" if done else "next"
        note = _(", ").join(map(holder_words, now)) if now else person_of(done) if done else ""
        nodes.append(FlowNode(node.id, local(node, "name"), state, note))  # type: ignore[arg-type]
    return nodes
