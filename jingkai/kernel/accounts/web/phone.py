"""Proving that one holds the phone that stands with one's login: a code to it, typed back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jingkai.kernel.accounts import operations
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.web.forms import PhoneCodeForm
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import mask_phone
from jingkai.kernel.permissions.api import Request, signed_in
from jingkai.kernel.submissions.api import once

SLOT = "phone_proof"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def prove(request: Request) -> HttpResponse:
    """Show whether the own phone is proven, and send a code to it."""
    user = _user(request)
    if request.method == "POST":
        try:
            check = operations.start_phone_proof(
                user=user, language=get_language() or "zh-hans", at=request.at
            )
        except PersonFacingError as error:
            return _page(request, user, fault=f"{error.sentence} {error.advice}", status=error.status)
        request.session[SLOT] = check
        messages.success(request, _("A code is on its way to %(phone)s.") % {"phone": _phone(user)})
        return redirect("account_phone")
    return _page(request, user)


@signed_in
@require_POST
def finish(request: Request) -> HttpResponse:
    """Take the code. Without a one-time mark: a wrong code must count although nothing else happens."""
    user, form = _user(request), PhoneCodeForm(request.POST)
    if not form.is_valid():
        return _page(request, user, form=form, status=422)
    check = request.session.get(SLOT, "")
    try:
        operations.finish_phone_proof(user=user, check=check, code=form.cleaned_data["code"], at=request.at)
    except PersonFacingError as error:
        return _page(request, user, fault=f"{error.sentence} {error.advice}", status=error.status)
    request.session.pop(SLOT, None)
    messages.success(request, _("The phone is proven."))
    return redirect("accounts:home")


def _user(request: Request) -> User:
    if not isinstance(request.user, User) or request.user.person is None:
        raise Http404
    return request.user


def _phone(user: User) -> str:
    return mask_phone(user.person.phone) if user.person else ""


def _page(
    request: Request, user: User, *, form: PhoneCodeForm | None = None, fault: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "phone": _phone(user),
        "proven": operations.has_proven_phone(user),
        "code_sent": bool(request.session.get(SLOT)),
        "form": form or PhoneCodeForm(),
        "fault": fault,
    }
    return render(request, "account/phone.html", context, status=status)
