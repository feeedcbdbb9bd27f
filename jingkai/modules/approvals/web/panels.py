"""What the service hall hangs into the case page: the acts of each step, facts, materials, papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.casework.cases.models import Task
from jingkai.casework.inbox import api as inbox
from jingkai.kernel.hooks.api import case_tabs
from jingkai.kernel.hooks.data import CaseTab
from jingkai.kernel.pace.api import Pace, paces
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.web import forms, onpage, shown
from jingkai.modules.licences import api as licences
from jingkai.records.seals.models import Seal

STREAMS = {
    "application": gettext_lazy("Application"),
    "item": gettext_lazy("Item"),
    "item_import": gettext_lazy("Import of items"),
    "mandate": gettext_lazy("Mandate"),
    "material": gettext_lazy("Blank form"),
    "package": gettext_lazy("Package"),
    "power": gettext_lazy("Power"),
}
"""What the trail calls the things of the hall."""


SEAL_CODE = "2"


def facts_of_case(request: Any, case_id: Any) -> Mapping[str, Any] | None:
    """Facts, materials, questions, papers and the decision of an approval."""
    matter = onpage.of_case(request, case_id)
    if matter is None:
        return None
    decision = matter.decision
    return {
        "application": matter.application,
        "facts": shown.fact_groups(matter.application, masked=True),
        "materials": shown.material_cards(
            matter.application, matter.materials, editable=False, flags=_flags(request, matter)
        ),
        "head": shown.applicant_facts(matter),
        "questions": matter.questions,
        "papers": shown.paper_links(matter),
        "decision": decision,
        "decision_facts": shown.decision_facts(decision) if decision else [],
        "may_revoke": bool(
            decision
            and decision.document
            and decision.document.state == "valid"
            and rules.REVOKE in request.actor.permissions
        ),
    }


def power_of_case(request: Any, case_id: Any) -> Mapping[str, Any] | None:
    """Tell, before anybody acts, that a matter waits for a decision that nobody may sign."""
    matter = onpage.of_case(request, case_id)
    if matter is None or not shown.lacks_power(matter, at=request.at):
        return None
    may_hand_over = bool({rules.MANAGE_POWERS, rules.SIGN} & request.actor.permissions)
    return {"application": matter.application, "may_hand_over": may_hand_over}


def _flags(request: Any, matter: queries.MatterFile) -> list[Any]:
    """The licences used in a matter that have ended."""
    if not getattr(matter.application, "uses_licences", True):
        return []
    return licences.flags_of(("application", matter.application.pk), on=timezone.localdate(request.at))


def accept_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Accept, correct once, refuse."""
    matter = _matter(request, task)
    return {
        "rows": matter.materials,
        "may_correct": matter.correction is None,
        "refusal": forms.RefusalForm(),
    }


def review_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Conclude, ask, begin or end an expert review."""
    matter = _matter(request, task)
    item = matter.item_at(task.branch)
    return {
        "item": item,
        "open_review": matter.open_review(item),
        "question": forms.QuestionForm(auto_id="q_%s"),
        "review": forms.ExpertReviewForm(auto_id="r_%s"),
        "conclusion": forms.ConclusionForm(auto_id="c_%s"),
        "may_suspend": bool(queries.basis_of(item, "expert_review")),
    }


def sign_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Sign or return, with the power that carries the decision."""
    matter = _matter(request, task)
    today = timezone.localdate(request.at)
    power = next((one for one in matter.powers if rules.is_in_force(one, on=today)), None)
    outcome = matter.conclusion.outcome if matter.conclusion else ""
    return {
        "conclusion": matter.conclusion,
        "proposed": {"granted": _("Passed"), "denied": _("Not passed")}.get(outcome, ""),
        "power": power,
        "power_light": shown.power_light(power, on=today) if power else None,
    }


def seal_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Apply the seal to what was signed."""
    decision = _matter(request, task).signed
    return {
        "decision": decision,
        "item": decision.item.item if decision else None,
        "seal": Seal.objects.filter(code=SEAL_CODE).first(),
        "demo": settings.DEMO,
    }


def plain_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Nothing more than the page has: the applicant supplies; the joint conclusion follows the opinions."""
    return {}


def _matter(request: Any, task: Task) -> queries.MatterFile:
    matter = onpage.of_case(request, task.case_id)
    if matter is None:
        raise Application.DoesNotExist
    return matter


PACE = Pace(
    code="track",
    label=gettext_lazy("Follow a matter by its receipt number"),
    most=30,
    minutes=10,
    pages=("approvals:track",),
    methods=("GET",),
    when=lambda request: bool(request.GET.get("number")),
)


def register() -> None:
    """Hang everything in; called once while the product starts."""
    paces.register(PACE)
    panels = {
        "accept": accept_panel,
        "supplement": plain_panel,
        "review": review_panel,
        "summarise": plain_panel,
        "sign": sign_panel,
        "seal": seal_panel,
    }
    for name, context in panels.items():
        inbox.task_panels.register(
            inbox.TaskPanel(f"approvals.{name}", f"approvals/panels/{name}.html", context)
        )
    inbox.case_kinds.register(inbox.CaseKind("approvals", gettext_lazy("Approvals"), order=10))
    case_tabs.register(
        CaseTab(
            key="approvals-power",
            label=gettext_lazy("Power"),
            template="approvals/panels/no_power.html",
            context=power_of_case,
            kinds=("approvals",),
            before_acts=True,
        )
    )
    case_tabs.register(
        CaseTab(
            key="approvals",
            label=gettext_lazy("Facts and materials"),
            template="approvals/panels/facts.html",
            context=facts_of_case,
            kinds=("approvals",),
        )
    )
