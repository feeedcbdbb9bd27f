"""How allauth signs people in here: by name or phone, locked after wrong attempts, all in the trail."""

from datetime import datetime
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.kernel.accounts import operations, queries, rules
from jingkai.kernel.accounts.data import MFA_CONTEXT, STARTED, AccountKind
from jingkai.kernel.accounts.models import LoginFailures, User
from jingkai.kernel.audit.data import origin
from jingkai.kernel.organisation.api import actor_for
from jingkai.kernel.parties.api import decrypt, encrypt, zone_name

START_PAGES = {"staff": "/desk", "enterprise": "/enterprise/"}


def moment_of(request: HttpRequest) -> datetime:
    """Give the one moment of a request."""
    at: datetime = getattr(request, "at", None) or timezone.now()
    return at


def locked_sentence(until: datetime) -> str:
    """Say until when a login is locked, and who can open it."""
    time = timezone.localtime(until).strftime("%H:%M")
    return _(
        "This login is locked until %(time)s because of too many wrong attempts. Wait until then, or ask the "
        "security administrator (staff) or the service window (enterprises) to unlock it."
    ) % {"time": time}


def refuse_locked_address(at: datetime) -> None:
    """Stop a sign-in from an address from which too many passwords were wrong."""
    until = queries.address_locked_until(origin.get().ip or "", at)
    if until is not None:
        time = timezone.localtime(until).strftime("%H:%M")
        sentence = _(
            "There were too many wrong attempts from where you are. "
            "Until %(time)s nobody can log in from there."
        )
        raise ValidationError(sentence % {"time": time}, code="locked_address")


def refuse_locked(typed: str, user: User | None, at: datetime) -> None:
    """Stop a sign-in while its login is locked."""
    until = queries.locked_until(typed, user, at)
    if until is not None:
        raise ValidationError(locked_sentence(until), code="locked")


def refuse_wrong(row: LoginFailures, at: datetime) -> None:
    """Say how many attempts are left after a wrong one, or that the login is now locked."""
    if row.locked_until is not None:
        raise ValidationError(locked_sentence(row.locked_until), code="locked")
    left = rules.policy_at(at).attempts - row.failures
    if left <= 2:
        raise ValidationError(
            _("Wrong user name or password. After %(left)d more wrong attempts the login is locked.")
            % {"left": left},
            code="wrong",
        )
    raise ValidationError(_("Wrong user name or password."), code="wrong")


def refuse_ended_one_time(user: User | None, at: datetime) -> None:
    """Stop a sign-in with a one-time password that was not used in its time; only who knows it is told."""
    if user is not None and user.must_change_password and user.one_time_until and user.one_time_until < at:
        sentence = _("The one-time password was not used in time. Ask whoever gave it to you for a new one.")
        raise ValidationError(sentence, code="one_time_ended")


def _factors_of(request: HttpRequest, user: User) -> list[str]:
    """By what somebody proved who they are, as allauth noted it in the session."""
    proofs = get_authentication_records(request, user)
    return [str(proof.get("type") or proof.get("method")) for proof in proofs]


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Finds the login by user name or by the person's mobile number, and checks its password."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        del request
        user = queries.find_login(credentials.get("username") or "")
        checked: User | None = self._check_password(user, credentials.get("password") or "")
        return checked

    def get_user(self, user_id: int) -> User | None:
        """Give who a session belongs to; asked for by every page of a person who is signed in."""
        user = queries.find_user(user_id)
        return user if user and self.user_can_authenticate(user) else None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Our rules at allauth's places to hook in."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": gettext_lazy("Wrong user name or password."),
        "too_many_login_attempts": gettext_lazy("Too many attempts from here. Wait a few minutes."),
        "incorrect_password": gettext_lazy("Wrong password."),
        "enter_current_password": gettext_lazy("This is not your present password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up here: enterprises register with their credit code, staff are entered."""
        del request
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse before the password is looked at while the login is locked."""
        super().pre_authenticate(request, **credentials)
        typed = credentials.get("username") or ""
        refuse_locked(typed, queries.find_login(typed), moment_of(request))
        refuse_locked_address(moment_of(request))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the wrong attempt and say what follows from it."""
        typed, at = credentials.get("username") or "", moment_of(request)
        user = queries.find_login(typed)
        row = operations.note_wrong_attempt(typed=typed, user=user, factor="password", at=at)
        refuse_wrong(row, at)

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, after every factor was right."""
        super().login(request, user)
        at = moment_of(request)
        request.session[STARTED] = int(at.timestamp())
        operations.note_logged_in(user=user, factors=_factors_of(request, user), at=at)

    def logout(self, request: HttpRequest) -> None:
        """Sign out."""
        if isinstance(request.user, User):
            operations.note_logged_out(user=request.user, at=moment_of(request))
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        """Change the password and remember the former one."""
        by = operations.actor_self(user)
        operations.change_password(user=user, password=password, by=by, at=moment_of(context.request))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Go to the desk, to the enterprise's page, or to the own account of who acts for none."""
        kind = getattr(request.user, "kind", "")
        if kind == AccountKind.ENTERPRISE and isinstance(request.user, User):
            on = timezone.localdate(moment_of(request))
            if not actor_for(request.user, on).enterprise_ids:
                return reverse("accounts:home")
        return START_PAGES.get(kind, settings.LOGIN_REDIRECT_URL)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Go where an app has something to say to who leaves, else to the start page."""
        said = (farewell(request) for farewell in rules.farewells.all())
        return next((url for url in said if url), "") or str(super().get_logout_redirect_url(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go to the own account page."""
        del request
        return reverse("accounts:home")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again before something sensitive, unless the person proved who they are only minutes ago."""
        proofs = get_authentication_records(context.request, context.request.user)
        latest = max((proof["at"] for proof in proofs), default=0.0)
        if moment_of(context.request).timestamp() - latest < account_settings.REAUTHENTICATION_TIMEOUT:
            return False
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required

    def get_client_ip(self, request: HttpRequest) -> str:
        """Give the address the trail also writes down."""
        return origin.get().ip or super().get_client_ip(request)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps lie encrypted in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("Wrong code. Take the newest one from the app."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return encrypt(text, context=MFA_CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return decrypt(encrypted_text, context=MFA_CONTEXT)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Keep the second factor of those who must have one."""
        on = timezone.localdate(moment_of(context.request))
        actor = actor_for(authenticator.user, on)
        return not rules.must_have_second_factor(actor, moment_of(context.request))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name this installation on the person's device; its host is checked before any page."""
        host = str(super().get_public_key_credential_rp_entity()["id"])
        return {"id": host, "name": self.get_totp_issuer()}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """Name the login on the person's device."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        name = user.person.party.name if user.person else user.username
        return {**entity, "name": user.username, "display_name": name}

    def get_totp_issuer(self) -> str:
        """Name this installation in the app."""
        return zone_name() or settings.MFA_TOTP_ISSUER
