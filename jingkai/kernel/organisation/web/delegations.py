"""Standing in: my own delegations, and everybody's for the system administrator."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation import operations, queries, rules
from jingkai.kernel.organisation.models import Delegation
from jingkai.kernel.organisation.web.editing import confirm, edit
from jingkai.kernel.organisation.web.forms import DelegationForm, DelegationForOtherForm
from jingkai.kernel.parties.api import get_person
from jingkai.kernel.permissions.api import Request, may, requires, staff
from jingkai.kernel.submissions.api import held, once


@staff
@require_GET
def delegations(request: Request) -> HttpResponse:
    """Show who stands in for me and for whom I stand in."""
    today, me = timezone.localdate(request.at), request.actor.party_id
    rows = list(queries.delegations_of(me)) if me else []
    context = {
        "given": [(row, _state(row, today)) for row in rows if row.from_person_id == me],
        "received": [(row, _state(row, today)) for row in rows if row.to_person_id == me],
        "may_manage": may(request.actor, rules.MANAGE_DELEGATIONS),
    }
    return render(request, "organisation/delegations.html", context)


@requires(rules.MANAGE_DELEGATIONS)
@require_GET
def all_delegations(request: Request) -> HttpResponse:
    """Show every delegation that counts now or later."""
    today = timezone.localdate(request.at)
    rows = [(row, _state(row, today)) for row in queries.all_delegations(today)[:200]]
    return render(request, "organisation/all_delegations.html", {"rows": rows})


def _state(row: Delegation, today: Any) -> str:
    if row.state == Delegation.State.ENDED:
        return "ended"
    if row.ends_on < today:
        return "past"
    return "coming" if row.starts_on > today else "now"


@staff
@once
def delegate(request: Request) -> HttpResponse:
    """Let somebody stand in for me."""
    me = request.actor.party_id
    if me is None:
        raise Http404
    today = timezone.localdate(request.at)
    form = DelegationForm(request.POST or held(request) or None, initial={"starts_on": today}, without=me)
    back = reverse("organisation:delegations")

    def save() -> str:
        made = operations.delegate(
            from_person=get_person(me), by=request.actor, at=request.at, **form.cleaned_data
        )
        _tell_overlaps(request, made)
        return back

    page = {
        "title": _("Let somebody stand in for me"),
        "lead": _(
            "They see and do what you may see and do in these days; everything stands under both names."
        ),
        "action": _("Confirm the delegation"),
        "back_label": _("Standing in"),
        "back_url": back,
    }
    return edit(request, form, save=save, page=page)


def _tell_overlaps(request: Request, made: Delegation) -> None:
    """Say who else stands in during these days, and that nothing passes on from a stand-in who is away."""
    for other in queries.overlapping(made):
        facts = {
            "name": local(other.from_person.party, "name"),
            "other": local(other.to_person.party, "name"),
            "first": other.starts_on.isoformat(),
            "last": other.ends_on.isoformat(),
        }
        if other.from_person_id == made.from_person_id:
            words = _("%(other)s stands in as well from %(first)s to %(last)s; whoever acts first counts.")
        else:
            words = _(
                "%(name)s has delegated to %(other)s from %(first)s to %(last)s; "
                "what is delegated to %(name)s does not pass on to %(other)s."
            )
        messages.warning(request, words % facts)


@requires(rules.MANAGE_DELEGATIONS)
@once
def delegate_for_other(request: Request) -> HttpResponse:
    """Enter a delegation for somebody who cannot do it themselves."""
    form = DelegationForOtherForm(request.POST or held(request) or None)
    back = reverse("organisation:all_delegations")

    def save() -> str:
        made = operations.delegate(by=request.actor, at=request.at, **form.cleaned_data)
        _tell_overlaps(request, made)
        return back

    page = {
        "title": _("Enter a delegation"),
        "lead": _(
            "For somebody who is away and cannot do it themselves; it stands in the trail under your name."
        ),
        "action": _("Confirm the delegation"),
        "back_label": _("Standing in"),
        "back_url": back,
    }
    return edit(request, form, save=save, page=page)


@staff
@once
def end(request: Request, uuid: UUID) -> HttpResponse:
    """End a delegation before its last day."""
    rows = Delegation.objects.select_related("from_person__party", "to_person__party")
    row = get_object_or_404(rows, uuid=uuid)
    own = row.from_person_id == request.actor.party_id
    if not own and not may(request.actor, rules.MANAGE_DELEGATIONS):
        raise Http404
    page = {
        "title": _("%(name)s shall no longer stand in") % {"name": local(row.to_person.party, "name")},
        "text": _("It counts at once."),
        "action": _("End it"),
        "back_url": reverse("organisation:delegations" if own else "organisation:all_delegations"),
    }
    return confirm(
        request,
        act=lambda: operations.end_delegation(delegation=row, by=request.actor, at=request.at),
        page=page,
    )
