"""The way into every act: the task or case for whoever may do it, what was sent, and the page that asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.api import TaskAct
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.inbox import queries
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request
from jingkai.kernel.submissions.api import held

get_or_post = require_http_methods(["GET", "HEAD", "POST"])

People = list[tuple[str, list[tuple[int, str]]]]
"""The people of each unit, as a form offers them."""


class Unfinished(PersonFacingError):
    """A form came without what it needs; the sentence is the field's own."""

    status = 422


def task_for(request: Request, uuid: UUID, act: TaskAct) -> Task:
    """Give the task to whoever may do this with it; everybody else is refused before a form is read."""
    return cases.get_task_for(uuid, by=request.actor, act=act)


def data_of(request: Request) -> Any:
    """Give what was sent, or on opening the page what an ended session has kept."""
    return request.POST if request.method == "POST" else held(request)


def uuids_of(texts: Iterable[str]) -> list[UUID]:
    """Read the ids that a form named; what is none is left out."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def people_to_ask(request: Request, *, without: Collection[int | None] = ()) -> People:
    """Give everybody in office, unit by unit, those of the actor's own units first."""
    lines = queries.list_staff(timezone.localdate(request.at))
    own = set(request.actor.unit_ids)
    found: dict[str, list[tuple[int, str]]] = {}
    for line in sorted(lines, key=lambda line: line.unit_id not in own):
        if line.person_id not in without:
            label = f"{local(line, 'name')} · {local(line, 'title')}"
            found.setdefault(local(line, "unit"), []).append((line.person_id, label))
    return list(found.items())


def name_of(people: People, person: int) -> str:
    """Name somebody out of what was offered."""
    labels = {number: label for _unit, rows in people for number, label in rows}
    return labels.get(person, "").partition(" · ")[0]


def to_case(task: Task) -> HttpResponse:
    """Lead back to the case."""
    return redirect("inbox:case", uuid=task.case.uuid)


def ask(
    request: Request,
    on: Task | Case,
    title: str,
    text: str,
    action: str,
    form: Form | None = None,
    *,
    danger: bool = False,
) -> HttpResponse:
    """Ask before the act is done, on a page of its own or, with scripts, in a dialog."""
    case = on if isinstance(on, Case) else on.case
    back = reverse("inbox:case", kwargs={"uuid": case.uuid})
    data = {"title": title, "text": text, "action": action, "form": form, "back_url": back, "danger": danger}
    return render(request, "ui/confirm.html", data, status=422 if form is not None and form.errors else 200)
