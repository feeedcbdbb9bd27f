"""The account of an enterprise passes into other hands: begun by the old side or with evidence."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import mark, record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import representations_of
from jingkai.kernel.parties.data import RepresentationRole
from jingkai.kernel.parties.models import Representation
from jingkai.kernel.permissions.api import may
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises import queries, rules
from jingkai.modules.enterprises.models import Enterprise, HandOver, Invitation
from jingkai.modules.enterprises.operations.acting import NotTheRepresentative, end_representatives
from jingkai.modules.enterprises.operations.handlers import invite_handler
from jingkai.records.files import api as files
from jingkai.records.files.data import Upload


class HandOverRunning(PersonFacingError):
    """One hand-over at a time."""

    sentence = _("This account is being handed over to %(name)s already.")
    advice = _("Call that off first, or wait until the link has run out.")


class HandOverGone(PersonFacingError):
    """What is over cannot be called off."""

    sentence = _("This hand-over is over already.")


@transaction.atomic
def start_hand_over(
    *, enterprise: Enterprise, name: str, phone: str, reason: str, by: Actor, at: datetime
) -> tuple[HandOver, str]:
    """Let the legal representative offer the account to the next one; gives the secret of the link.

    The old rights end in the moment in which the new one proves phone and accepts: both sides agree.
    Errors: NotTheRepresentative, HandOverRunning.
    """
    _lock(enterprise, at=at)
    if not queries.is_legal_representative(by, enterprise.pk):
        raise NotTheRepresentative
    return _start(enterprise, HandOver.Way.BOTH, name, phone, reason, by=by, at=at)


@transaction.atomic
def hand_over_by_evidence(
    *, enterprise: Enterprise, name: str, phone: str, reason: str, upload: Upload, by: Actor, at: datetime
) -> tuple[HandOver, str]:
    """Let an officer hand the account over on evidence (the changed licence): the old rights end at once.

    Errors: NotTheRepresentative, HandOverRunning.
    """
    _lock(enterprise, at=at)
    if not may(by, rules.MANAGE):
        raise NotTheRepresentative
    row, token = _start(enterprise, HandOver.Way.EVIDENCE, name, phone, reason, by=by, at=at)
    row.evidence = files.attach(
        upload=upload, owner=(rules.HAND_OVER_OWNER, row.pk), by=by, at=at, for_=enterprise.pk
    )
    row.save(update_fields=("evidence",))
    end_representatives(enterprise.pk, but=None, reason=reason, by=by, at=at)
    return row, token


@transaction.atomic
def call_off_hand_over(*, hand_over: HandOver, by: Actor, at: datetime) -> None:
    """Call a hand-over off before it was accepted. Errors: NotTheRepresentative, HandOverGone."""
    row = HandOver.objects.select_for_update(of=("self",)).select_related("invitation").get(pk=hand_over.pk)
    if not may(by, rules.MANAGE) and not queries.is_legal_representative(by, row.enterprise_id):
        raise NotTheRepresentative
    if row.state != HandOver.State.OPEN:
        raise HandOverGone
    _cancel(row, by=by, at=at)


def _start(
    enterprise: Enterprise, way: HandOver.Way, name: str, phone: str, reason: str, *, by: Actor, at: datetime
) -> tuple[HandOver, str]:
    role = RepresentationRole.LEGAL_REPRESENTATIVE
    acting = representations_of(enterprise.pk, on=timezone.localdate(at)).filter(role=role).first()
    invitation, token = invite_handler(enterprise=enterprise, name=name, phone=phone, role=role, by=by, at=at)
    row = HandOver.objects.create(
        enterprise=enterprise,
        way=way,
        reason=reason.strip()[:300],
        invitation=invitation,
        from_person_id=_person(acting),
        started_by_id=rules.person_of(by),
        started_at=at,
    )
    facts = {"hand_over": row.pk, "way": row.way, "reason": mark(row.reason)}
    record(
        enterprise.party, action="enterprise.hand_over_begun", by=by, at=at, for_=enterprise.pk, facts=facts
    )
    return row, token


def _person(acting: Representation | None) -> int | None:
    return acting.person_id if acting else None


def _lock(enterprise: Enterprise, *, at: datetime) -> None:
    """One hand-over at a time; one whose link has run out gives way."""
    Enterprise.objects.select_for_update(of=("self",)).get(pk=enterprise.pk)
    running = queries.open_hand_over(enterprise.pk)
    if running is None:
        return
    invitation: Invitation = running.invitation
    if invitation.withdrawn_at is None and invitation.expires_at > at:
        raise HandOverRunning(name=invitation.name)
    running.state, running.finished_at = HandOver.State.CANCELLED, at
    running.save(update_fields=("state", "finished_at"))


def _cancel(row: HandOver, *, by: Actor, at: datetime) -> None:
    row.state, row.finished_at = HandOver.State.CANCELLED, at
    row.save(update_fields=("state", "finished_at"))
    Invitation.objects.filter(pk=row.invitation_id, accepted_at=None, withdrawn_at=None).update(
        withdrawn_at=at
    )
    party = row.enterprise.party
    facts = {"hand_over": row.pk}
    record(party, action="enterprise.hand_over_called_off", by=by, at=at, for_=party.pk, facts=facts)
