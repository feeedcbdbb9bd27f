"""What every act on a task shares: end a row, see whether its step is decided, move on, and what follows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.data import SENT_BACK, Added, CaseState, TaskKind
from jingkai.casework.cases.events import CaseWithdrawn, TaskSkipped
from jingkai.casework.cases.models import Case, KeptMessage, Opinion, Task
from jingkai.casework.cases.operations.starting import start_subcases
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.rules import CaseNotOpen, fitting_values
from jingkai.casework.flow.api import advance
from jingkai.casework.flow.data import Node, UserTask, decide
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import SYSTEM

LONGEST_OPINION = 20_000


class OpinionTooLong(PersonFacingError):
    """An opinion is a few pages at most; more belongs in a file."""

    status = 422
    sentence = _("The opinion is longer than %(limit)s characters.")
    advice = _("Shorten it, or attach the text as a file.")


def finish_task(step: Step, row: Task, outcome: str, opinion: str, principal: int | None) -> None:
    """Mark a task as done by the actor, and keep the opinion."""
    row.state, row.outcome, row.closed_at = Task.State.DONE, outcome[:40], step.at
    row.closed_by_id, row.on_behalf_of_id = step.by.party_id, principal
    row.owner_id = None
    if row not in step.changed:
        step.changed.append(row)
    step.opinions.append(opinion_on(step, row, row.outcome, opinion, principal))


def opinion_on(step: Step, row: Task, outcome: str, text: str, principal: int | None) -> Opinion:
    """Make what the actor wrote on a task, not yet written. Error: OpinionTooLong."""
    text = text.strip()
    if len(text) > LONGEST_OPINION:
        raise OpinionTooLong(limit=LONGEST_OPINION)
    return Opinion(
        task=row,
        author_id=step.by.party_id,
        on_behalf_of_id=principal,
        outcome=outcome,
        text=text,
        at=step.at,
    )


def done_facts(step: Step, row: Task) -> dict[str, Any]:
    """What the trail keeps of a finished task; of the opinion only its mark."""
    (opinion,) = step.opinions
    facts = {
        "task": row.pk,
        "node": row.node_id,
        "scope": row.scope,
        "outcome": row.outcome,
        "assignee": row.assignee_id,
        "opinion": opinion.pk,
    }
    if opinion.text:
        facts["opinion_mark"] = audit.mark(opinion.text)
    return facts


def settle(step: Step, node: UserTask, group: str, *, last: Task | None) -> str | None:
    """Give the outcome of a step, or nothing while others still have a part in it.

    `last` is the task that was just finished, if one was. Whoever is not needed any more is taken off the
    table. Without several people the holder's own outcome counts, or that of the last signer after him.
    """
    if not group:
        return last.outcome if last else None
    waiting = step.of_group(group)
    given = _given(step, group, last)
    if node.several:
        votes = [row.outcome for row in given]
        outcome = decide(node.several, given=votes, waiting=len(waiting), declared=node.outcome_codes)
    else:
        leading = [row for row in given if row.added in ("", Added.AFTER)]
        outcome = leading[-1].outcome if leading and not waiting else None
    if outcome is not None:
        for row in waiting:
            step.cancel(row)
    return outcome


def _given(step: Step, group: str, last: Task | None) -> list[Task]:
    """Give the finished tasks of a round in the order in which they were finished."""
    rows = Task.objects.filter(case_id=step.case.pk, group=group, state=Task.State.DONE)
    found = list(rows.exclude(outcome=SENT_BACK).order_by("closed_at", "pk"))
    here = {row.pk for row in step.changed}
    return [row for row in found if row.pk not in here] + ([last] if last else [])


def move_on(step: Step, node: Node, outcome: str, *, previous: Task | None) -> None:
    """Leave a node with an outcome and open what follows."""
    values = dict(step.case.variables)
    keeper = getattr(node, "outcome_as", "")
    if keeper:
        values[keeper] = outcome
    step.case.variables = values
    move = advance(
        step.flow,
        node,
        outcome=outcome,
        values=values,
        staying=step.staying,
        perform=step.perform,
        parked=step.parked,
    )
    step.follow(move, previous=previous)


def carry_on(step: Step) -> None:
    """Do what follows a step that is written: sub-cases begin or are taken back, tasks are skipped."""
    if any(row.kind == TaskKind.CASE for row in step.opened):
        start_subcases(step)
    for row in step.cancelled:
        if row.kind == TaskKind.CASE:
            withdraw_subcases(row, at=step.at)
    for row in step.opened:
        if row.kind == TaskKind.MESSAGE and row.state == Task.State.OPEN:
            _take_kept(row, at=step.at)
    for row in (*step.opened, *step.awakened):
        if row.assignee_id and row.state == Task.State.OPEN and row.kind == TaskKind.WORK:
            _skip(step, row)


def end_wait(step: Step, row: Task, outcome: str, **more: Any) -> None:
    """Leave a place where a case waited, with an outcome; written and told."""
    node = step.flow.nodes[row.node_id]
    row.state, row.outcome, row.closed_at = Task.State.DONE, outcome[:40], step.at
    row.closed_by_id = step.by.party_id
    step.changed.append(row)
    move_on(step, node, outcome, previous=row)
    facts = {"task": row.pk, "node": row.node_id, "scope": row.scope, "outcome": row.outcome}
    step.finish("wait.ended", facts={**facts, "assignee": None, **more})
    carry_on(step)


def _take_kept(row: Task, *, at: datetime) -> None:
    """Let a place that has just opened go on at once, if its message came before; it is used up by that.

    Values that do not fit the flow any more, which may have changed meanwhile, are left out and named.
    """
    kept = KeptMessage.objects.filter(case_id=row.case_id, name=row.waits_for, taken_at=None).first()
    if kept is None:
        return
    try:
        step = Step.begin(row.case_id, by=SYSTEM, at=at)
    except CaseNotOpen:
        return
    place = step.open_tasks.pop(row.pk, None)
    if place is None:
        return
    kept.taken_at = at
    kept.save(update_fields=["taken_at"])
    fitting, left_out = fitting_values(step.flow, kept.values)
    step.case.variables = {**step.case.variables, **fitting}
    more = {"left_out": left_out} if left_out else {}
    end_wait(step, place, "", message=kept.pk, **more)


def withdraw_subcases(row: Task, *, at: datetime) -> None:
    """Take back the open case for which a place waited that is now off the table."""
    for case_id in Case.objects.filter(parent_task=row, state=CaseState.OPEN).values_list("pk", flat=True):
        step = Step.begin(case_id, by=SYSTEM, at=at)
        step.cancel_open()
        step.close(CaseState.WITHDRAWN, "withdrawn")
        told = CaseWithdrawn(case_id=case_id)
        facts = {"reason": "", "with_task": row.pk}
        step.finish("case.withdrawn", for_=step.case.applicant_id, facts=facts, told=(told,))
        carry_on(step)


def _skip(before: Step, row: Task) -> None:
    """Let the system finish a task of the person who has just done the step before, with the same outcome.

    Once: the next task of that person in a row is his again.
    """
    node, previous = before.flow.user_task(row.node_id), row.previous
    if node is None or not node.skip_same or previous is None or previous.state != Task.State.DONE:
        return
    same = previous.closed_by_id is not None and row.assignee_id in (
        previous.closed_by_id,
        previous.on_behalf_of_id,
    )
    fitting = previous.outcome != SENT_BACK and previous.outcome in (
        node.outcome_codes or (previous.outcome,)
    )
    if same and fitting:
        skip_task(row, previous.outcome, at=before.at)


def skip_task(task: Task, outcome: str, *, at: datetime) -> None:
    """Finish a task in its holder's name, by the system."""
    step = Step.begin(task.case_id, by=SYSTEM, at=at)
    row = step.take(task)
    node = step.node_of(row)
    finish_task(step, row, outcome, "", row.assignee_id)
    go_on(step, row, node)
    step.write()
    told = TaskSkipped(case_id=row.case_id, task_id=row.pk)
    step.tell("task.skipped", for_=row.assignee_id, facts=done_facts(step, row), told=(told,))
    carry_on(step)


def go_on(step: Step, row: Task, node: UserTask) -> None:
    """After a task was finished: open who was planned after it, and move on when its step is decided."""
    if not row.group:
        move_on(step, node, row.outcome, previous=row)
        return
    outcome = settle(step, node, row.group, last=row)
    if outcome is not None:
        move_on(step, node, outcome, previous=row)
    else:
        step.awaken(row.uuid)
        for woken in step.awakened:
            woken.previous = row
