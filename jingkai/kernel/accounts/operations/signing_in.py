"""What is written down around signing in: success, wrong attempts, locks, leaving."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from jingkai.kernel.accounts import queries, rules
from jingkai.kernel.accounts.events import LoginLocked
from jingkai.kernel.accounts.models import LoginFailures, User
from jingkai.kernel.audit.api import FAILED, record
from jingkai.kernel.audit.data import origin
from jingkai.kernel.events.api import publish
from jingkai.kernel.permissions.data import Actor

UNKNOWN_STREAMS = 64
"""Attempts at unknown names go to this many streams of the trail, so that a flood does not queue at one."""


def actor_self(user: User) -> Actor:
    """Give the person of a login as the one who acts, without rights; for what they do to their own login."""
    name = user.person.party.name if user.person else user.username
    return Actor(
        party_id=user.person_id,
        user_id=user.pk,
        name=name,
        kind="staff" if user.is_staff else "enterprise",
    )


@transaction.atomic
def note_wrong_attempt(*, typed: str, user: User | None, factor: str, at: datetime) -> LoginFailures:
    """Count a wrong password or code; at the policy's number the login is locked for its time."""
    policy = rules.policy_at(at)
    came_from = queries.address_key(origin.get().ip) if factor == "password" and origin.get().ip else ""
    if came_from:
        _add_up(came_from, policy.address_attempts, minutes=policy.window_minutes, at=at)
    key = queries.failure_key(typed, user)
    row = _add_up(key, policy.attempts, minutes=policy.lock_minutes, at=at, came_from=came_from)
    _record_failure(typed, user, factor, locked=row.locked_until is not None, at=at)
    if row.locked_until is not None:
        publish(LoginLocked(user_id=user.pk if user else None, failures_id=row.pk))
    return row


def _add_up(key: str, most: int, *, minutes: int, at: datetime, came_from: str = "") -> LoginFailures:
    """Count a wrong attempt under a key; at `most` within the window it is locked for some minutes."""
    LoginFailures.objects.bulk_create(
        [LoginFailures(key=key, first_at=at, last_at=at)], ignore_conflicts=True
    )
    row = LoginFailures.objects.select_for_update().get(key=key)
    window = timedelta(minutes=rules.policy_at(at).window_minutes)
    if not at - window <= row.first_at <= at + queries.AHEAD:
        row.failures, row.first_at, row.locked_until = 0, at, None
    row.failures += 1
    row.last_at, row.came_from = at, came_from
    if row.failures >= most:
        row.locked_until = at + timedelta(minutes=minutes)
        row.failures, row.first_at = 0, at
    row.save()
    return row


def _record_failure(typed: str, user: User | None, factor: str, *, locked: bool, at: datetime) -> None:
    facts = {"factor": factor, "locked": locked}
    if user is not None:
        record(user, action="login.failed", by=actor_self(user), at=at, facts=facts, result=FAILED)
        return
    key = queries.failure_key(typed, None)
    nobody = Actor(party_id=None, user_id=None, name="", kind="visitor")
    stream = ("accounts.unknown_login", int(key[:8], 16) % UNKNOWN_STREAMS)
    facts = {**facts, "typed": key}
    record(stream, action="login.failed", by=nobody, at=at, facts=facts, result=FAILED)


@transaction.atomic
def note_logged_in(*, user: User, at: datetime, factors: Sequence[str] = ()) -> None:
    """Write down a sign-in with its factors, forget wrong attempts, and end a password that is too old."""
    LoginFailures.objects.filter(key=queries.failure_key("", user)).delete()
    age = rules.policy_at(at).max_age_days
    changed = user.password_changed_at if user.has_usable_password() else None
    if age and changed is not None and changed < at - timedelta(days=age) and not user.must_change_password:
        user.must_change_password = True
        user.save(update_fields=["must_change_password"])
    facts = {"factors": sorted(set(factors))} if factors else {}
    record(user, action="login.succeeded", by=actor_self(user), at=at, facts=facts)


def note_logged_out(*, user: User, at: datetime) -> None:
    """Write down that somebody signed out."""
    record(user, action="login.left", by=actor_self(user), at=at)


def note_timed_out(*, user: User, at: datetime) -> None:
    """Write down that somebody was signed out for doing nothing."""
    record(user, action="login.timed_out", by=actor_self(user), at=at)


def note_ended(*, user: User, at: datetime) -> None:
    """Write down that somebody was signed out because the session had lasted its time."""
    record(user, action="login.ended", by=actor_self(user), at=at)


def note_passkey(*, user: User, added: bool, at: datetime) -> None:
    """Write down that somebody set a passkey up for themselves, or took one out of use."""
    action = "login.passkey_added" if added else "login.passkey_removed"
    record(user, action=action, by=actor_self(user), at=at, for_=user.person_id)
