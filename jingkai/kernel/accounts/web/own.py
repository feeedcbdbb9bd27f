"""A person's own account page."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.usersessions.views import list_usersessions
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from jingkai.kernel.accounts import operations, queries, rules
from jingkai.kernel.accounts.models import User
from jingkai.kernel.hooks.api import account_sections
from jingkai.kernel.organisation.api import posts_of
from jingkai.kernel.parties.api import get_person, mask_email, mask_phone
from jingkai.kernel.permissions.api import Request, may, public, signed_in


@signed_in
@require_GET
def home(request: Request) -> HttpResponse:
    """Show who I am here, how I sign in, and what other apps add."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    person = get_person(user.person_id) if user.person_id else None
    today = timezone.localdate(request.at)
    context = {
        "user": user,
        "person": person,
        "phone": mask_phone(person.phone) if person else "",
        "phone_proven": operations.has_proven_phone(user),
        "email": mask_email(person.email) if person else "",
        "posts": posts_of(person.pk, today) if person else [],
        "has_password": user.has_usable_password(),
        "second_factor": queries.has_second_factor(user.pk),
        "must_have_second_factor": rules.must_have_second_factor(request.actor, request.at),
        "sections": _sections(request),
    }
    return render(request, "accounts/home.html", context)


def _sections(request: Request) -> list[dict[str, Any]]:
    shown = []
    for section in account_sections.all():
        if section.permission and not may(request.actor, section.permission):
            continue
        data = section.context(request, None)
        if data is not None:
            shown.append({"section": section, "data": data})
    return shown


@signed_in
def sessions(request: Request) -> HttpResponseBase:
    """Show where I am signed in; to end the others I prove again who I am."""
    if request.method == "POST":
        raise_if_reauthentication_required(request, app="allauth.usersessions")
    answer: HttpResponseBase = list_usersessions(request)
    return answer


@public
@require_GET
def no_signup(request: Request) -> HttpResponse:
    """Send who looks for a sign-up to the registration of enterprises, where it is installed."""
    del request
    try:
        return HttpResponseRedirect(reverse("enterprises:register"))
    except NoReverseMatch as error:
        raise Http404 from error
