"""Entering and changing a power, and handing a matter on that has lost its power."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation.data import UnitKind
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, rules
from jingkai.modules.approvals.models import Application, Item, Power, PowerGap
from jingkai.modules.approvals.web.item_forms import HandOverForm, PowerForm


@requires(rules.MANAGE_POWERS)
@require_http_methods(["GET", "POST"])
@submissions.once
def new(request: Request) -> HttpResponse:
    """Enter a power under its instrument."""
    form = _form(request, None)
    if request.method == "POST" and form.is_valid():
        operations.enter_power(
            draft=_draft(form), reason=form.cleaned_data["reason"], by=request.actor, at=request.at
        )
        messages.success(request, _("The power was entered; organ and respondent follow from its basis."))
        return redirect("approvals:manage_powers")
    return render(request, "approvals/power_form.html", {"form": form, "power": None})


@requires(rules.MANAGE_POWERS)
@require_http_methods(["GET", "POST"])
@submissions.once
def change(request: Request, uuid: UUID) -> HttpResponse:
    """Change or prolong a power, with the reason."""
    power = get_object_or_404(Power.objects.select_related("item"), uuid=uuid)
    form = _form(request, power)
    if request.method == "POST" and form.is_valid():
        operations.change_power(
            power=power,
            draft=_draft(form),
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"] or 0,
            by=request.actor,
            at=request.at,
        )
        messages.success(request, _("The power was changed."))
        return redirect("approvals:manage_powers")
    return render(request, "approvals/power_form.html", {"form": form, "power": power})


@requires(rules.MANAGE_POWERS, rules.SIGN)
@require_http_methods(["GET", "POST"])
@submissions.once
def hand_over(request: Request, uuid: UUID) -> HttpResponse:
    """Hand a matter without a power to the competent organ, with all its papers."""
    application = get_object_or_404(Application.objects.select_related("case", "package"), uuid=uuid)
    gap = PowerGap.objects.filter(application=application, settled_at=None).select_related("power").first()
    start = {"organ": gap.power.organ} if gap else {}
    form = HandOverForm(request.POST or submissions.held(request) or None, initial=start)
    if request.method == "POST" and form.is_valid():
        operations.hand_to_organ(
            application=application, by=request.actor, at=request.at, **form.cleaned_data
        )
        messages.success(request, _("The matter was handed on; the applicant was told."))
        return redirect("approvals:manage_powers")
    return render(request, "approvals/hand_over.html", {"form": form, "application": application, "gap": gap})


def _form(request: Request, power: Power | None) -> PowerForm:
    units = list(Unit.objects.select_related("party").order_by("order", "code"))
    named = [(str(unit.pk), local(unit.party, "name"), unit.kind) for unit in units]
    choices: dict[str, Any] = {
        "items": [(str(item.pk), local(item, "name")) for item in Item.objects.order_by("name")],
        "outside": [(key, name) for key, name, kind in named if kind == UnitKind.OUTSIDE],
        "inside": [(key, name) for key, name, kind in named if kind != UnitKind.OUTSIDE],
    }
    data = request.POST or submissions.held(request) or None
    return PowerForm(data, initial=_initial(power) if power else {}, **choices)


def _initial(power: Power) -> dict[str, Any]:
    return {
        "item": power.item_id,
        "basis": power.basis,
        "entruster": power.entruster_id or "",
        "exercised_by": power.exercised_by_id,
        "instrument": power.instrument,
        "starts_on": power.starts_on,
        "ends_on": power.ends_on,
        "version": power.version,
    }


def _draft(form: PowerForm) -> operations.PowerDraft:
    told = form.cleaned_data
    return operations.PowerDraft(
        item_id=int(told["item"]),
        basis=told["basis"],
        entruster_id=int(told["entruster"]) if told["entruster"] else None,
        exercised_by_id=int(told["exercised_by"]),
        instrument=told["instrument"],
        starts_on=told["starts_on"],
        ends_on=told["ends_on"],
    )
