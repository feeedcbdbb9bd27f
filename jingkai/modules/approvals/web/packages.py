"""What packages hang into the case page: the acts on single items, and the network with its comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy

from jingkai.casework.cases.models import Opinion, Task
from jingkai.casework.clock import api as clock
from jingkai.casework.inbox import api as inbox
from jingkai.kernel.hooks.api import case_tabs, local
from jingkai.kernel.hooks.data import CaseTab
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import Application, ConditionRun, Decision, ItemRun, Reissue
from jingkai.modules.approvals.web import forms, onpage, package_forms, shown
from jingkai.modules.approvals.web.shown import network as drawn
from jingkai.records.seals import api as seals
from jingkai.records.seals.models import Seal

SEAL_CODE = "2"


def network_of_case(request: Any, case_id: Any) -> Mapping[str, Any] | None:
    """The network, the comparison, the conditions and the agents of a package under way."""
    matter = onpage.of_case(request, case_id)
    if matter is None or not matter.has_network:
        return None
    network = queries.network_of(matter.application, at=request.at)
    if network is None:
        return None
    extendable = _extendable(network, request)
    if matter.application.package.version_of_id:  # one item: its clock and result say it all
        mandates = list(matter.application.mandates.select_related("agent", "enterprise", "document"))
        return {"extendable": extendable, "mandates": mandates} if extendable or mandates else None
    return {
        **drawn.network_context(network),
        "chart": drawn.comparison_chart(network),
        "application": matter.application,
        "extendable": extendable,
        "conditions": _conditions(matter.application),
        "may_record": rules.ACCEPT in request.actor.permissions,
        "reissues": list(
            Reissue.objects.filter(run__application=matter.application).select_related(
                "run__catalogue_item", "unit", "document"
            )
        ),
        "mandates": list(matter.application.mandates.select_related("agent", "enterprise", "document")),
    }


def _extendable(network: queries.Network, request: Any) -> list[tuple[str, str]]:
    """The running items whose limit this person may extend, with where to do it."""
    found = []
    for one in network.items:
        if one.clock is not None and one.clock.state == clock.State.RUNNING:
            url = clock.extend_url(one.clock, request.actor)
            if url:
                found.append((local(one.item, "name"), url))
    return found


def _conditions(application: Application) -> list[ConditionRun]:
    return list(application.conditions.select_related("condition__material", "checked_by"))


def item_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Conclude one item, ask, begin or end an expert review or a hearing."""
    matter = _matter(request, task)
    item = matter.item_at(task.branch)
    hearing = item.hearings.filter(ended_at=None).select_related("notice").first()
    return {
        "item": item,
        "open_review": matter.open_review(item),
        "question": forms.QuestionForm(auto_id="q_%s"),
        "review": forms.ExpertReviewForm(auto_id="r_%s"),
        "conclusion": forms.ConclusionForm(auto_id="c_%s"),
        "may_suspend": bool(queries.basis_of(item, "expert_review")),
        "open_hearing": hearing,
        "hearing_form": package_forms.HearingForm(auto_id="h_%s"),
        "hearing_end": package_forms.HearingEndForm(auto_id="e_%s"),
        "may_hear": bool(queries.basis_of(item, "hearing")),
        "simulated": _simulated(item.run),
    }


def sign_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Sign one item or return it, with the power that carries the decision."""
    matter = _matter(request, task)
    item = matter.item_at(task.branch)
    today = timezone.localdate(request.at)
    power = next((one for one in item.item.powers.all() if rules.is_in_force(one, on=today)), None)
    written = Opinion.objects.filter(task__case_id=task.case_id, task__branch=task.branch)
    return {
        "item": item.item,
        "granted": item.state == "agreed",
        "opinion_text": getattr(written.order_by("-at", "-pk").first(), "text", ""),
        "power": power,
        "power_light": shown.power_light(power, on=today) if power else None,
        "simulated": _simulated(item.run) if item.state == "agreed" else None,
    }


def seal_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Seal one item's result."""
    item = _matter(request, task).item_at(task.branch)
    decision: Decision = item.decision
    return {
        "decision": decision,
        "item": item.item,
        "seal": Seal.objects.filter(code=SEAL_CODE).first(),
        "demo": settings.DEMO,
    }


def check_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Find a condition's document right or wrong."""
    matter = _matter(request, task)
    condition = _condition(matter.application, task)
    given = [one for one in matter.materials if one.material.pk == condition.condition.material_id]
    return {
        "condition": condition,
        "files": [
            shown.file_link(matter.application, one, editable=False) for row in given for one in row.files
        ],
        "waiting": _waiting(condition),
        "right": package_forms.ConditionForm(auto_id="k_%s"),
        "wrong": package_forms.WrongForm(auto_id="w_%s"),
    }


def turn_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Turn the conditional results formal, all in one step."""
    condition = _condition(_matter(request, task).application, task)
    today = timezone.localdate(request.at)
    lines = [(run, _has_power(run, today)) for run in _waiting(condition)]
    return {"condition": condition, "lines": lines, "demo": settings.DEMO}


def reissue_panel(request: Any, task: Task) -> Mapping[str, Any]:
    """Reissue the zone's document as the department's own."""
    item = _matter(request, task).item_at(task.branch)
    decision: Decision = item.decision
    reissue = Reissue.objects.select_related("unit", "clock").get(run=item.run)
    return {
        "decision": decision,
        "item": item.item,
        "reissue": reissue,
        "demo": settings.DEMO,
        **_own_seal(request, reissue),
    }


def _own_seal(request: Any, reissue: Reissue) -> dict[str, Any]:
    """Whether the officer keeps the department's seal; who does not may ask for it."""
    code = operations.seal_in_use(reissue.unit_id)
    holder = seals.custodian_of(code) if code else None
    asked = reissue.seal_requests.exclude(state="refused").select_related("case").first()
    actor = request.actor
    mine = holder is None or holder in (actor.party_id, *actor.post_ids)
    return {"asked": asked, "may_ask_seal": not mine and asked is None}


def _simulated(run: ItemRun) -> ConditionRun | None:
    condition = run.condition
    return condition if condition is not None and condition.state != ConditionRun.State.MET else None


def _condition(application: Application, task: Task) -> ConditionRun:
    for one in _conditions(application):
        if task.node_id.split("_", 1)[-1] == one.condition.code.replace("-", "_"):
            return one
    raise ConditionRun.DoesNotExist


def _waiting(condition: ConditionRun) -> list[ItemRun]:
    rows = condition.runs.filter(state=ItemRun.State.CONDITIONAL).order_by("order")
    return list(rows.select_related("catalogue_item", "conditional", "item__decision__power"))


def _has_power(run: ItemRun, today: Any) -> bool:
    powers = run.catalogue_item.powers.all()
    return any(rules.is_in_force(power, on=today) for power in powers)


def _matter(request: Any, task: Task) -> queries.MatterFile:
    matter = onpage.of_case(request, task.case_id)
    if matter is None:
        raise Application.DoesNotExist
    return matter


def register() -> None:
    """Hang everything in; called once while the product starts."""
    panels = {
        "item": item_panel,
        "item_sign": sign_panel,
        "item_seal": seal_panel,
        "check_condition": check_panel,
        "turn": turn_panel,
        "reissue": reissue_panel,
    }
    for name, context in panels.items():
        inbox.task_panels.register(
            inbox.TaskPanel(f"approvals.{name}", f"approvals/panels/{name}.html", context)
        )
    case_tabs.register(
        CaseTab(
            key="approvals-network",
            label=gettext_lazy("Items of the package"),
            template="approvals/panels/network.html",
            context=network_of_case,
            kinds=("approvals",),
            order=90,
        )
    )
