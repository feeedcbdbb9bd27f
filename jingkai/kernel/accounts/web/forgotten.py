"""A forgotten password: a code to the phone, then a new one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from jingkai.kernel.accounts import operations, queries
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.web.forms import ForgottenForm, NewPasswordForm
from jingkai.kernel.permissions.api import Request, public
from jingkai.kernel.submissions.api import once

SLOT = "forgotten"


@public
@once
def ask(request: Request) -> HttpResponse:
    """Ask whose password was forgotten; the answer is the same whether that login exists or not."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["login"]
        check = operations.start_reset(
            user=queries.find_login(typed), language=get_language() or "zh-hans", at=request.at
        )
        request.session[SLOT] = {"login": typed, "check": check}
        return redirect("account_reset_password_code")
    return render(request, "account/password_reset.html", {"form": form})


def set_first(request: Request) -> HttpResponse:
    """Send somebody who has no password yet to where one is set by a code to the phone."""
    del request
    return redirect("account_reset_password")


@sensitive_post_parameters("password1", "password2", "code")
@public
@once
def choose(request: Request) -> HttpResponse:
    """Take the code and the new password."""
    asked = request.session.get(SLOT)
    if not asked:
        return redirect("account_reset_password")
    user: User | None = queries.find_login(asked["login"])
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        changed = operations.finish_reset(
            user=user, check=asked["check"], code=given["code"], password=given["password1"], at=request.at
        )
        if changed:
            del request.session[SLOT]
            messages.success(request, _("The password was changed. Sign in with the new one."))
            return redirect("account_login")
        form.add_error("code", _("This code is wrong or no longer counts. Check the newest message."))
    return render(request, "account/password_reset_code.html", {"form": form})
