"""The to-do centre (统一待办): what it was not told, and telling it again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from jingkai.casework.inbox import queries, rules
from jingkai.casework.inbox.models import TodoPush
from jingkai.casework.inbox.operations import todos
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import once
from jingkai.ui.data import Column, Light, Row, Table


@requires(rules.MANAGE_TODO_CENTRE)
@require_safe
def todo_centre(request: Request) -> HttpResponse:
    """List what the centre was not told, with the reason."""
    rows = queries.list_failed_todos()
    columns = [
        Column(_("State"), "light"),
        Column(_("Number"), "title"),
        Column(_("Person")),
        Column(_("What it says"), "text"),
        Column(_("Tries"), "number"),
        Column(_("Since"), "date"),
    ]
    lines = [
        Row(
            [
                Light("late" if row.state == TodoPush.State.GIVEN_UP else "warn", row.get_state_display()),
                row.task.case.reference,
                local(row.person, "name"),
                row.error,
                row.tries,
                row.changed_at,
            ]
        )
        for row in rows
    ]
    context = {
        "table": Table(_("To-dos that were not told"), columns, lines),
        "is_empty": not rows,
        "is_connected": todos.is_connected(),
    }
    return render(request, "inbox/todo_centre.html", context)


@requires(rules.MANAGE_TODO_CENTRE)
@require_POST
@once
def repeat(request: Request) -> HttpResponse:
    """Tell the centre again of everything that failed."""
    number = todos.repeat_todos(by=request.actor, at=request.at)
    words = ngettext("%(n)s to-do is told again.", "%(n)s to-dos are told again.", number)
    messages.success(request, words % {"n": number})
    return redirect("inbox:todo_centre")
