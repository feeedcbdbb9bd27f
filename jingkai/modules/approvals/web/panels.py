"""What the service hall hangs into the case page: the acts of each step, facts, materials, papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.inbox import api as inbox
from jingkai.kernel.hooks.api import case_tabs, local
from jingkai.kernel.hooks.data import CaseTab
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.models import Application, Correction, Decision
from jingkai.modules.approvals.web import forms, shown
from jingkai.records.seals import api as seals
from jingkai.ui.data import Opinion

SEAL_CODE = "2"


def facts_of_case(request: Any, case_id: Any) -> Mapping[str, Any] | None:
    """Facts, materials, questions, papers and the decision of an approval."""
    application = Application.objects.select_related(*queries.WITH_ALL).filter(case_id=case_id).first()
    if application is None:
        return None
    page = shown.matter_page(application, at=request.at)
    decision = page["decision"]
    return {
        **page,
        "facts": shown.fact_groups(application, masked=True),
        "materials": shown.material_cards(application, editable=False),
        "head": shown.applicant_facts(application),
        "decision_facts": shown.decision_facts(decision) if decision else [],
        "may_revoke": bool(
            decision and decision.document.state == "valid" and rules.REVOKE in request.actor.permissions
        ),
    }


def accept_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Accept, correct once, refuse."""
    application = queries.get_by_case(case_id=task.case_id)
    return {
        "rows": queries.list_material_rows(application=application),
        "may_correct": not Correction.objects.filter(application=application).exists(),
        "refusal": forms.RefusalForm(),
    }


def review_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Conclude, ask, begin or end an expert review."""
    item = queries.item_of_task(task=task)
    return {
        "item": item,
        "open_review": item.expert_reviews.filter(ended_at=None).first(),
        "question": forms.QuestionForm(auto_id="q_%s"),
        "review": forms.ExpertReviewForm(auto_id="r_%s"),
        "conclusion": forms.ConclusionForm(auto_id="c_%s"),
        "may_suspend": bool(queries.basis_of(item, "expert_review")),
    }


def summarise_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Write the joint conclusion under the departments' opinions."""
    return {"opinions": opinions(task.case_id)}


def sign_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Sign or return, with the power that carries the decision."""
    application = queries.get_by_case(case_id=task.case_id)
    item = application.items.select_related("item").get(decides=True)
    today = timezone.localdate(request.at)
    conclusion = queries.latest_conclusion(case_id=task.case_id)
    power = next((one for one in item.item.powers.all() if rules.is_in_force(one, on=today)), None)
    return {
        "conclusion": conclusion,
        "proposed": {"granted": _("Passed"), "denied": _("Not passed")}.get(conclusion.outcome, ""),
        "power": power,
        "power_light": shown.power_light(power, on=today) if power else None,
        "opinions": opinions(task.case_id),
    }


def seal_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Apply the seal to what was signed."""
    decision = (
        Decision.objects.select_related("signed_by", "item__item")
        .filter(item__application__case_id=task.case_id)
        .first()
    )
    return {
        "decision": decision,
        "item": decision.item.item if decision else None,
        "seal": next((one for one in seals.list_seals() if one.code == SEAL_CODE), None),
        "demo": settings.DEMO,
    }


def supplement_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Nothing to do for officers: the applicant supplies."""
    return {}


def opinions(case_id: int) -> list[Opinion]:
    """The departments' opinions in the order in which they were written."""
    return [
        Opinion(
            who=done.person,
            text=done.text,
            unit=local(done, "unit"),
            at=done.at,
            verdict=local(done, "outcome_name"),
        )
        for done in cases.done_tasks(case_id)
        if done.text
    ]


def register() -> None:
    """Hang everything in; called once while the product starts."""
    panels = {
        "accept": accept_panel,
        "supplement": supplement_panel,
        "review": review_panel,
        "summarise": summarise_panel,
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
            key="approvals",
            label=gettext_lazy("Facts and materials"),
            template="approvals/panels/facts.html",
            context=facts_of_case,
            kinds=("approvals",),
        )
    )
