"""The public pages: register an enterprise, prove the phone, join by invitation."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from jingkai.kernel.accounts.api import find_login
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import mask_phone
from jingkai.kernel.permissions.api import Request, public
from jingkai.kernel.submissions.api import once
from jingkai.modules.enterprises import operations, queries, rules
from jingkai.modules.enterprises.models import Registration
from jingkai.modules.enterprises.web.forms import JoinForm, PhoneCodeForm, RegisterForm, words_of

SLOT = "registration"


@sensitive_post_parameters("password1", "password2")
@public
@once
def register(request: Request) -> HttpResponse:
    """Take the facts of an enterprise and of the person who acts for it."""
    if request.user.is_authenticated and request.method == "GET":
        return redirect("enterprises:home" if request.actor.enterprise_ids else "/")
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = operations.start_registration(draft=form.draft(), at=request.at)
        except PersonFacingError as error:
            form.add_error(None, words_of(error))
        else:
            request.session[SLOT] = str(row.uuid)
            return redirect("enterprises:prove_phone")
    return render(request, "enterprises/register.html", {"form": form}, status=422 if form.errors else 200)


@public
@require_GET
def check_code(request: Request) -> HttpResponse:
    """Say while somebody types whether a credit code can be registered (an HTML fragment)."""
    typed = request.GET.get("uscc", "")[:60]
    fault = None
    try:
        code = rules.require_admitted_code(typed) if typed.strip() else ""
    except PersonFacingError as error:
        code, fault = "", error
    return render(request, "enterprises/code_state.html", {"code": code, "fault": fault})


@public
@require_GET
def industries(request: Request) -> HttpResponse:
    """Suggest industries for what was typed (options of a datalist)."""
    text = request.GET.get("industry", "")[:40]
    return render(
        request, "enterprises/industries.html", {"industries": queries.find_industries(text) if text else []}
    )


@public
@once
def prove_phone(request: Request) -> HttpResponse:
    """Take the code from the phone and finish; or send another one."""
    slot = request.session.get(SLOT)
    row = Registration.objects.filter(uuid=slot).first() if slot else None
    if row is None or not row.filled_in:
        return redirect("enterprises:register")
    form = PhoneCodeForm(request.POST or None if "again" not in request.POST else None)
    if request.method == "POST" and "again" in request.POST:
        try:
            operations.send_again(registration=row, at=request.at)
        except PersonFacingError as error:
            messages.warning(request, words_of(error))
        else:
            messages.success(request, _("Another code is on its way."))
            return redirect("enterprises:prove_phone")
    elif request.method == "POST" and form.is_valid():
        try:
            enterprise = operations.finish_registration(
                registration=row, code=form.cleaned_data["code"], at=request.at
            )
        except PersonFacingError as error:
            form.add_error("code", words_of(error))
        else:
            del request.session[SLOT]
            messages.success(
                request,
                _("%(name)s: your login is ready. Sign in now.") % {"name": enterprise.party.name},
            )
            return redirect("account_login")
    phone = mask_phone(operations.phone_of(row))
    return render(request, "enterprises/prove_phone.html", {"form": form, "phone": phone})


@sensitive_post_parameters("password1", "password2")
@public
@once
def join(request: Request, token: str) -> HttpResponse:
    """Accept an invitation: with the login one has, or with a new one."""
    invitation = operations.open_invitation(token, at=request.at)
    if request.user.is_authenticated:
        return _join_signed_in(request, token, invitation)
    form = JoinForm(request.POST or None, initial={"handler_name": invitation.name})
    if request.method == "POST" and form.is_valid():
        try:
            row = operations.start_joining(invitation=invitation, draft=form.draft(), at=request.at)
        except PersonFacingError as error:
            form.add_error(None, words_of(error))
        else:
            request.session[SLOT] = str(row.uuid)
            return redirect("enterprises:prove_phone")
    context = {
        "form": form,
        "invitation": invitation,
        "phone": mask_phone(invitation.phone),
        "has_login": find_login(invitation.phone) is not None,
    }
    return render(request, "enterprises/join.html", context, status=422 if form.errors else 200)


def _join_signed_in(request: Request, token: str, invitation: object) -> HttpResponse:
    if request.method == "POST":
        enterprise = operations.join_with_login(token=token, by=request.actor, at=request.at)
        messages.success(request, _("You now act for %(name)s.") % {"name": enterprise.party.name})
        return redirect("enterprises:home")
    return render(request, "enterprises/join_signed_in.html", {"invitation": invitation})
