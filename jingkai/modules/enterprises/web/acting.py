"""Rights of handlers and the hand-over of an account, for the enterprise and at the window."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.models import Representation
from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.kernel.submissions.api import form_page, held, once
from jingkai.modules.enterprises import operations, queries, rules
from jingkai.modules.enterprises.models import HandOver
from jingkai.modules.enterprises.web.forms import EvidenceForm, HandOverForm, RightsForm, words_of
from jingkai.records.files import api as files


@requires(rules.MANAGE_OWN, rules.MANAGE)
@require_http_methods(["GET", "POST"])
@once
def rights(request: Request, uuid: UUID) -> HttpResponse:
    """Say what a handler may do for the enterprise."""
    rows = Representation.objects.select_related("person__party", "party")
    row = get_object_or_404(rows, uuid=uuid, ended_at=None)
    officer = may(request.actor, rules.MANAGE)
    if not officer and row.party_id not in request.actor.enterprise_ids:
        raise Http404
    back = reverse("enterprises:detail", args=[row.party.uuid]) if officer else reverse("enterprises:home")
    given = queries.rights_by_representation([row])[row.pk]
    initial = {
        "may_apply": given.apply,
        "may_sign": given.sign,
        "may_pay": given.pay,
        "sees": "all" if given.sees_all else "own",
    }
    form = RightsForm(request.POST or held(request) or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        operations.set_rights(representation=row, rights=form.rights(), by=request.actor, at=request.at)
        messages.success(request, _("The rights count from now on."))
        return redirect(back)
    title = _("Rights of %(name)s") % {"name": local(row.person.party, "name")}
    return form_page(
        request, form, title, _("Save"), back, base="ui/page.html" if officer else "ui/public.html"
    )


@requires(rules.MANAGE_OWN)
@require_http_methods(["GET", "POST"])
@once
def hand_over(request: Request) -> HttpResponse:
    """Let the legal representative offer the account to the next one."""
    row = queries.chosen(request)
    form = HandOverForm(request.POST or held(request) or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            _row, token = operations.start_hand_over(
                enterprise=row,
                name=given["name"],
                phone=given["phone"],
                reason=given["reason"],
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, words_of(error))
        else:
            _show_link(request, token)
            return redirect("enterprises:home")
    text = _(
        "The new legal representative gets a link and proves the phone that you name. In that moment your "
        "own rights end; running matters, drafts, licences and fees stay with the enterprise."
    )
    title, back = _("Hand the account over"), reverse("enterprises:home")
    return form_page(request, form, title, _("Make the link"), back, text=text, base="ui/public.html")


@requires(rules.MANAGE)
@require_http_methods(["GET", "POST"])
@once
def hand_over_at_window(request: Request, uuid: UUID) -> HttpResponse:
    """Hand an account over on evidence; the old rights end at once."""
    row = get_object_or_404(queries.enterprises(), party__uuid=uuid)
    form = EvidenceForm(request.POST or held(request) or None, request.FILES or None)
    back = reverse("enterprises:detail", args=[uuid])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            _row, token = operations.hand_over_by_evidence(
                enterprise=row,
                name=given["name"],
                phone=given["phone"],
                reason=given["reason"],
                upload=files.receive_uploaded(given["evidence"]),
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, words_of(error))
        else:
            _show_link(request, token)
            return redirect(back)
    text = _("Look at the changed business licence first. The rights of the old representative end at once.")
    title = _("Hand over the account of %(name)s") % {"name": local(row.party, "name")}
    return form_page(request, form, title, _("Hand over"), back, text=text, danger=True)


@requires(rules.MANAGE_OWN, rules.MANAGE)
@require_http_methods(["GET", "POST"])
@once
def call_off(request: Request, uuid: UUID) -> HttpResponse:
    """Call a hand-over off, after a question."""
    row = get_object_or_404(HandOver.objects.select_related("enterprise__party", "invitation"), uuid=uuid)
    officer = may(request.actor, rules.MANAGE)
    if not officer and row.enterprise_id not in request.actor.enterprise_ids:
        raise Http404
    party = row.enterprise.party
    back = reverse("enterprises:detail", args=[party.uuid]) if officer else reverse("enterprises:home")
    if request.method == "POST":
        operations.call_off_hand_over(hand_over=row, by=request.actor, at=request.at)
        messages.success(request, _("The hand-over was called off."))
        return redirect(back)
    title = _("Call off the hand-over to %(name)s") % {"name": row.invitation.name}
    text = _("The link stops working at once.")
    base = "ui/page.html" if officer else "ui/public.html"
    return form_page(request, None, title, _("Yes, call off"), back, text=text, base=base, danger=True)


def _show_link(request: Request, token: str) -> None:
    link = request.build_absolute_uri(reverse("enterprises:join", args=[token]))
    request.session["invitation_link"] = link
