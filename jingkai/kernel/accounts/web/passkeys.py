"""Passkeys: a key on the person's own device, opened by finger, face or PIN, instead of password and code.

allauth and fido2 speak the protocol (W3C WebAuthn); every key here can log in by itself, so the device must
have seen its owner each time. What nobody can copy or guess proves both factors at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.webauthn import views
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts import operations
from jingkai.kernel.accounts.web.adapters import moment_of, refuse_locked

NONSENSE = (KeyError, AttributeError, TypeError, ValueError)
"""What reading an answer ends in that no device sends."""


@contextmanager
def accepting() -> Iterator[None]:
    """Say in one sentence that an answer is not accepted, whatever is wrong with it."""
    sentence = _("This passkey was not accepted. Try again, or take another way.")
    try:
        yield
    except ValidationError as wrong:
        if wrong.code == "incorrect_code":
            raise ValidationError(sentence, code="passkey") from wrong
        raise
    except NONSENSE as nonsense:
        raise ValidationError(sentence, code="passkey") from nonsense


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """What the person calls the device, and the key that it made."""

    passwordless = None
    name = forms.CharField(
        label=_("Name of the device"),
        max_length=60,
        required=False,
        help_text=_("For example “my phone” or “the computer in the office”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name"] = ""

    def clean(self) -> dict[str, Any]:
        """Check what the device made."""
        with accepting():
            given: dict[str, Any] = super().clean()
        return given


class _NotLocked:
    """Nobody comes in while the login is locked, whatever they hold; mixed into allauth's forms."""

    def clean_credential(self) -> Any:
        """Check the answer of the device, then the lock."""
        from allauth.core import context

        with accepting():
            key = super().clean_credential()  # type: ignore[misc]
        if not key.user.is_active:
            raise ValidationError(_("This login was taken out of use."), code="inactive")
        refuse_locked("", key.user, moment_of(context.request))
        return key


class LoginForm(_NotLocked, LoginWebAuthnForm):  # type: ignore[misc]
    """The key in the place of user name and password."""


class SecondFactorForm(_NotLocked, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The key after the password."""


class AgainForm(_NotLocked, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The key once more before something sensitive."""


class Add(views.AddWebAuthnView):  # type: ignore[misc]
    """Let a device make a key that can log in by itself."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask for a key that the device keeps, and for its owner's finger, face or PIN."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["js_data"] = {"creation_options": auth.begin_registration(self.request.user, True)}
        return context

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Keep the key and write it down."""
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            operations.note_passkey(user=self.request.user, added=True, at=moment_of(self.request))
        return response


class Remove(views.RemoveWebAuthnView):  # type: ignore[misc]
    """Take a key out of use, such as that of a lost device."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Forget the key and write it down."""
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            operations.note_passkey(user=self.request.user, added=False, at=moment_of(self.request))
        return response


add = Add.as_view()
remove = Remove.as_view()
listing = views.list_webauthn
log_in = views.login_webauthn
again = views.reauthenticate_webauthn
