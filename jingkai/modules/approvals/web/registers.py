"""Registers kept by officers: powers, ratings, revocation of results."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import Decision, Power, Rating
from jingkai.modules.approvals.web import shown
from jingkai.modules.approvals.web.acts import Unfinished
from jingkai.modules.approvals.web.forms import RevokeForm, typed_number, typed_text


@requires(rules.MANAGE_POWERS, rules.SEE_CATALOGUE)
@require_safe
def powers(request: Request) -> HttpResponse:
    """The register of powers with what may be done to each."""
    rows = shown.power_rows(queries.list_powers(), on=timezone.localdate(request.at))
    return render(
        request,
        "approvals/manage_powers.html",
        {"rows": rows, "may_manage": rules.MANAGE_POWERS in request.actor.permissions},
    )


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


@requires(rules.SEE_RATINGS)
@require_safe
def ratings(request: Request) -> HttpResponse:
    """Ratings, newest first, with the share of each level."""
    newest = Rating.objects.select_related("application__case", "application__package").order_by(
        "-rated_at", "-id"
    )
    return render(request, "approvals/ratings.html", shown.rating_page(list(newest[:100])))
