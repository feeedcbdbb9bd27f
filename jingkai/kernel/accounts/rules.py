"""Rights over logins, the zone's security policy, and what a password must be."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.contrib.auth.hashers import check_password
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts.data import (
    AccountKind,
    PasswordFault,
    SecurityPolicy,
    WayIn,
    is_from,
    networks_of,
)
from jingkai.kernel.accounts.models import User
from jingkai.kernel.audit.data import origin
from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.organisation.api import administration_of
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.data import Actor, Permission
from jingkai.kernel.rules.api import find_rule
from jingkai.kernel.rules.data import RuleField, RuleKind

MANAGE = "accounts.manage_logins"
SET_POLICY = "accounts.set_policy"

PERMISSIONS = (
    Permission(
        MANAGE, "解锁账号、结束会话、重置登录方式", "Unlock logins, end sessions, reset sign-in", "accounts"
    ),
    Permission(SET_POLICY, "维护登录安全策略", "Set the login security policy", "accounts"),
)

POLICY_KIND = "security_policy"
POLICY_KEY = "login"

_RANGES = {
    "attempts": (_("Wrong attempts before a login is locked"), 3, 20),
    "address_attempts": (_("Wrong attempts from one address before nobody logs in from there"), 5, 1000),
    "window_minutes": (_("Minutes within which wrong attempts add up"), 5, 1440),
    "lock_minutes": (_("Minutes a login stays locked"), 10, 1440),
    "idle_minutes": (_("Minutes without action before staff are signed out"), 5, 240),
    "enterprise_idle_minutes": (_("Minutes without action before enterprises are signed out"), 5, 480),
    "min_length": (_("Least length of a password"), 10, 64),
    "classes": (_("Kinds of characters a password needs (of four)"), 1, 4),
    "history": (_("Former passwords that may not come back"), 1, 24),
    "max_age_days": (_("Days after which a password must be changed (0: never)"), 0, 730),
    "session_hours": (_("Hours after the log-in at which every session ends"), 1, 72),
    "one_time_days": (_("Days after which an unused one-time password ends"), 1, 30),
    "unused_days": (_("Days without a log-in after which a login of staff is disabled (0: never)"), 0, 730),
    "enterprise_unused_days": (
        _("Days without a log-in after which a login of an enterprise is disabled (0: never)"),
        0,
        1095,
    ),
    "unused_notice": (_("Days before that at which its person is told"), 1, 60),
}
_OTHERS = (
    RuleField(
        name="second_factor_staff",
        label=_("All staff log in with a second factor"),
        type="boolean",
        required=False,
        help=_("Otherwise administrators, seal holders and whoever holds a right that asks for it."),
    ),
    RuleField(
        name="second_factor_enterprises",
        label=_("Everybody who acts for an enterprise logs in with a second factor"),
        type="boolean",
        required=False,
        help=_(
            "They set it up at the next log-in; a forgotten password is still set anew by a code to the "
            "phone."
        ),
    ),
    RuleField(
        name="refused_words",
        label=_("Words that no password may hold"),
        type="text",
        required=False,
        help=_(
            "Separated by spaces. The names of the zone and of the person, user name, phone and credit codes "
            "are refused without being named here."
        ),
    ),
    RuleField(
        name="admin_networks",
        label=_("Networks from which administrators' pages are opened"),
        type="text",
        required=False,
        help=_(
            "Separated by spaces, such as 10.20.0.0/16 10.30.5.7; the address that you use now must be among "
            "them. Empty: from anywhere."
        ),
    ),
)


def policy_faults(value: Mapping[str, Any]) -> Iterable[Any]:
    """Say what is wrong across the policy: networks that cannot be read, or that lock the editor out."""
    networks, ip = str(value.get("admin_networks") or ""), origin.get().ip
    try:
        known = networks_of(networks)
    except ValueError:
        yield _("A network is written like 10.20.0.0/16, a single address like 10.30.5.7.")
        return
    if known and ip and not is_from(ip, networks):
        yield _("Your own address %(address)s is not in these networks: you would lock yourself out.") % {
            "address": ip
        }


POLICY_RULE = RuleKind(
    code=POLICY_KIND,
    name="登录安全策略",
    name_en="Login security policy",
    fields=tuple(
        RuleField(name=name, label=label, type="integer", minimum=low, maximum=high)
        for name, (label, low, high) in _RANGES.items()
    )
    + _OTHERS,
    example=asdict(SecurityPolicy()),
    keys=(POLICY_KEY,),
    validate=policy_faults,
    keeper=SET_POLICY,
)

ways_in: Registry[Callable[[], Sequence[WayIn]]] = Registry("ways_in")
"""Functions that give other ways to sign in, for the log-in page."""

farewells: Registry[Callable[[Any], str]] = Registry("farewells")
"""Functions `(request) -> address` where somebody goes who signs out; empty: nothing to say."""

PRODUCT_WORDS = ("jingkai", "经开通", "开发区", "管委会", "kaifaqu", "guanweihui")

_second_factor_rights: set[str] = {"seals.apply"}


def require_second_factor(*codes: str) -> None:
    """Say, while starting, that holders of these rights log in with a second factor."""
    _second_factor_rights.update(codes)


def needs_second_factor(permissions: Iterable[str]) -> bool:
    """Whether these rights demand a second factor: administrators' and seal holders' do (GB/T 22239)."""
    return any(code in _second_factor_rights or administration_of(code) for code in permissions)


def must_have_second_factor(actor: Actor, at: datetime) -> bool:
    """Whether somebody logs in with a second factor: by their rights, or because all of their kind do."""
    if needs_second_factor(actor.permissions):
        return True
    policy = policy_at(at)
    asked = {"staff": policy.second_factor_staff, "enterprise": policy.second_factor_enterprises}
    return asked.get(actor.kind, False)


def policy_at(at: datetime) -> SecurityPolicy:
    """Give the policy of a moment; read again at most every ten seconds, because every request asks."""
    return _policy(timezone.localdate(at), int(at.timestamp()) // 10)


@lru_cache(maxsize=8)
def _policy(on: date, bucket: int) -> SecurityPolicy:
    del bucket
    rule = find_rule(POLICY_KIND, POLICY_KEY, on=on)
    return policy_from(rule.value) if rule else SecurityPolicy()


def policy_from(value: Mapping[str, Any]) -> SecurityPolicy:
    """Read a policy from a rule's value; what the value does not say stays as the product has it."""
    known = {field.name for field in fields(SecurityPolicy)}
    return replace(SecurityPolicy(), **{name: said for name, said in value.items() if name in known})


def unused_limits(kind: str, at: datetime) -> tuple[int, int]:
    """Give after how many days unused a login of this kind is disabled (0: never), and told before."""
    policy = policy_at(at)
    days = policy.unused_days if kind == AccountKind.STAFF.value else policy.enterprise_unused_days
    return days, min(policy.unused_notice, days)


def forget_policy() -> None:
    """Read the policy anew on next use (after it was changed)."""
    _policy.cache_clear()


def password_rules(policy: SecurityPolicy) -> str:
    """Say what a password must be, before anybody types one."""
    return gettext(
        "At least %(length)d characters, with %(classes)d of: small letters, capitals, digits, signs."
    ) % {"length": policy.min_length, "classes": policy.classes}


def fault_text(fault: PasswordFault, policy: SecurityPolicy) -> str:
    """Give the sentence for one fault of a password."""
    if fault is PasswordFault.SHORT:
        return ngettext(
            "The password needs at least %(length)d character.",
            "The password needs at least %(length)d characters.",
            policy.min_length,
        ) % {"length": policy.min_length}
    return gettext("The password needs at least %(classes)d of: small letters, capitals, digits, signs.") % {
        "classes": policy.classes
    }


def was_used_before(user: User, password: str, policy: SecurityPolicy) -> bool:
    """Whether this is the present password of a login or one of its last ones."""
    former = user.former_passwords.order_by("-replaced_at").values_list("password", flat=True)
    return any(check_password(password, old) for old in [user.password, *former[: policy.history - 1]])


def refused_words(user: User | None, at: datetime) -> list[str]:
    """Give the words of the zone, of the person and of the policy that no password may hold."""
    zone = Party.objects.filter(kind=PartyKind.ZONE.value).first()
    names = [zone.name, zone.name_en, zone.short_name, zone.pinyin] if zone else []
    if user is not None:
        names.append(user.username)
        if user.person is not None:
            party = user.person.party
            names += [party.name, party.name_en, party.pinyin, user.person.phone]
    words = [*PRODUCT_WORDS, *policy_at(at).refused_words.split()]
    for name in names:
        parts = name.split()
        words += [name, "".join(parts), "".join(parts[:2]), *(part for part in parts if len(part) > 4)]
    return list(dict.fromkeys(word for word in words if word))
