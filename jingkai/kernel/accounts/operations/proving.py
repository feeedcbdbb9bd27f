"""The second factor once more, at the moment of an act that counts: a seal, a signature."""

from datetime import datetime
from typing import assert_never

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jingkai.kernel.accounts import queries, rules
from jingkai.kernel.accounts.data import CodeCheck, CodeFault
from jingkai.kernel.accounts.models import LoginFailures, User
from jingkai.kernel.accounts.operations.codes import spend_code
from jingkai.kernel.accounts.operations.signing_in import note_wrong_attempt
from jingkai.kernel.permissions.data import Actor

STEPS_BEHIND = 1
"""A code counts one time step longer than it is shown, for slow typing (RFC 6238, 5.2)."""


@transaction.atomic
def check_code(*, code: str, by: Actor, at: datetime) -> CodeCheck:
    """Tell whether a code from the person's app, or a recovery code, is right at this moment; it counts once.

    Wrong codes add up with those of the log-in and lock the login at the policy's number. The answer is told
    and not raised, so that the count outlives the refusal: commit it.
    """
    user = User.objects.select_for_update(of=("self",)).filter(pk=by.user_id or 0).first()
    if user is None or not queries.has_second_factor(user.pk):
        return CodeCheck(fault=CodeFault.NONE_SET)
    until = queries.locked_until("", user, at)
    if until is not None:
        return CodeCheck(fault=CodeFault.LOCKED, until=until)
    typed = "".join(code.split())
    factor = _matching(user, typed, at) if typed else ""
    if not factor:
        row = note_wrong_attempt(typed="", user=user, factor="code", at=at)
        if row.locked_until is not None:
            return CodeCheck(fault=CodeFault.LOCKED, until=row.locked_until)
        return CodeCheck(fault=CodeFault.WRONG, left=rules.policy_at(at).attempts - row.failures)
    if not spend_code(user=user, code=typed, at=at):
        return CodeCheck(fault=CodeFault.USED)
    LoginFailures.objects.filter(key=queries.failure_key("", user)).delete()
    return CodeCheck(factor=factor)


def _matching(user: User, typed: str, at: datetime) -> str:
    for factor in Authenticator.objects.filter(user=user):
        if factor.type == Authenticator.Type.TOTP and _is_totp(factor, typed, at):
            return "totp"
        if factor.type == Authenticator.Type.RECOVERY_CODES and RecoveryCodes(factor).validate_code(typed):
            return "recovery_code"
    return ""


def _is_totp(factor: Authenticator, typed: str, at: datetime) -> bool:
    secret, now = decrypt(factor.data["secret"]), int(at.timestamp()) // app_settings.TOTP_PERIOD
    return any(
        compare_user_code(actual=typed, expected=format_hotp_value(hotp_value(secret, now - behind)))
        for behind in range(STEPS_BEHIND + 1)
    )


def code_sentence(check: CodeCheck) -> str:
    """Say why a code was refused, and what to do."""
    match check.fault:
        case CodeFault.WRONG if check.left <= 2:
            return _(
                "Wrong code. Take the newest one from the app. After %(left)d more wrong attempts the login "
                "is locked."
            ) % {"left": check.left}
        case CodeFault.WRONG:
            return _("Wrong code. Take the newest one from the app.")
        case CodeFault.USED:
            return _("This code was used already. Wait for the next one.")
        case CodeFault.LOCKED:
            time = timezone.localtime(check.until).strftime("%H:%M")
            return _(
                "This login is locked until %(time)s because of too many wrong attempts. Wait until then, or "
                "ask the security administrator (staff) or the service window (enterprises) to unlock it."
            ) % {"time": time}
        case CodeFault.NONE_SET:
            return _("Set up an authenticator app under your account first.")
        case None:
            return ""
        case _:
            assert_never(check.fault)
