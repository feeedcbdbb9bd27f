"""Who acts for an enterprise: invited, joined, removed."""

import hashlib
import secrets
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import mark, record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import (
    begin_representation,
    end_representation,
    get_person,
    plain_phone,
    representations_of,
)
from jingkai.kernel.parties.data import RepresentationRole
from jingkai.kernel.parties.models import Representation
from jingkai.kernel.permissions.api import may
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises import rules
from jingkai.modules.enterprises.models import Enterprise, Invitation
from jingkai.modules.enterprises.operations.acting import (
    NotYourEnterprise,
    check_giving,
    check_role,
    end_for_heir,
    take_invited_rights,
)
from jingkai.modules.enterprises.queries import Rights

VALID = timedelta(days=7)


class InvitationGone(PersonFacingError):
    """The link is unknown, used, withdrawn, or too old."""

    sentence = _("This invitation no longer counts.")
    advice = _("Ask the enterprise for a new one; a link counts once and for seven days.")
    status = 410


class LastHandler(PersonFacingError):
    """An enterprise keeps at least one person who acts for it."""

    sentence = _("%(name)s is the only person who acts for this enterprise.")
    advice = _("Invite somebody else first, or ask the service window.")


class WrongPhone(PersonFacingError):
    """The invitation was meant for another phone."""

    sentence = _("The invitation was made for another mobile number than that of your login.")
    advice = _("Ask the enterprise to invite you with the number of your login.")


@transaction.atomic
def invite_handler(
    *,
    enterprise: Enterprise,
    name: str,
    phone: str,
    role: RepresentationRole,
    rights: Rights | None = None,
    by: Actor,
    at: datetime,
) -> tuple[Invitation, str]:
    """Offer a named person to act for the enterprise; gives the secret of the link, which is stored nowhere.

    The link alone is not enough: who accepts must prove the phone that was named. `rights` are what the
    person may do from then on; nobody gives more than the own rights.
    """
    _check_by(enterprise.pk, by)
    given = rights or Rights()
    check_giving(enterprise.pk, given, by=by)
    check_role(enterprise.pk, role, by=by, at=at)
    token = secrets.token_urlsafe(24)
    row = Invitation.objects.create(
        enterprise=enterprise,
        name=name,
        phone=plain_phone(phone),
        role=role.value,
        token_hash=_hash(token),
        invited_by_id=by.party_id or enterprise.pk,
        invited_at=at,
        expires_at=at + VALID,
        may_apply=given.apply,
        may_sign=given.sign,
        may_pay=given.pay,
        sees_all=given.sees_all,
    )
    facts = {"invitation": row.pk, "role": role.value, "phone": mark(row.phone), "rights": asdict(given)}
    record(enterprise.party, action="handler.invited", by=by, at=at, for_=enterprise.pk, facts=facts)
    return row, token


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Actor, at: datetime) -> None:
    """Take an invitation back before it is used."""
    _check_by(invitation.enterprise_id, by)
    row = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if row.accepted_at or row.withdrawn_at:
        return
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    party = row.enterprise.party
    record(party, action="invitation.withdrawn", by=by, at=at, for_=party.pk, facts={"invitation": row.pk})


def open_invitation(token: str, *, at: datetime, lock: bool = False) -> Invitation:
    """Give the invitation of a link that still counts; raises `InvitationGone`."""
    rows = Invitation.objects.select_related("enterprise__party")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    row = rows.filter(token_hash=_hash(token), accepted_at=None, withdrawn_at=None, expires_at__gt=at).first()
    if row is None:
        raise InvitationGone
    return row


@transaction.atomic
def join_with_login(*, token: str, by: Actor, at: datetime) -> Enterprise:
    """Let somebody who has a login accept an invitation made for their phone."""
    row = open_invitation(token, at=at, lock=True)
    if by.party_id is None or get_person(by.party_id).phone != row.phone:
        raise WrongPhone
    accept(row, person_id=by.party_id, by=by, at=at)
    return row.enterprise


def accept(invitation: Invitation, *, person_id: int, by: Actor, at: datetime) -> None:
    """Let the invited person act from today; the caller made sure that it is that person."""
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    end_for_heir(invitation, person_id=person_id, by=by, at=at)
    representation = begin_representation(
        person=get_person(person_id),
        party=invitation.enterprise.party,
        role=RepresentationRole(invitation.role),
        on=timezone.localdate(at),
        by=by,
        at=at,
    )
    take_invited_rights(invitation, representation, by=by, at=at)


@transaction.atomic
def remove_handler(*, representation: Representation, reason: str, by: Actor, at: datetime) -> None:
    """End at once that a person acts for an enterprise; the last one stays unless an officer removes them."""
    _check_by(representation.party_id, by)
    today = timezone.localdate(at)
    Enterprise.objects.select_for_update(of=("self",)).get(pk=representation.party_id)
    others = representations_of(representation.party_id, on=today).exclude(person=representation.person)
    if not others.exists() and not may(by, rules.MANAGE):
        raise LastHandler(name=representation.person.party.name)
    end_representation(representation=representation, on=today, by=by, at=at, reason=reason)


def _check_by(enterprise_id: int, by: Actor) -> None:
    own = enterprise_id in by.enterprise_ids and may(by, rules.MANAGE_OWN)
    if not own and not may(by, rules.MANAGE):
        raise NotYourEnterprise


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
