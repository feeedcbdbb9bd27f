"""Reads: logins by name or phone, their locks, their second factor, their sessions."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Greatest

from jingkai.kernel.accounts import rules
from jingkai.kernel.accounts.data import AccountKind
from jingkai.kernel.accounts.models import LoginFailures, User
from jingkai.kernel.hooks.api import Prepared
from jingkai.kernel.organisation.api import current
from jingkai.kernel.organisation.models import Appointment, Post
from jingkai.kernel.parties.api import is_mobile, lookup_hash, name_matches, plain_phone
from jingkai.kernel.parties.models import Person

AHEAD = timedelta(minutes=1)
"""What was noted later than this from now was noted while a clock was ahead."""

_USER = Prepared(lambda slots: User.objects.filter(pk=slots.number("number")))


def find_user(user_id: int) -> User | None:
    """Give a login by its number."""
    return _USER.first(number=user_id)


def find_login(typed: str) -> User | None:
    """Find a login by what somebody typed: its user name in any case, or its person's mobile number.

    A number that several people share finds nobody: they log in by user name.
    """
    typed = typed.strip()
    found = User.objects.select_related("person__party").filter(username__iexact=typed).first()
    if found is not None:
        return found
    phone = plain_phone(typed)
    if not is_mobile(phone):
        return None
    owners = list(
        User.objects.select_related("person__party").filter(person__phone_hash=lookup_hash(phone))[:2]
    )
    return owners[0] if len(owners) == 1 else None


def failure_key(typed: str, user: User | None) -> str:
    """Give the key under which wrong attempts add up: the login's own, or that of what was typed."""
    return lookup_hash(f"user:{user.pk}" if user else f"typed:{typed.strip().lower()[:200]}")


def address_key(ip: str) -> str:
    """Give the key under which wrong attempts from an address add up, for whatever login."""
    return lookup_hash(f"address:{ip}")


def _locks_at(at: datetime) -> dict[str, Any]:
    """The locks that stand at a moment; one that was made while a clock was ahead does not."""
    return {"locked_until__gt": at, "last_at__lte": at + AHEAD}


def address_locked_until(ip: str, at: datetime) -> datetime | None:
    """Give until when nobody logs in from an address, or None."""
    row = LoginFailures.objects.filter(key=address_key(ip), **_locks_at(at)).first()
    return row.locked_until if row else None


def locked_until(typed: str, user: User | None, at: datetime) -> datetime | None:
    """Give until when a login is locked, or None."""
    row = LoginFailures.objects.filter(key=failure_key(typed, user), **_locks_at(at)).first()
    return row.locked_until if row else None


def attempts_lately(at: datetime) -> tuple[int, int]:
    """Count the names and addresses that are locked now, and the wrong attempts not yet forgotten."""
    since = at - timedelta(minutes=15)
    found = LoginFailures.objects.aggregate(
        locked=Count("pk", filter=Q(locked_until__gt=at)),
        wrong=Sum("failures", filter=Q(last_at__gte=since), default=0),
    )
    return found["locked"], found["wrong"]


def locks_of(users: Iterable[User], at: datetime) -> dict[int, datetime]:
    """Give until when these logins are locked, by their numbers; one query."""
    keys = {failure_key("", user): user.pk for user in users}
    rows = LoginFailures.objects.filter(key__in=keys, **_locks_at(at))
    return {keys[row.key]: row.locked_until for row in rows if row.locked_until}


def has_second_factor(user_id: int) -> bool:
    """Whether a login has an authenticator app."""
    return bool(Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists())


def user_of_person(person_id: int) -> User | None:
    """Give the login of a person, if there is one."""
    return User.objects.filter(person_id=person_id).first()


def username_taken(username: str) -> bool:
    """Whether a user name is in use, whatever its case."""
    return User.objects.filter(username__iexact=username.strip()).exists()


_UNUSED_SINCE = Greatest("created_at", "last_login", "unused_from")
"""Since when a login was not used: made, used or put back into use last, whichever was last."""


def unused_since(user: User) -> datetime:
    """Give since when a login was not used."""
    return max(moment for moment in (user.created_at, user.last_login, user.unused_from) if moment)


def unused_until(user: User, at: datetime) -> datetime | None:
    """Give when a login of which its person was told is disabled if nobody uses it; None: it is not."""
    days, notice = rules.unused_limits(user.kind, at)
    if not days or user.unused_told_at is None or user.unused_told_at < unused_since(user):
        return None
    return max(unused_since(user) + timedelta(days=days), user.unused_told_at + timedelta(days=notice))


def unused_logins(at: datetime) -> QuerySet[User]:
    """Give the logins that their persons are to be told about or that are to be disabled, longest first."""
    meant = Q(pk__in=[])
    for kind in AccountKind:
        days, notice = rules.unused_limits(kind.value, at)
        if days:
            meant |= Q(kind=kind.value, since__lte=at - timedelta(days=days - notice))
    return User.objects.annotate(since=_UNUSED_SINCE).filter(meant).order_by("since", "pk")


def logins(*, text: str = "", kind: str = "", state: str = "", at: datetime) -> QuerySet[User]:
    """Give logins with whether they have a second factor and the number of their sessions.

    `state`: `open`, `closed`, or `unused` (lying unused, closed or not).
    """
    rows = User.objects.select_related("person__party").annotate(
        second_factor=Exists(
            Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP)
        ),
        session_count=Count("usersession"),
    )
    if text:
        rows = rows.filter(name_matches(text, prefix="person__party__") | Q(username__icontains=text))
    if state in ("open", "closed"):
        rows = rows.filter(is_active=state == "open")
    if state == "unused":
        rows = rows.filter(pk__in=unused_logins(at).order_by().values("pk"))
    return rows.filter(kind=kind) if kind in list(AccountKind) else rows


def staff(*, text: str = "", gone: bool = False, unplaced: bool = False) -> QuerySet[Person]:
    """Give the staff: who holds or held a post or has a staff login.

    `unplaced` gives the others who act for no enterprise: entered without a post, or a visitor of the hall.
    """
    ours = Q(appointments__isnull=False) | Q(user__kind=AccountKind.STAFF.value)
    ours = ~ours & Q(representations__isnull=True) if unplaced else ours
    rows = Person.objects.filter(ours, party__active=not gone).select_related("party", "user").distinct()
    return (
        rows.filter(name_matches(text, prefix="party__") | Q(user__username__icontains=text))
        if text
        else rows
    )


def posts_by_person(person_ids: Iterable[int], on: date) -> dict[int, list[Post]]:
    """Give the posts that these persons hold on a day, with one query."""
    rows = Appointment.objects.filter(current(on), person_id__in=list(person_ids))
    held: dict[int, list[Post]] = {}
    for row in rows.select_related("post__unit__party", "post__party").order_by("post__order", "pk"):
        held.setdefault(row.person_id, []).append(row.post)
    return held


def sessions_of(user: User) -> list[UserSession]:
    """Give where a login is signed in, newest first; dead sessions are forgotten on the way."""
    rows: list[UserSession] = UserSession.objects.purge_and_list(user)
    return sorted(rows, key=lambda row: row.created_at, reverse=True)
