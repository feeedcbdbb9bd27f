"""Making seals, handing them over, suspending them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation.api import people_with
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import form_page, once
from jingkai.records.seals.models import Seal
from jingkai.records.seals.operations import SealDraft, change_state, hand_over, make_seal
from jingkai.records.seals.operations.custody import ALLOWED_CHANGES
from jingkai.records.seals.rules import APPLY, MANAGE
from jingkai.records.seals.web.forms import HandOverForm, MakeForm, StateForm
from jingkai.records.seals.web.views import get_or_404


@requires(MANAGE)
@once
def make(request: Request) -> HttpResponse:
    """Make a new seal with its key and certificate."""
    form = MakeForm(request.POST or None, people=_people(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        draft = SealDraft(
            code=given["code"],
            name=given["name"],
            name_en=given["name_en"],
            ring_text=given["ring_text"],
            line_text=given["line_text"],
            number_text=given["number_text"],
            diameter_mm=float(given["diameter_mm"]),
            custodian_id=given["custodian"],
            basis=given["basis"],
            demo=given["demo"],
        )
        seal = make_seal(draft=draft, by=request.actor, at=request.at)
        messages.success(request, _("The seal “%(name)s” was made.") % {"name": seal.name})
        return HttpResponseRedirect(reverse("seals:seal", args=[seal.uuid]))
    return form_page(request, form, _("Make a seal"), _("Make the seal"), reverse("seals:ledger"))


@requires(MANAGE)
@once
def hand(request: Request, uuid: UUID) -> HttpResponse:
    """Hand a seal to another custodian."""
    seal = get_or_404(uuid)
    form = HandOverForm(request.POST or None, people=_people(request), initial={"version": seal.version})
    if request.method == "POST" and form.is_valid():
        hand_over(
            seal_id=seal.pk,
            to=form.cleaned_data["custodian"],
            basis=form.cleaned_data["basis"],
            seen_version=form.cleaned_data["version"],
            by=request.actor,
            at=request.at,
        )
        messages.success(request, _("The handover is written down."))
        return HttpResponseRedirect(reverse("seals:seal", args=[uuid]))
    title = _("Hand over: %(seal)s") % {"seal": local(seal, "name")}
    return form_page(request, form, title, _("Hand over"), reverse("seals:seal", args=[uuid]))


@requires(MANAGE)
@once
def state(request: Request, uuid: UUID) -> HttpResponse:
    """Suspend a seal, put it back into use, or retire it."""
    seal = get_or_404(uuid)
    states = [str(after) for before, after in sorted(ALLOWED_CHANGES) if before == Seal.State(seal.state)]
    form = StateForm(request.POST or None, states=states, initial={"version": seal.version})
    if request.method == "POST" and form.is_valid():
        change_state(
            seal_id=seal.pk,
            to=form.cleaned_data["to"],
            reason=form.cleaned_data["reason"],
            seen_version=form.cleaned_data["version"],
            by=request.actor,
            at=request.at,
        )
        messages.success(request, _("The seal's state was changed."))
        return HttpResponseRedirect(reverse("seals:seal", args=[uuid]))
    title = _("Change the state: %(seal)s") % {"seal": local(seal, "name")}
    return form_page(request, form, title, _("Change the state"), reverse("seals:seal", args=[uuid]))


def _people(request: Request) -> list[tuple[int, str]]:
    """List whom a seal may be handed to: everyone who holds the right to apply one."""
    on = timezone.localdate(request.at)
    parties = Party.objects.filter(pk__in=people_with(APPLY, on)).order_by("pinyin")
    return [(party.pk, local(party, "name")) for party in parties]
