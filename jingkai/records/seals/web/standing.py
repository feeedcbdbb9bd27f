"""Standing authorisations of a seal: given and ended by a leader."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import form_page, once
from jingkai.records.seals.models import Seal, StandingAuthorisation
from jingkai.records.seals.operations import StandingDraft, end_standing, give_standing
from jingkai.records.seals.rules import AUTHORISE
from jingkai.records.seals.web.forms import EndStandingForm, StandingForm
from jingkai.records.seals.web.views import get_or_404
from jingkai.records.seals.web.words import paper_choices


@requires(AUTHORISE)
@once
def give(request: Request, uuid: UUID) -> HttpResponse:
    """Authorise the standing use of a seal."""
    seal = get_or_404(uuid)
    today = timezone.localdate(request.at)
    form = StandingForm(
        request.POST or None, papers=paper_choices(), units=_units(), initial={"starts_on": today}
    )
    if request.method == "POST" and form.is_valid() and _given(request, seal, form):
        messages.success(request, _("Authorised. It is on the seal's page, with every use."))
        return HttpResponseRedirect(reverse("seals:seal", args=[uuid]))
    title = _("Authorise standing use: %(seal)s") % {"seal": local(seal, "name")}
    return form_page(request, form, title, _("Authorise"), reverse("seals:seal", args=[uuid]))


@requires(AUTHORISE)
@once
def end(request: Request, uuid: UUID) -> HttpResponse:
    """End a standing authorisation."""
    found = get_object_or_404(StandingAuthorisation.objects.select_related("seal"), uuid=uuid)
    form = EndStandingForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        end_standing(standing=found, **form.cleaned_data, by=request.actor, at=request.at)
        messages.success(request, _("Ended. From now on these papers are issued without this seal."))
        return HttpResponseRedirect(reverse("seals:seal", args=[found.seal.uuid]))
    title = _("End the standing use: %(seal)s") % {"seal": local(found.seal, "name")}
    return form_page(request, form, title, _("End it"), reverse("seals:seal", args=[found.seal.uuid]))


def _given(request: Request, seal: Seal, form: StandingForm) -> bool:
    given = form.cleaned_data
    draft = StandingDraft(
        seal_code=seal.code,
        papers=tuple(given["papers"]),
        users_id=given["users"],
        basis=given["basis"],
        starts_on=given["starts_on"],
        ends_on=given["ends_on"],
    )
    try:
        give_standing(draft=draft, by=request.actor, at=request.at)
    except PersonFacingError as error:
        form.add_error(None, f"{error.sentence} {error.advice}".strip())
        return False
    return True


def _units() -> list[tuple[int, str]]:
    units = Unit.objects.filter(party__active=True).select_related("party").order_by("order", "pk")
    return [(unit.pk, local(unit, "name")) for unit in units]
