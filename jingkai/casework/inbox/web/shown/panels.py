"""The acts at the open tasks of a case, and the sections that modules hang into its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jingkai.casework.cases.models import Case, Task
from jingkai.casework.flow.data import UserTask
from jingkai.casework.inbox.data import TaskPanel
from jingkai.casework.inbox.operations import task_panels
from jingkai.casework.inbox.queries import CaseFile
from jingkai.casework.inbox.rules import Standing, standing_at
from jingkai.casework.inbox.web.shown import journey
from jingkai.casework.inbox.web.shown.people import holder_words
from jingkai.kernel.hooks.api import case_tabs, local
from jingkai.kernel.permissions.api import Request, may
from jingkai.ui.data import Light


@dataclass(frozen=True, slots=True)
class ActPanel:
    """What the actor may do at one open task of the case.

    `body` is the module's own form; empty where the task must be claimed first or belongs to a module that
    is switched off (`is_foreign`). `outcomes` are the buttons of a step without a form.
    """

    task: Task
    name: str
    unit: str
    light: Light
    may_claim: bool = False
    may_release: bool = False
    may_send_back: bool = False
    principal: str = ""
    body: str = ""
    outcomes: tuple[tuple[str, str], ...] = ()
    is_foreign: bool = False
    asked_by: str = ""
    may_entrust: bool = False


def act_panels(request: Request, file: CaseFile, lights: Mapping[int, Light]) -> list[ActPanel]:
    """Give a panel for each open task that the actor holds, may claim, or holds for somebody else."""
    found = []
    for task in file.open_tasks:
        carries = bool(getattr(task, "carries_role", False))
        standing = standing_at(task, request.actor, carries_role=carries)
        if standing is not Standing.NONE:
            found.append(_panel(request, file, task, standing, lights[task.pk]))
    return found


def _panel(request: Request, file: CaseFile, task: Task, standing: Standing, light: Light) -> ActPanel:
    node = file.flow.user_task(task.node_id)
    task.case = file.case
    name, unit = local(task, "name"), holder_words(task)
    if standing is Standing.MAY_CLAIM:
        return ActPanel(task, name, unit, light, may_claim=True)
    if task.owner is not None:
        principal = local(task.assignee, "name") if standing is Standing.STANDS_IN else ""
        asker = local(task.owner, "name")
        return ActPanel(task, name, unit, light, principal=principal, asked_by=asker)
    form = node.form if node else ""
    registered = _registered(form)
    body = ""
    if registered is not None:
        written = {"opinions": journey.opinions(file)}
        data = {**written, **registered.context(request, task), "task": task, "case": file.case}
        body = render_to_string(registered.template, data, request)
    return ActPanel(
        task,
        name,
        unit,
        light,
        may_entrust=True,
        may_release=task.pool_id is not None,
        may_send_back=node is not None and file.may_go_back_from(node),
        principal=local(task.assignee, "name") if standing is Standing.STANDS_IN else "",
        body=body,
        outcomes=_outcomes(node) if not form else (),
        is_foreign=bool(form) and registered is None,
    )


def _registered(form: str) -> TaskPanel | None:
    """The panel of a form, or that of its kind: `form:leave.request@3` is drawn by the panel `form`."""
    return (task_panels.get(form) or task_panels.get(form.partition(":")[0])) if form else None


def _outcomes(node: UserTask | None) -> tuple[tuple[str, str], ...]:
    declared = tuple((one.code, local(one, "name")) for one in node.outcomes) if node else ()
    return declared or (("done", _("Finish")),)


@dataclass(frozen=True, slots=True)
class ModuleSection:
    """A module's section, drawn; `before_acts` for what must be known before acting."""

    key: str
    label: str
    html: SafeString
    before_acts: bool = False


def module_sections(request: Request, case: Case) -> Iterator[ModuleSection]:
    """Draw what modules tell about a case of this kind; a section with nothing to show is left out."""
    for tab in case_tabs.all():
        if tab.kinds and case.kind not in tab.kinds:
            continue
        if tab.permission is not None and not may(request.actor, tab.permission):
            continue
        ask = tab.context if getattr(case, tab.mark, True) else tab.without
        data: Mapping[str, Any] | None = ask(request, case.pk) if ask else None
        if data is not None:
            html = render_to_string(tab.template, {**data, "case": case}, request)
            yield ModuleSection(tab.key, str(tab.label), html, tab.before_acts)
