"""Finishing many tasks alike (批量): tick them, confirm once, read what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.flow.api import compiled_by_id
from jingkai.casework.flow.data import UserTask
from jingkai.casework.inbox import queries
from jingkai.casework.inbox.operations import NothingChosen
from jingkai.casework.inbox.web.acts.entry import get_or_post, uuids_of
from jingkai.casework.inbox.web.forms import BatchForm
from jingkai.casework.inbox.web.shown import lists
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, staff
from jingkai.kernel.submissions.api import held, once
from jingkai.ui.data import Column, Light, Row, Table

MOST = 200
RESULT = "inbox_batch"
"""Where a session keeps what became of the last batch, so that its page can be opened again."""


class NoCommonEnd(PersonFacingError):
    """The ticked tasks can't be finished in one way, or not together at all."""

    status = 422
    sentence = gettext_lazy("The ticked tasks have no decision in common, or are decided one by one.")
    advice = gettext_lazy("Tick tasks of one step whose flow allows finishing many at once.")


@staff
@get_or_post
@once
def batch(request: Request) -> HttpResponse:
    """Confirm one end for the ticked tasks, then finish each by itself."""
    given = request.POST if request.method == "POST" else request.GET
    kept = held(request) if request.method == "GET" else None
    chosen = uuids_of((kept or given).getlist("task")[:MOST])
    tasks = [task for task in queries.list_tasks_of(chosen, actor=request.actor) if _is_mine(request, task)]
    if not chosen:
        raise NothingChosen
    outcomes = _common_outcomes(tasks)
    if not outcomes:
        raise NoCommonEnd
    form = BatchForm(request.POST if request.method == "POST" else kept, outcomes=outcomes)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        result = cases.complete_tasks(
            tasks=tasks, outcome=sent["outcome"], opinion=sent["text"], by=request.actor, at=request.at
        )
        request.session[RESULT] = [
            [list(result.done), [list(one) for one in result.refused]],
            sent["outcome"],
        ]
        return redirect("inbox:batch_result")
    context = {"form": form, "tasks": tasks, "table": _table(tasks), "number": len(tasks)}
    return render(request, "inbox/batch.html", context, status=422 if form.errors else 200)


def _is_mine(request: Request, task: Task) -> bool:
    return task.assignee_id is not None and task.assignee_id in queries.persons_of(request.actor)


def node_of(task: Task) -> UserTask | None:
    """Give the step of a task in the drawing that its case follows."""
    version = task.case.flow_version
    return compiled_by_id(version.pk, version.digest).user_task(task.node_id)


def _common_outcomes(tasks: Sequence[Task]) -> list[tuple[str, str]]:
    """Give the ends that every task has, in the first one's order; none where a step is decided by itself."""
    nodes = [node_of(task) for task in tasks]
    if not nodes or any(node is None or not node.batch or node.form for node in nodes):
        return []
    ends = [{one.code: local(one, "name") for one in node.outcomes} for node in nodes if node]
    if not any(ends):
        return [("done", _("Finish"))]
    return [(code, name) for code, name in ends[0].items() if all(code in one for one in ends)]


def _table(tasks: Sequence[Task]) -> Table:
    columns = [Column(pgettext("case", "Matter"), "title"), Column(_("Step"))]
    return Table(
        _("Tasks"), columns, [Row([lists.case_link(task.case), local(task, "name")]) for task in tasks]
    )


@staff
@require_safe
def batch_result(request: Request) -> HttpResponse:
    """Show what became of each task of the last batch."""
    kept: Any = request.session.get(RESULT)
    if not kept:
        return redirect("inbox:desk")
    (done, refused), _outcome = kept
    why = {int(number): str(words) for number, words in refused}
    numbers = [*why, *done]
    rows = Task.objects.select_related("case__applicant").defer("case__words").in_bulk(numbers)
    columns = [
        Column(_("Result"), "light"),
        Column(pgettext("case", "Matter"), "title"),
        Column(_("Step")),
        Column(_("Why")),
    ]
    lines = [
        Row(
            [
                Light("late", _("Not finished")) if number in why else Light("ok", _("Finished")),
                lists.case_link(rows[number].case),
                local(rows[number], "name"),
                why.get(number, ""),
            ]
        )
        for number in numbers
        if number in rows
    ]
    context = {"table": Table(_("Tasks"), columns, lines), "done": len(done), "refused": len(why)}
    return render(request, "inbox/batch_result.html", context)
