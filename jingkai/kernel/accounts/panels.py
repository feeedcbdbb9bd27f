"""What accounts hang into the menus, and what their entries in the trail are called."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts import queries
from jingkai.kernel.accounts.data import MFA_CONTEXT
from jingkai.kernel.accounts.rules import MANAGE, policy_at
from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.hooks.api import doctor_checks, menu
from jingkai.kernel.hooks.data import CheckResult, DoctorCheck, MenuEntry
from jingkai.kernel.organisation.api import MANAGE_PEOPLE
from jingkai.kernel.pace.api import Pace, paces
from jingkai.kernel.parties.api import sealed_elsewhere
from jingkai.kernel.parties.data import SealedColumn

MENU = (
    MenuEntry(
        label=_("People"),
        url_name="accounts:people",
        icon="users",
        group=_("System"),
        order=830,
        permission=MANAGE_PEOPLE,
    ),
    MenuEntry(
        label=_("Logins"),
        url_name="accounts:logins",
        icon="lock",
        group=_("System"),
        order=840,
        permission=MANAGE,
    ),
    MenuEntry(
        label=_("My account"),
        url_name="accounts:home",
        icon="user",
        order=10,
        place="account",
        kinds=("staff", "enterprise"),
    ),
)

KINDS_OF_THE_STANDARD = 3
MANY_LOCKED, MANY_WRONG = 5, 40
"""From so many locked names and addresses, or so many wrong attempts within a quarter of an hour, on."""

MEANS = _("See who is locked under Logins and the trail (login.failed); close the address at the proxy.")


def check_logins(*, at: datetime) -> CheckResult:
    """See whether somebody tries passwords, at many names or from many places."""
    locked, wrong = queries.attempts_lately(at)
    if locked < MANY_LOCKED and wrong < MANY_WRONG:
        return CheckResult("ok", str(_("Nobody tries passwords in numbers.")))
    told = _("%(locked)d names or addresses are locked, %(wrong)d wrong attempts in 15 minutes.")
    return CheckResult(
        "warn",
        told % {"locked": locked, "wrong": wrong},
        str(MEANS),
    )


def check_policy(*, at: datetime) -> CheckResult:
    """See whether passwords are asked for what GB/T 22239 (8.1.4.1 a) asks: several kinds, and change."""
    policy = policy_at(at)
    if policy.classes >= KINDS_OF_THE_STANDARD and policy.max_age_days:
        return CheckResult("ok", str(_("The rule of passwords asks for what GB/T 22239 asks.")))
    return CheckResult(
        "warn",
        str(_("Passwords need few kinds of characters, or never end: GB/T 22239 level 3 asks for both.")),
        str(_("Where an assessment is due: three kinds and an end by age, in the login security policy.")),
    )


POLICY_CHECK = DoctorCheck("password-rule", lambda: check_policy(at=timezone.now()))
LOGINS_CHECK = DoctorCheck("log-ins", lambda: check_logins(at=timezone.now()))

ACTIONS = {
    "login.created": _("Login opened"),
    "login.succeeded": _("Logged in"),
    "login.failed": _("Login refused"),
    "login.left": _("Logged out"),
    "login.ended": _("Logged out at the end of the session"),
    "login.everybody_signed_out": _("Everybody signed out"),
    "login.timed_out": _("Logged out after idling"),
    "login.password_changed": _("Password changed by its holder"),
    "login.password_reset": _("Password set anew by an administrator"),
    "login.unlocked": _("Login unlocked"),
    "login.sessions_ended": _("All sessions ended"),
    "login.enabled": _("Login put back into use"),
    "login.disabled": _("Login taken out of use"),
    "login.unused_told": _("Told that the login lies unused"),
    "login.second_factor_set": _("Second factor set up"),
    "login.second_factor_removed": _("Second factor removed"),
    "login.phone_proven": _("Phone proven by its holder"),
    "login.passkey_added": _("Passkey set up by its holder"),
    "login.passkey_removed": _("Passkey removed by its holder"),
}

PACES = (
    Pace(
        code="forgotten",
        label=_("Ask for a new password by phone"),
        most=10,
        minutes=10,
        pages=("account_reset_password",),
    ),
    Pace(
        code="passkeys",
        label=_("Log in with a passkey"),
        most=60,
        minutes=10,
        pages=("mfa_login_webauthn",),
    ),
)


def register() -> None:
    """Hang everything in; called once while the product starts."""
    for pace in PACES:
        paces.register(pace)
    for entry in MENU:
        menu.register(entry)
    doctor_checks.register(LOGINS_CHECK)
    doctor_checks.register(POLICY_CHECK)
    for part in ("secret", "seed"):
        sealed_elsewhere.register(SealedColumn("mfa_authenticator", "id", "data", MFA_CONTEXT, part))
    describe_actions(ACTIONS)
    describe_stream("accounts.user", _("Account"))
