"""A proven identity meets its login: an old one, linked with the person's own confirmation, or a new one.

Nothing is linked by an e-mail address, and nothing silently: a phone that fits only finds the login that is
offered; a code to that phone or its password links it.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts.api import create_user, has_second_factor, username_taken
from jingkai.kernel.accounts.data import AccountKind, is_username
from jingkai.kernel.accounts.models import User
from jingkai.kernel.audit.api import record
from jingkai.kernel.federation import queries, rules
from jingkai.kernel.federation.data import ARRIVAL_LIFE, VISIT_LIFE, EnterpriseWords, Identity
from jingkai.kernel.federation.models import Arrival, Attempt, Link, SpentLogout, Visit
from jingkai.kernel.federation.operations.signing_in import Proven
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices.api import finish_phone_check, start_phone_check
from jingkai.kernel.parties.api import initials, is_mobile, plain_phone, register_person
from jingkai.kernel.permissions.data import Actor

PURPOSE = "unified_login"


class ArrivalGone(PersonFacingError):
    """What the platform proved is too old, or was settled."""

    status = 410
    sentence = _("This sign-in is no longer open: it waits for a quarter of an hour.")
    advice = _("Begin once more on the log-in page.")


class LoginUnfit(PersonFacingError):
    """The login cannot be linked here."""

    sentence = _("This login cannot be linked here.")
    advice = _(
        "Staff, and logins with a second factor, sign in with their password first and link it under “My "
        "account”, where the platform is open to them."
    )


class AlreadyLinked(PersonFacingError):
    """One of both belongs to another already."""

    sentence = _("This identity or this login is linked already.")
    advice = _("End the old link under “My account” first, or sign in with it.")


class PhoneInUse(PersonFacingError):
    """A login with this phone exists."""

    sentence = _("A login with this mobile number exists already.")
    advice = _("Link it, by a code to the phone or by its password.")


class NameMissing(PersonFacingError):
    """The platform told no name or no mobile number."""

    status = 422
    sentence = _("The platform told no name or no mobile number, so no login can be made from it.")
    advice = _("Register here, then link the identity under “My account”.")


class OnlyWayIn(PersonFacingError):
    """Without the link the person could not sign in any more."""

    sentence = _("You have no password yet: without this link you could not sign in any more.")
    advice = _("Set a password first (“Password forgotten?” on the log-in page sends a code to your phone).")


def arrive(*, proven: Proven, at: datetime) -> User | Arrival:
    """Give the login that a proven identity enters, or an arrival about which its person must say something.

    Error: LoginUnfit (a member of staff by a platform that is not open to staff).
    """
    subject = queries.subject_hash(proven.provider, proven.identity)
    link = queries.find_link(proven.provider.pk, subject)
    if link is not None and proven.user_id is None:
        if not rules.may_use(link.user, proven.provider):
            raise LoginUnfit
        with transaction.atomic():
            Link.objects.filter(pk=link.pk).update(last_used_at=at)
        if not _new_enterprise(link.user, proven.identity, at):
            return link.user
    user_id = proven.user_id or (link.user_id if link else None)
    return Arrival.objects.create(
        provider=proven.provider,
        identity=json.dumps(asdict(proven.identity), ensure_ascii=False),
        user_id=user_id,
        next_url=proven.next_url,
        arrived_at=at,
    )


def _new_enterprise(user: User, identity: Identity, at: datetime) -> bool:
    port = rules.enterprise_port()
    if port is None or not identity.uscc or user.person_id is None or user.is_staff:
        return False
    return not port.acts(user.person_id, identity.uscc, at) and not port.fault(identity.uscc)


@transaction.atomic
def send_code(*, arrival: Arrival, language: str, at: datetime) -> None:
    """Send a code to the phone that the platform told. Errors: ArrivalGone, and those of phone checks."""
    row = take(arrival, at)
    phone = plain_phone(queries.identity_of_arrival(row).phone)
    row.phone_check = str(start_phone_check(phone, purpose=PURPOSE, at=at, language=language))
    row.save(update_fields=["phone_check"])


@transaction.atomic
def link_by_code(*, arrival: Arrival, code: str, at: datetime) -> User:
    """Link the login with the phone that the platform told, after a code to that phone.

    Errors: ArrivalGone, LoginUnfit, AlreadyLinked, and those of phone checks.
    """
    row = take(arrival, at)
    identity = queries.identity_of_arrival(row)
    user = queries.login_by_phone(identity)
    if user is None:
        raise ArrivalGone
    _prove_phone(row, identity, code, at)
    _check_fit(user, row)
    link(row, identity, user, Link.How.PHONE, at=at)
    return user


@transaction.atomic
def link_own(*, arrival: Arrival, user: User, how: str, at: datetime) -> User:
    """Link a login whose holder has just proven it: by its password, or signed in, on the own account page.

    Errors: ArrivalGone, LoginUnfit, AlreadyLinked.
    """
    row = take(arrival, at)
    if how == Link.How.OWN_PAGE:
        if not rules.may_use(user, row.provider):
            raise LoginUnfit
    else:
        _check_fit(user, row)
    link(row, queries.identity_of_arrival(row), user, how, at=at)
    return user


@transaction.atomic
def make_login(*, arrival: Arrival, code: str, at: datetime) -> User:
    """Make a person and a login of what the platform proved; the person agreed to that.

    The phone is proven by a code where the platform does not prove phones itself. There is no password: one
    can be set by a code to the phone. Errors: ArrivalGone, NameMissing, PhoneInUse, AlreadyLinked.
    """
    row = take(arrival, at)
    identity = queries.identity_of_arrival(row)
    phone = plain_phone(identity.phone)
    if not identity.name or not is_mobile(phone):
        raise NameMissing
    if queries.login_by_phone(identity) is not None:
        raise PhoneInUse
    if not identity.phone_proven:
        _prove_phone(row, identity, code, at)
    nobody = Actor(party_id=None, user_id=None, name=identity.name, kind="visitor")
    person = register_person(name=identity.name, phone=phone, by=nobody, at=at)
    made = create_user(
        person=person,
        kind=AccountKind.ENTERPRISE,
        username=_username(identity.name, phone),
        hashed_password=make_password(None),
        by=nobody,
        at=at,
    )
    user = User.objects.select_related("person__party").get(pk=made.user_id)
    facts = {"provider": row.provider_id}
    record(person.party, action="person.agreed_to_unified", by=queries.actor_of(user), at=at, facts=facts)
    link(row, identity, user, Link.How.FIRST, at=at)
    return user


@transaction.atomic
def act_for_enterprise(*, arrival: Arrival, user: User, at: datetime) -> str:
    """Let the person act for the enterprise that the platform named; gives its name, empty where it is none.

    The platform has proven that the person acts for it (法人 log-in); the registry keeps its own checks.
    """
    row = Arrival.objects.select_for_update(of=("self",)).get(pk=arrival.pk)
    identity = queries.identity_of_arrival(row)
    port = rules.enterprise_port()
    if port is None or not identity.uscc or user.person_id is None or user.is_staff:
        return ""
    words = EnterpriseWords(
        uscc=identity.uscc,
        name=identity.enterprise,
        legal_representative=identity.legal_representative
        or (identity.name if identity.is_legal_representative else ""),
        is_legal_representative=identity.is_legal_representative,
    )
    return str(port.act_for(person_id=user.person_id, words=words, by=queries.actor_of(user), at=at))


def linked_user(*, arrival: Arrival, at: datetime) -> User:
    """Give the login that the arrived identity is linked with. Error: ArrivalGone."""
    row = queries.open_arrival(str(arrival.uuid), at=at)
    subject = queries.subject_hash(row.provider, queries.identity_of_arrival(row)) if row else ""
    found = queries.find_link(arrival.provider_id, subject) if subject else None
    if found is None or found.user_id != arrival.user_id:
        raise ArrivalGone
    return found.user


@transaction.atomic
def settle(*, arrival: Arrival, at: datetime) -> None:
    """Forget what the platform told: all that was to be done with it is done."""
    Arrival.objects.filter(pk=arrival.pk).update(identity="", settled_at=at)


@transaction.atomic
def unlink(*, link: Link, by: Actor, at: datetime) -> None:
    """End a link; the login stays. Error: OnlyWayIn."""
    row = Link.objects.select_for_update(of=("self",)).select_related("user").get(pk=link.pk)
    if row.ended_at is not None:
        return
    if not row.user.has_usable_password() and queries.count_links(row.user_id) < 2:
        raise OnlyWayIn
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    record(row.user, action="login.unlinked", by=by, at=at, facts={"provider": row.provider_id})


def take(arrival: Arrival, at: datetime) -> Arrival:
    """Lock an arrival that is still open. Error: ArrivalGone."""
    rows = Arrival.objects.select_for_update(of=("self",)).select_related("provider")
    row = rows.filter(pk=arrival.pk, settled_at=None, arrived_at__gt=at - ARRIVAL_LIFE).first()
    if row is None or not row.identity:
        raise ArrivalGone
    return row


def link(row: Arrival, identity: Identity, user: User, how: str, *, at: datetime) -> None:
    """Write a link down, in the login's own trail too. Error: AlreadyLinked."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    subject = queries.subject_hash(row.provider, identity)
    if queries.is_linked(row.provider_id, subject, user.pk):
        raise AlreadyLinked
    Link.objects.create(
        provider=row.provider, user=user, subject_hash=subject, how=how, linked_at=at, last_used_at=at
    )
    row.user = user
    row.save(update_fields=["user"])
    facts = {"provider": row.provider_id, "how": str(how)}
    record(user, action="login.linked", by=queries.actor_of(user), at=at, facts=facts)


def _prove_phone(row: Arrival, identity: Identity, code: str, at: datetime) -> None:
    proven = finish_phone_check(row.phone_check, code, purpose=PURPOSE, at=at)
    if proven != plain_phone(identity.phone):
        raise ArrivalGone


def _check_fit(user: User, row: Arrival) -> None:
    """Neither staff nor a login with a second factor is linked by less than its own full sign-in."""
    if user.is_staff or not user.is_active or has_second_factor(user.pk):
        raise LoginUnfit
    if not rules.may_use(user, row.provider):
        raise LoginUnfit


def _username(name: str, phone: str) -> str:
    """A name that its owner can remember: initials and the phone's end; more digits where it is taken."""
    stem = "".join(letter for letter in initials(name) if letter.isascii() and letter.isalpha())[:20] or "u"
    wanted = f"{stem}{phone[-4:]}"
    while username_taken(wanted) or not is_username(wanted):
        wanted = f"{stem}{phone[-4:]}{secrets.randbelow(10_000):04}"
    return wanted


def forget_old(*, at: datetime) -> int:
    """Delete attempts and arrivals that no longer mean anything; gives how many."""
    gone = Attempt.objects.filter(started_at__lt=at - 2 * ARRIVAL_LIFE).delete()[0]
    gone += Arrival.objects.filter(arrived_at__lt=at - 2 * ARRIVAL_LIFE).delete()[0]
    gone += Visit.objects.filter(came_at__lt=at - VISIT_LIFE).delete()[0]
    return gone + SpentLogout.objects.filter(spent_at__lt=at - timedelta(days=1)).delete()[0]
