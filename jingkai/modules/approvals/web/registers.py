"""Registers kept by officers: powers, revocation of results."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import Decision, Power, PowerGap
from jingkai.modules.approvals.web import shown
from jingkai.modules.approvals.web.acts import Unfinished
from jingkai.modules.approvals.web.forms import RevokeForm, typed_number, typed_text
from jingkai.modules.approvals.web.lists import PowerFilter
from jingkai.ui.sheets import spreadsheet

MOST_GAPS = 50
"""Matters without a power that the register names; more are the exception of exceptions."""


@requires(rules.MANAGE_POWERS, rules.SEE_CATALOGUE)
@require_safe
def powers(request: Request) -> HttpResponse:
    """The register of powers with what may be done to each."""
    form = PowerFilter(request)
    context = {
        **power_page(request, form),
        "gaps": list(
            PowerGap.objects.filter(settled_at=None).select_related(
                "application__case", "application__package", "power__item"
            )[:MOST_GAPS]
        ),
        "may_manage": rules.MANAGE_POWERS in request.actor.permissions,
        "export_url": f"{reverse('approvals:powers_export')}?{form.query()}",
    }
    return render(request, "approvals/manage_powers.html", context)


def power_page(request: Request, form: PowerFilter) -> dict[str, Any]:
    """The register as it is narrowed and sorted, for officers and for everybody."""
    on = timezone.localdate(request.at)
    found = queries.filtered_powers(on=on, text=form.text, state=form.value("state"), sort=form.sort)
    return {"form": form, "rows": shown.power_rows(found, on=on), "sorts": _power_sorts(form)}


def _power_sorts(form: PowerFilter) -> dict[str, str]:
    """The addresses that sort by number and by the end of validity; that of the chosen one is empty."""
    by_end = form.sort == "ends_on"
    return {
        "number": "?" + form.query(sort="number") if by_end else "",
        "ends_on": "" if by_end else "?" + form.query(sort="ends_on"),
    }


@requires(rules.MANAGE_POWERS, rules.SEE_CATALOGUE)
@require_safe
def export_powers(request: Request) -> HttpResponseBase:
    """Give the register of powers, as it is narrowed, as a spreadsheet."""
    form = PowerFilter(request)
    operations.record_export(page="powers", query=form.query(), by=request.actor, at=request.at)
    return power_sheet(request, form)


def power_sheet(request: Request, form: PowerFilter) -> HttpResponseBase:
    """The register as it is narrowed, as a spreadsheet, for officers and for everybody."""
    on = timezone.localdate(request.at)
    found = queries.filtered_powers(on=on, text=form.text, state=form.value("state"), sort=form.sort)
    rows = shown.power_lines(found, on=on)
    return spreadsheet(title=_("Register of powers"), head=shown.power_head(), rows=rows, on=on)


@requires(rules.MANAGE_POWERS)
@require_POST
@submissions.once
def power_state(request: Request, uuid: UUID) -> HttpResponse:
    """Suspend, resume or end a power, with the reason."""
    power = get_object_or_404(Power, uuid=uuid)
    operations.change_power_state(
        power=power,
        state=typed_text(request.POST, "state", most=20),
        reason=typed_text(request.POST, "reason", most=500),
        version=typed_number(request.POST, "version"),
        by=request.actor,
        at=request.at,
    )
    messages.success(request, _("The power's state was changed."))
    return redirect("approvals:manage_powers")


@requires(rules.REVOKE)
@require_http_methods(["GET", "POST"])
@submissions.once
def revoke(request: Request, uuid: UUID) -> HttpResponse:
    """Revoke a sealed result, with the reason; the public page says so at once."""
    decision = get_object_or_404(
        Decision.objects.select_related("document", "item__application__case"), uuid=uuid
    )
    case = decision.item.application.case
    if request.method == "POST":
        form = RevokeForm(request.POST)
        if not form.is_valid():
            raise Unfinished(str(next(iter(form.errors.values()))[0]))
        operations.revoke_result(
            decision=decision, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
        )
        messages.success(request, _("The result was revoked; the public page says so now."))
        return redirect("inbox:case", uuid=case.uuid if case else uuid)
    return render(
        request, "approvals/revoke.html", {"decision": decision, "case": case, "form": RevokeForm()}
    )
