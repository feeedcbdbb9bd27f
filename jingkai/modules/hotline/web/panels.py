"""What work orders hang into the case page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.models import Task
from jingkai.casework.inbox import api as inbox
from jingkai.kernel.audit.api import describe_actions
from jingkai.kernel.hooks.api import case_tabs
from jingkai.kernel.hooks.data import CaseTab
from jingkai.kernel.parties.api import mask_name, mask_phone
from jingkai.modules.hotline import queries
from jingkai.modules.hotline.data import KIND
from jingkai.modules.hotline.web.forms import AnswerForm, ProgressForm
from jingkai.ui.data import Fact

ACTIONS = {
    "work_order.opened": _("12345 work order received"),
    "work_order.progress_told": _("Progress told to the 12345 line"),
    "work_order.answered": _("12345 work order answered"),
}


def order_of_case(request: Any, case_id: Any) -> Mapping[str, Any] | None:
    """What the line sent, the caller masked, and the answer."""
    del request
    found = queries.of_case(case_id)
    if found is None:
        return None
    said = queries.said(found)
    facts = [
        Fact(str(_("Work order number")), found.number),
        Fact(str(_("Received there")), _moment(said["createdAt"])),
        Fact(str(_("Due there")), _moment(said["dueAt"])),
        Fact(str(_("Caller")), f"{mask_name(said['callerName'])} {mask_phone(said['callerPhone'])}".strip()),
        Fact(str(_("Content")), said["content"], wide=True),
    ]
    if found.answer:
        facts.append(Fact(str(_("Answer to the caller")), found.answer, wide=True))
    return {"facts": [fact for fact in facts if fact.value]}


def _moment(text: str) -> str:
    """What the line wrote as a moment, in the zone's time; as it stands where it is none."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        return text
    return f"{timezone.localtime(found):%Y-%m-%d %H:%M}"


def answering(request: Any, task: Task) -> Mapping[str, Any]:
    """The forms of whoever deals with it, who also sees whom to call."""
    del request
    found = queries.of_case(task.case_id)
    said = queries.said(found) if found else {}
    caller = f"{said.get('callerName', '')} {said.get('callerPhone', '')}".strip()
    return {
        "form": AnswerForm(),
        "progress": ProgressForm(prefix=None, auto_id="progress_%s"),
        "caller": caller,
    }


def register() -> None:
    """Hang everything in; called once while the product starts."""
    describe_actions(ACTIONS)
    inbox.task_panels.register(inbox.TaskPanel("hotline.answer", "hotline/panels/answer.html", answering))
    inbox.case_kinds.register(inbox.CaseKind(KIND, _("12345 work orders"), order=42))
    case_tabs.register(
        CaseTab(
            key="work_order",
            label=_("The work order"),
            template="hotline/panels/order.html",
            context=order_of_case,
            kinds=(KIND,),
        )
    )
