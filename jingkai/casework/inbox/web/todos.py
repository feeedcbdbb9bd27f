"""The to-do centre (统一待办): what it was not told, and telling it again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from jingkai.casework.inbox import queries, rules
from jingkai.casework.inbox.models import TodoPush
from jingkai.casework.inbox.operations import todos
from jingkai.kernel.exchange.data import CopySheet, SheetFields, SheetLine
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.permissions.data import Actor
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


def sheet_lines(_at: datetime) -> list[SheetLine]:
    """To-dos that a person can enter in the centre by hand."""
    return [
        SheetLine(str(row.uuid), f"{row.task.case.reference} {row.person.name}", row.error, row.changed_at)
        for row in todos.list_untold()
    ]


def sheet_fields(key: str) -> SheetFields | None:
    """One of them, in the order of the centre's form."""
    try:
        found = todos.what_to_tell(UUID(key))
    except ValueError:
        return None
    if found is None:
        return None
    row, told = found
    told_fields: list[tuple[Any, str]] = [
        (_("To be entered or ended"), _("Enter it") if row.is_open else _("End it")),
        (_("Title"), str(told["title"])),
        (_("Step"), str(told["step"])),
        (_("Number"), str(told["caseNumber"])),
        (_("Login"), str(told["receiver"]["account"])),
        (_("Person"), str(told["receiver"]["name"])),
        (_("Address of the page"), str(told["url"])),
        (_("Since"), str(told["openedAt"])),
        (_("To be finished by"), str(told["dueAt"] or "")),
    ]
    return SheetFields(str(told["title"]), told_fields, reverse("inbox:case", args=[row.task.case.uuid]))


def sheet_done(key: str, _number: str, by: Actor, at: datetime) -> bool:
    """Note that it was entered by hand; False when the centre knows of it already."""
    return todos.told_by_hand(uuid=UUID(key), by=by, at=at)


SHEET = CopySheet(
    "todo",
    "统一待办",
    "To-do centre",
    gettext_lazy("Enter the to-do in the centre, or end it there; note the centre's number."),
    sheet_lines,
    sheet_fields,
    sheet_done,
)


@requires(rules.MANAGE_TODO_CENTRE)
@require_POST
@once
def repeat(request: Request) -> HttpResponse:
    """Tell the centre again of everything that failed."""
    number = todos.repeat_todos(by=request.actor, at=request.at)
    words = ngettext("%(n)s to-do is told again.", "%(n)s to-dos are told again.", number)
    messages.success(request, words % {"n": number})
    return redirect("inbox:todo_centre")
