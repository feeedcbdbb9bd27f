"""Rating: by a link without an account, at the window, or as the enterprise; and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import Request, public, requires
from jingkai.kernel.permissions.data import VISITOR
from jingkai.kernel.submissions.api import held, once
from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.data import RatedItem, RatedMatter
from jingkai.modules.evaluations import operations, queries, rules
from jingkai.modules.evaluations.data import Visit
from jingkai.modules.evaluations.models import Evaluation, Invitation
from jingkai.modules.evaluations.operations.giving import find_invitation
from jingkai.modules.evaluations.web import shown
from jingkai.modules.evaluations.web.forms import ComplaintForm, RatingForm, VisitorForm


@public
@require_http_methods(["GET", "POST"])
@once
def rate(request: Request, code: str) -> HttpResponse:
    """Rate by a link, from a message or the window's screen; afterwards it shows what follows."""
    invitation = find_invitation(code=code, at=request.at)
    items = _choices(invitation)
    if request.method == "POST" and invitation.evaluation is not None:
        return _page(request, invitation, code, _form(request, None, items), status=409)
    if request.method == "POST":
        form = _form(request, request.POST, items)
        if form.is_valid():
            operations.rate_by_code(code=code, words=form.words(), at=request.at)
            messages.success(request, _("Thank you. Your rating was recorded."))
            return redirect("evaluations:rate", code=code)
        return _page(request, invitation, code, form, status=422)
    return _page(request, invitation, code, _form(request, held(request), items))


def _form(request: Request, data: Any, items: Sequence[RatedItem]) -> RatingForm:
    return RatingForm(data, reasons=rules.reasons_on(timezone.localdate(request.at)), items=items)


def _choices(invitation: Invitation) -> Sequence[RatedItem]:
    """The items of a package among which the rater chooses."""
    if invitation.matter is None or invitation.used_at is not None:
        return ()
    return approvals.rated_matter(application_id=invitation.matter).choices


def _page(
    request: Request, invitation: Invitation, code: str, form: RatingForm, status: int = 200
) -> HttpResponse:
    evaluation = invitation.evaluation
    context = {
        "service": local(invitation, "service"),
        "unit": local(invitation.unit, "name") if invitation.unit else "",
        "form": form,
        "action": reverse("evaluations:rate", args=[code]),
        **(
            _followed(evaluation, complain=reverse("evaluations:complain", args=[code])) if evaluation else {}
        ),
    }
    return render(request, "evaluations/rate.html", context, status=status)


def _followed(evaluation: Evaluation, *, complain: str) -> dict[str, Any]:
    """What a rater may know: the state of the rectification, the visits, the answer to a complaint."""
    found = getattr(evaluation, "rectification", None)
    complaint = getattr(evaluation, "complaint", None)
    return {
        "evaluation": evaluation,
        "light": shown.level_light(evaluation.level),
        "state": shown.state_light(evaluation),
        "rectification": found,
        "appeal": getattr(evaluation, "appeal", None),
        "complaint": complaint,
        "complaint_form": None if complaint else ComplaintForm(),
        "complain_url": complain,
    }


@public
@require_POST
@once
def complain(request: Request, code: str) -> HttpResponse:
    """Complain with the link by which the rating was given."""
    invitation = find_invitation(code=code, at=request.at)
    if invitation.evaluation is None:
        raise Http404
    operations.open_complaint(
        evaluation=invitation.evaluation, text=_complaint(request), by=VISITOR, at=request.at
    )
    messages.success(
        request, _("Your complaint was handed to a supervisor. The answer comes here in writing.")
    )
    return redirect("evaluations:rate", code=code)


def _complaint(request: Request) -> str:
    form = ComplaintForm(request.POST)
    return str(form.cleaned_data["text"]) if form.is_valid() else ""


@requires(rules.RATE)
@require_safe
def own(request: Request) -> HttpResponse:
    """The ratings of the enterprise and what became of each."""
    found = queries.own_evaluations(
        person_id=rules.person_of(request.actor), enterprise_ids=request.actor.enterprise_ids
    )
    rows = [
        _followed(one, complain=reverse("evaluations:own_complain", args=[one.uuid]))
        | {"mine": one.rater_id == request.actor.party_id}
        for one in found
    ]
    return render(request, "evaluations/own.html", {"rows": rows})


@requires(rules.RATE)
@require_http_methods(["GET", "POST"])
@once
def rate_own(request: Request, uuid: UUID) -> HttpResponse:
    """Rate one's own finished matter with reasons, or without a name; one under way says when."""
    matter = _matter(request, uuid)
    if not matter.finished:
        raise approvals.NotYetRateable
    again = bool(matter.level)
    sent = request.method == "POST" and not again
    form = _form(request, request.POST if sent else held(request), matter.choices)
    if sent and form.is_valid():
        operations.rate_matter(matter=matter, words=form.words(), by=request.actor, at=request.at)
        messages.success(request, _("Thank you. Your rating was recorded."))
        return redirect("evaluations:own")
    context = {
        "service": local(matter, "item_name"),
        "reference": matter.reference,
        "form": form,
        "is_rated": again,
        "action": reverse("evaluations:rate_own", args=[uuid]),
    }
    if again and request.method == "POST":
        return render(request, "evaluations/rate.html", context, status=409)
    return render(
        request, "evaluations/rate.html", context, status=422 if form.is_bound and form.errors else 200
    )


def _matter(request: Request, uuid: UUID) -> RatedMatter:
    try:
        return approvals.rated_matter_of(uuid=str(uuid), enterprise_ids=request.actor.enterprise_ids)
    except ObjectDoesNotExist as error:
        raise Http404 from error


@requires(rules.RATE)
@require_POST
@once
def complain_own(request: Request, uuid: UUID) -> HttpResponse:
    """Complain from one's own rating."""
    mine = Evaluation.objects.filter(rater_id=rules.person_of(request.actor))
    evaluation = get_object_or_404(mine, uuid=uuid)
    operations.open_complaint(
        evaluation=evaluation, text=_complaint(request), by=request.actor, at=request.at
    )
    messages.success(
        request, _("Your complaint was handed to a supervisor. The answer comes here in writing.")
    )
    return redirect("evaluations:own")


@requires(rules.INVITE)
@require_http_methods(["GET", "POST"])
@once
def onsite(request: Request) -> HttpResponse:
    """Open the rating of a visit at the window: a code on the screen that the visitor scans, or taps."""
    form = VisitorForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        on = timezone.localdate(request.at)
        ticket = "-".join((f"{on:%Y%m%d}", str(form.cleaned_data["ticket"]).strip().upper()))
        visit = Visit(
            ticket=ticket,
            service=form.cleaned_data["service"],
            unit_id=request.actor.unit_ids[0],
            person_id=request.actor.party_id,
        )
        found = operations.invite_to_rate_visit(visit=visit, by=request.actor, at=request.at)
        return redirect("evaluations:screen", uuid=found.uuid)
    status = 422 if form.is_bound else 200
    return render(request, "evaluations/onsite.html", {"form": form}, status=status)


@requires(rules.INVITE)
@require_safe
def screen(request: Request, uuid: UUID) -> HttpResponse:
    """What the window's screen shows the visitor: the code to scan and the way to rate right here."""
    mine = Invitation.objects.filter(unit_id__in=request.actor.unit_ids, ticket__isnull=False)
    found = get_object_or_404(mine.select_related("evaluation"), uuid=uuid)
    return render(request, "evaluations/screen.html", _code(found))


def _code(found: Invitation) -> dict[str, Any]:
    """The code of a visit to scan, and the way to rate right here."""
    path = reverse("evaluations:rate", args=[rules.code_of(found.pk)])
    picture = segno.make(settings.BASE_URL + path, error="m", micro=False).svg_inline(scale=6, border=2)
    return {
        "invitation": found,
        "service": local(found, "service"),
        "path": path,
        "picture": mark_safe(picture),  # noqa: S308 - drawn here from our own address
        "done": found.used_at is not None,
    }


@requires(rules.INVITE)
@require_safe
def window_screen(request: Request) -> HttpResponse:
    """The screen that faces the visitor: the code of the visit that just ended, kept up to date."""
    found = queries.newest_at_window(person_id=request.actor.party_id, at=request.at)
    context = _code(found) if found else {}
    part = "HX-Request" in request.headers
    return render(request, "evaluations/window_code.html" if part else "evaluations/window.html", context)
