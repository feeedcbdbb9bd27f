"""What the designer hangs into other pages: menus, the forms of steps, the kind of cases started here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.casework.designer import operations, rules
from jingkai.casework.forms import api as forms
from jingkai.casework.forms.data import FORM
from jingkai.casework.inbox import api as inbox
from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.hooks.api import menu
from jingkai.kernel.hooks.data import MenuEntry
from jingkai.kernel.organisation.api import grant_by_default
from jingkai.kernel.permissions.api import declare

ACTIONS = {
    "design.created": _("Flow begun"),
    "design.drawn": _("Drawing saved"),
    "design.form_saved": _("Form saved"),
    "design.start_set": _("Start of a flow set"),
    "design.published": _("Flow with its forms published"),
}

MENUS = {rules.MANAGE_FLOWS: "designer:designs", rules.DRAW_FLOWS: "designer:drawn"}
"""A menu entry asks for one right; nobody holds both, so each right has its own entry to the same page."""


def form_panel(request: Any, task: Any) -> Mapping[str, Any]:
    """Give what the form of a step needs, on the page of its case."""
    sheets = forms.sheets_on_page(request, task.case_id)
    return forms.open_step(task=task, by=request.actor, at=request.at, sheets=sheets)


def register() -> None:
    """Hang everything in; called once while the product starts."""
    declare(*rules.PERMISSIONS)
    grant_by_default("system_admin", rules.MANAGE_FLOWS)
    grant_by_default("catalogue_editor", rules.DRAW_FLOWS)
    menu.register(MenuEntry(label=_("Start a matter"), url_name="designer:start", icon="plus", order=15))
    for right, url_name in MENUS.items():
        menu.register(
            MenuEntry(
                label=_("Flows and forms"),
                url_name=url_name,
                icon="sitemap",
                group=_("System"),
                order=890,
                permission=right,
            )
        )
    inbox.task_panels.register(inbox.TaskPanel(FORM, "forms/panel.html", form_panel))
    inbox.case_kinds.register(inbox.CaseKind(operations.KIND, _("Office matters"), order=50))
    describe_actions(ACTIONS)
    describe_stream("designer.design", _("Flow in the designer"))
