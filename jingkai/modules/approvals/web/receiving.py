"""The enterprise's page of one result: download it, have it on paper, see where the paper is."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import Application, Delivery
from jingkai.modules.approvals.web.deliveries import delivery_facts, delivery_light
from jingkai.modules.approvals.web.delivery_forms import PaperForm
from jingkai.modules.approvals.web.replacements import replacement_light

REPLACED = ("approvals.result", "approvals.reissue")
"""The kinds of results that are issued anew: the zone's own, and those that a department issued on them."""


@requires(rules.APPLY)
@require_http_methods(["GET", "POST"])
@submissions.once
def receive(request: Request, uuid: UUID, document: UUID) -> HttpResponse:
    """One result and its way to the enterprise; ask for the paper here."""
    found = _delivery(request, uuid, document)
    form = PaperForm(request.POST or submissions.held(request) or None, initial=_known(found.application))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        address = operations.Address(
            recipient=given["recipient"].strip(),
            phone=given["phone"].strip(),
            address=given["address"].strip(),
        )
        try:
            operations.ask_for_paper(
                delivery=found, way=given["way"], address=address, by=request.actor, at=request.at
            )
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            messages.success(request, _("Noted. You will be told when there is news of the paper."))
            return redirect("approvals:receive", uuid=uuid, document=document)
    open_still = found.state != Delivery.State.SENT and not (found.state == Delivery.State.DONE and found.way)
    asked = queries.replacement_of(found.document_id)
    context = {
        "replacement": asked,
        "replacement_light": replacement_light(asked) if asked else None,
        "may_replace": found.document.state == "valid"
        and found.document.kind in REPLACED
        and (asked is None or asked.state == "refused"),
        "application": found.application,
        "delivery": found,
        "document": found.document,
        "light": delivery_light(found, timezone.localdate(request.at)),
        "facts": delivery_facts(found),
        "form": form,
        "may_ask": open_still and found.document.state == "valid",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "approvals/receive.html", context, status=status)


@requires(rules.APPLY)
@require_safe
def download(request: Request, uuid: UUID, document: UUID) -> HttpResponse:
    """Download one result; the first download is recorded as its delivery."""
    found = _delivery(request, uuid, document)
    operations.record_download(document=found.document, by=request.actor, at=request.at)
    return redirect("documents:download", uuid=found.document.uuid)


def _known(application: Application) -> dict[str, str]:
    """Whom the application names as contact."""
    told = application.facts
    return {
        "recipient": str(told.get("contact_name") or ""),
        "phone": str(told.get("contact_phone") or ""),
        "address": str(told.get("project_address") or ""),
    }


def _delivery(request: Request, uuid: UUID, document: UUID) -> Delivery:
    found = queries.deliveries().filter(application__uuid=uuid, document__uuid=document).first()
    if found is None or not rules.may_read_application(request.actor, found.application):
        raise Http404
    return found
