"""Logins: made, changed, reset, unlocked, taken out of use."""

import secrets
import string
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts import queries, rules
from jingkai.kernel.accounts.data import (
    AccountKind,
    IdentityProof,
    NewAccount,
    SecurityPolicy,
    is_username,
    password_faults,
)
from jingkai.kernel.accounts.models import FormerPassword, LoginFailures, User
from jingkai.kernel.audit.api import record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.rules.api import VersionDraft, add_rule, add_version, void_version
from jingkai.kernel.rules.models import Rule

ALPHABET = "".join(set(string.ascii_letters + string.digits) - set("0O1lI"))


class UsernameTaken(PersonFacingError):
    """Another login has this name."""

    sentence = _("The user name “%(username)s” is already in use.")
    advice = _("Choose another one.")


class UsernameUnfit(PersonFacingError):
    """The name does not have the form of a user name."""

    sentence = _("“%(username)s” cannot be a user name.")
    advice = _(
        "Use 3 to 40 letters, digits, dots, dashes or underscores, beginning with a letter; or a staff "
        "number of 4 to 10 digits."
    )


class AlreadyHasLogin(PersonFacingError):
    """A person has one login only."""

    sentence = _("%(name)s already has a login.")
    advice = _("Reset its password instead of making a second one.")


class CannotManageOneself(PersonFacingError):
    """Nobody resets or unlocks their own login."""

    sentence = _("You cannot do this to your own login.")
    advice = _("Ask a colleague with the same right.")


@transaction.atomic
def create_user(
    *,
    person: Person,
    kind: AccountKind,
    username: str,
    password: str | None = None,
    hashed_password: str | None = None,
    by: Actor,
    at: datetime,
) -> NewAccount:
    """Give a person a login. Without a password a random one is made, which must be changed at first use."""
    username = username.strip()
    if not is_username(username):
        raise UsernameUnfit(username=username)
    if User.objects.filter(person=person).exists():
        raise AlreadyHasLogin(name=person.party.name)
    one_time = "" if password or hashed_password else one_time_password(rules.policy_at(at))
    user = User(username=username, kind=kind.value, person=person, password_changed_at=at)
    user.must_change_password = bool(one_time)
    user.one_time_until = one_time_until(at) if one_time else None
    if hashed_password:
        user.password = hashed_password
    else:
        user.set_password(password or one_time)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        if queries.username_taken(username):
            raise UsernameTaken(username=username) from error
        raise
    record(user, action="login.created", by=by, at=at, for_=person.pk, facts={"kind": kind.value})
    return NewAccount(user.pk, user.username, one_time)


def one_time_password(policy: SecurityPolicy) -> str:
    """Make a random password that the policy accepts, without letters that look alike."""
    length = max(policy.min_length, 12)
    while True:
        word = "".join(secrets.choice(ALPHABET) for _ in range(length - 1)) + secrets.choice("-+=%")
        if not password_faults(word, policy):
            return word


def one_time_until(at: datetime) -> datetime:
    """Give until when a one-time password that is made now may be used."""
    return at + timedelta(days=rules.policy_at(at).one_time_days)


@transaction.atomic
def change_password(*, user: User, password: str, by: Actor, at: datetime) -> None:
    """Set a new password that the person chose; the old one is remembered so that it does not come back."""
    if user.password:
        FormerPassword.objects.create(user=user, password=user.password, replaced_at=at)
    user.set_password(password)
    user.must_change_password = False
    user.one_time_until = None
    user.password_changed_at = at
    user.version += 1
    user.save()
    record(user, action="login.password_changed", by=by, at=at, for_=user.person_id)


@transaction.atomic
def reset_password(*, user: User, by: Actor, at: datetime) -> NewAccount:
    """Give a login a new one-time password, open its lock and end its sessions."""
    _not_oneself(user, by)
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    word = one_time_password(rules.policy_at(at))
    FormerPassword.objects.create(user=row, password=row.password, replaced_at=at)
    row.set_password(word)
    row.must_change_password = True
    row.one_time_until = one_time_until(at)
    row.version += 1
    row.save()
    _clear_lock(row)
    ended = _end_sessions(row)
    record(row, action="login.password_reset", by=by, at=at, for_=row.person_id, facts={"sessions": ended})
    return NewAccount(row.pk, row.username, word)


@transaction.atomic
def unlock(*, user: User, by: Actor, at: datetime) -> None:
    """Open the lock of a login before its time."""
    _not_oneself(user, by)
    _clear_lock(user)
    record(user, action="login.unlocked", by=by, at=at, for_=user.person_id)


@transaction.atomic
def end_sessions(*, user: User, by: Actor, at: datetime) -> int:
    """Sign a login out everywhere; gives how many sessions ended."""
    ended = _end_sessions(user)
    record(user, action="login.sessions_ended", by=by, at=at, for_=user.person_id, facts={"sessions": ended})
    return ended


@transaction.atomic
def end_all_sessions(*, keep: str, reason: str, by: Actor, at: datetime) -> int:
    """End every session, also of visitors, but the one with this key; gives how many ended."""
    UserSession.objects.exclude(session_key=keep).delete()
    ended: int = Session.objects.exclude(session_key=keep).delete()[0]
    facts = {"sessions": ended, "reason": reason}
    record(
        User.objects.get(pk=by.user_id or 0), action="login.everybody_signed_out", by=by, at=at, facts=facts
    )
    return ended


@transaction.atomic
def set_login_active(
    *, user: User, active: bool, unused_since: datetime | None = None, by: Actor, at: datetime
) -> None:
    """Take a login out of use at once, or back into it; then being unused counts from that moment on.

    `unused_since`: it goes out of use because nobody used it since then.
    """
    _not_oneself(user, by)
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    row.is_active = active
    row.unused_from = at if active else row.unused_from
    row.version += 1
    row.save(update_fields=["is_active", "unused_from", "version"])
    facts: dict[str, int] = {"sessions": 0 if active else _end_sessions(row)}
    if unused_since is not None:
        facts["unused_days"] = (at - unused_since).days
    action = "login.enabled" if active else "login.disabled"
    record(row, action=action, by=by, at=at, for_=row.person_id, facts=facts)


@transaction.atomic
def enrol_totp(*, user: User, by: Actor, at: datetime) -> str:
    """Give a login an authenticator secret and return it, to be put into the person's app."""
    secret: str = generate_totp_secret()
    Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).delete()
    TOTP.activate(user, secret)
    record(user, action="login.second_factor_set", by=by, at=at, for_=user.person_id)
    return secret


@transaction.atomic
def remove_second_factor(*, user: User, proof: IdentityProof, by: Actor, at: datetime) -> None:
    """Take away a lost authenticator; the person sets up a new one at the next login.

    How it was proven who asks goes to the trail (ASVS 6.4.4).
    """
    _not_oneself(user, by)
    Authenticator.objects.filter(user_id=user.pk).delete()
    ended = _end_sessions(user)
    facts = {"sessions": ended, "proven": proof.how.value, "by_what": proof.words}
    record(user, action="login.second_factor_removed", by=by, at=at, for_=user.person_id, facts=facts)


@transaction.atomic
def set_policy(*, policy: SecurityPolicy, source: str, by: Actor, at: datetime) -> None:
    """Write down the zone's login security policy, in force from today; one of today is replaced."""
    today = timezone.localdate(at)
    draft = VersionDraft(starts_on=today, value=asdict(policy), source=source, confirmed=True)
    rule = Rule.objects.filter(kind=rules.POLICY_KIND, key=rules.POLICY_KEY).first()
    if rule is None:
        name, name_en = rules.POLICY_RULE.name, rules.POLICY_RULE.name_en
        place = {"kind": rules.POLICY_KIND, "key": rules.POLICY_KEY}
        add_rule(**place, name=name, name_en=name_en, draft=draft, by=by, at=at)
    else:
        for version in rule.versions.filter(starts_on=today, voided_at__isnull=True):
            void_version(version_id=version.pk, reason="replaced the same day", by=by, at=at)
        rule.refresh_from_db()
        add_version(rule_id=rule.pk, draft=draft, seen_version=rule.version, by=by, at=at)
    transaction.on_commit(rules.forget_policy)


@transaction.atomic
def seed_policy(*, by: Actor, at: datetime) -> None:
    """Let a new zone begin with a second factor for all staff; a policy that is there stays."""
    if not Rule.objects.filter(kind=rules.POLICY_KIND, key=rules.POLICY_KEY).exists():
        policy = replace(SecurityPolicy(), second_factor_staff=True)
        set_policy(policy=policy, source="GB/T 22239-2019 8.1.4.1 d)", by=by, at=at)


def _not_oneself(user: User, by: Actor) -> None:
    if by.user_id == user.pk and by.user_id is not None:
        raise CannotManageOneself


def _clear_lock(user: User) -> None:
    """Open the lock of a login, and that of the address from which it was tried last."""
    row = LoginFailures.objects.filter(key=queries.failure_key("", user)).first()
    if row is not None:
        LoginFailures.objects.filter(key__in=[row.key, row.came_from]).delete()


def _end_sessions(user: User) -> int:
    sessions = list(UserSession.objects.filter(user_id=user.pk))
    for session in sessions:
        session.end()
    return len(sessions)
