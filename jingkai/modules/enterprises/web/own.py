"""An enterprise's own page: its facts and who acts for it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import ChangedMeanwhile, mask_phone, representations_of
from jingkai.kernel.parties.data import RepresentationRole
from jingkai.kernel.parties.models import Representation
from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.kernel.submissions.api import held, once
from jingkai.modules.enterprises import operations, queries, rules
from jingkai.modules.enterprises.models import Invitation
from jingkai.modules.enterprises.web.forms import (
    InviteWithRightsForm,
    OwnForm,
    ReasonForm,
    with_version,
    words_of,
)
from jingkai.ui.data import Fact


@requires(rules.MANAGE_OWN)
@require_GET
def home(request: Request) -> HttpResponse:
    """Show an enterprise to its own people."""
    row = queries.chosen(request)
    today = timezone.localdate(request.at)
    invitations = Invitation.objects.filter(
        enterprise=row, accepted_at=None, withdrawn_at=None, expires_at__gt=request.at
    )
    acting = list(representations_of(row.pk, on=today))
    rights = queries.rights_by_representation(acting)
    context = {
        "enterprise": row,
        "others": [item for item in queries.list_of(request.actor.enterprise_ids) if item.pk != row.pk],
        "industry": queries.industry_name(row.industry),
        "handlers": [(item, mask_phone(item.person.phone), rights[item.pk]) for item in acting],
        "hand_over": queries.open_hand_over(row.pk),
        "may_hand_over": queries.is_legal_representative(request.actor, row.pk),
        "invitations": [(item, mask_phone(item.phone)) for item in invitations.order_by("-invited_at")],
        "link": request.session.pop("invitation_link", ""),
        "me": request.actor.party_id,
    }
    return render(request, "enterprises/home.html", context)


@requires(rules.MANAGE_OWN)
@once
def edit(request: Request) -> HttpResponse:
    """Let an enterprise correct its address, industry and English name."""
    row = queries.chosen(request)
    initial = {
        "name_en": row.party.name_en,
        "address": row.address,
        "industry": row.industry,
        "version": row.version,
    }
    form = OwnForm(request.POST or held(request) or None, initial=initial)
    stale = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            operations.change_own(
                enterprise=row,
                address=given["address"],
                industry=given["industry"],
                name_en=given["name_en"],
                version=given["version"],
                by=request.actor,
                at=request.at,
            )
        except ChangedMeanwhile as error:
            stale = error
            form.data = with_version(request.POST, row.version)
        else:
            messages.success(request, _("Saved."))
            return redirect("enterprises:home")
    context = {
        "form": form,
        "title": _("Correct the facts"),
        "enterprise": row,
        "back_url": reverse("enterprises:home"),
        "stale": stale,
        "present": [
            Fact(_("Registered address"), row.address),
            Fact(_("Industry"), f"{row.industry} {queries.industry_name(row.industry)}"),
        ],
    }
    return render(request, "enterprises/edit_own.html", context)


@requires(rules.MANAGE_OWN)
@once
def invite(request: Request) -> HttpResponse:
    """Invite somebody to act for the enterprise; the link is shown once."""
    row = queries.chosen(request)
    allowed = {"may_apply": True, "may_sign": True, "may_pay": True, "sees": "all"}
    form = InviteWithRightsForm(request.POST or held(request) or None, initial=allowed)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            _row, token = operations.invite_handler(
                enterprise=row,
                name=given["name"],
                phone=given["phone"],
                role=RepresentationRole(given["role"]),
                rights=form.rights(),
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, words_of(error))
        else:
            link = request.build_absolute_uri(reverse("enterprises:join", args=[token]))
            request.session["invitation_link"] = link
            return redirect("enterprises:home")
    context = {
        "form": form,
        "title": _("Invite a handler"),
        "text": _("You get a link to pass on. It counts once, for seven days, with the phone you name."),
        "action": _("Make the link"),
        "back_url": reverse("enterprises:home"),
    }
    return render(request, "organisation/confirm.html", context)


@requires(rules.MANAGE_OWN)
@once
def withdraw(request: Request, uuid: UUID) -> HttpResponse:
    """Take an invitation back."""
    row = get_object_or_404(Invitation, uuid=uuid, enterprise_id__in=request.actor.enterprise_ids)
    if request.method == "POST":
        operations.withdraw_invitation(invitation=row, by=request.actor, at=request.at)
        return redirect("enterprises:home")
    context = {
        "title": _("Take back the invitation of %(name)s") % {"name": row.name},
        "text": _("The link stops working at once."),
        "action": _("Take back"),
        "back_url": reverse("enterprises:home"),
    }
    return render(request, "organisation/confirm.html", context)


@requires(rules.MANAGE_OWN, rules.MANAGE)
@once
def remove(request: Request, uuid: UUID) -> HttpResponse:
    """End that a person acts for the enterprise (by its own people, or by the registry's officers)."""
    rows = Representation.objects.select_related("person__party", "party")
    row = get_object_or_404(rows, uuid=uuid, ended_at=None)
    officer = may(request.actor, rules.MANAGE)
    if not officer and row.party_id not in request.actor.enterprise_ids:
        raise Http404
    back = reverse("enterprises:detail", args=[row.party.uuid]) if officer else reverse("enterprises:home")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.remove_handler(
                representation=row, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
            )
        except PersonFacingError as error:
            form.add_error(None, words_of(error))
        else:
            messages.success(request, _("%(name)s no longer acts for it.") % {"name": row.person.party.name})
            return redirect(back)
    context = {
        "form": form,
        "title": _("%(name)s shall no longer act for %(enterprise)s")
        % {"name": row.person.party.name, "enterprise": row.party.name},
        "text": _("It counts at once. What the person did so far stays."),
        "action": _("Remove from the enterprise"),
        "danger": True,
        "back_url": back,
    }
    return render(request, "organisation/confirm.html", context)
