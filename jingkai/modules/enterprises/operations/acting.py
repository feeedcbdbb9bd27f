"""What a handler may do: limits that are set, rights that an invitation brings, what an heir takes over."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import record
from jingkai.kernel.events.api import publish
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import end_representation, get_person, representations_of
from jingkai.kernel.parties.data import RepresentationRole
from jingkai.kernel.parties.models import Representation
from jingkai.kernel.permissions.api import may
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises import queries, rules
from jingkai.modules.enterprises.events import EnterpriseHandedOver
from jingkai.modules.enterprises.models import Enterprise, HandlerRights, HandOver, Invitation
from jingkai.modules.enterprises.queries import Rights
from jingkai.modules.enterprises.queries.rights import Right


class NotYourEnterprise(PersonFacingError):
    """Only people of the enterprise, or officers who keep the registry, do this."""

    sentence = _("You do not act for this enterprise.")
    advice = _("Ask its legal representative or a handler to invite you.")
    status = 403


class MayNotAct(PersonFacingError):
    """The enterprise gave this person fewer rights."""

    sentence = _("Your enterprise has not given you the right to do this.")
    advice = _("Its legal representative gives rights under My enterprise › Who acts for the enterprise.")
    status = 403


class NotTheRepresentative(PersonFacingError):
    """Rights are given, and the account is handed over, by the legal representative or an officer."""

    sentence = _("Only the legal representative, or an officer who keeps the registry, does this.")
    status = 403


def require_right(by: Actor, enterprise_id: int, right: Right) -> None:
    """Refuse who may not prepare, hand in or pay for an enterprise. Errors: NotYourEnterprise, MayNotAct."""
    if enterprise_id not in by.enterprise_ids:
        raise NotYourEnterprise
    if not queries.may_act(by, enterprise_id, right):
        raise MayNotAct


@transaction.atomic
def set_rights(*, representation: Representation, rights: Rights, by: Actor, at: datetime) -> HandlerRights:
    """Say what a handler may do from this moment on. Errors: NotTheRepresentative."""
    enterprise_id = representation.party_id
    if not may(by, rules.MANAGE) and not queries.is_legal_representative(by, enterprise_id):
        raise NotTheRepresentative
    if representation.role == RepresentationRole.LEGAL_REPRESENTATIVE or representation.ended_at is not None:
        raise NotTheRepresentative
    return _write(representation, rights, by=by, at=at)


def check_giving(enterprise_id: int, given: Rights, *, by: Actor) -> None:
    """Nobody gives more than the own rights; officers and the representative give all. Errors: MayNotAct."""
    if may(by, rules.MANAGE):
        return
    sees = not queries.limited_to_own(by).filter(representation__party_id=enterprise_id).exists()
    asked = (("apply", given.apply), ("sign", given.sign), ("pay", given.pay))
    lacking = any(wanted and not queries.may_act(by, enterprise_id, name) for name, wanted in asked)  # type: ignore[arg-type]
    if lacking or (given.sees_all and not sees):
        raise MayNotAct


def check_role(enterprise_id: int, role: RepresentationRole, *, by: Actor, at: datetime) -> None:
    """A further legal representative is named by the present one or an officer. Errors: NotTheRepresentative.

    Where nobody has that login yet, a handler may invite the first.
    """
    if role != RepresentationRole.LEGAL_REPRESENTATIVE or may(by, rules.MANAGE):
        return
    acting = representations_of(enterprise_id, on=timezone.localdate(at)).filter(role=role)
    if acting.exists() and not queries.is_legal_representative(by, enterprise_id):
        raise NotTheRepresentative


def take_invited_rights(
    invitation: Invitation, representation: Representation, *, by: Actor, at: datetime
) -> None:
    """Give who accepted an invitation the rights that it named."""
    rights = Rights(invitation.may_apply, invitation.may_sign, invitation.may_pay, invitation.sees_all)
    if invitation.role != RepresentationRole.LEGAL_REPRESENTATIVE and rights != Rights():
        _write(representation, rights, by=by, at=at)


def end_for_heir(invitation: Invitation, *, person_id: int, by: Actor, at: datetime) -> None:
    """Where an invitation hands the account over: end the old representative's rights, in the same moment.

    Matters run on: they belong to the enterprise, and what the old representative began passes to the heir
    by the event.
    """
    row = HandOver.objects.select_for_update(of=("self",)).filter(invitation=invitation).first()
    if row is None or row.state != HandOver.State.OPEN:
        return
    enterprise = Enterprise.objects.select_for_update(of=("self",)).get(pk=row.enterprise_id)
    end_representatives(enterprise.pk, but=person_id, reason=row.reason, by=by, at=at)
    row.state, row.to_person_id, row.finished_at = HandOver.State.DONE, person_id, at
    row.save(update_fields=("state", "to_person", "finished_at"))
    enterprise.legal_representative = get_person(person_id).party.name
    enterprise.version += 1
    enterprise.save(update_fields=("legal_representative", "version"))
    facts = {"hand_over": row.pk, "from": row.from_person_id, "to": person_id, "way": row.way}
    record(enterprise.party, action="enterprise.handed_over", by=by, at=at, for_=enterprise.pk, facts=facts)
    publish(EnterpriseHandedOver(enterprise.pk, row.from_person_id, person_id))


def end_representatives(enterprise_id: int, *, but: int | None, reason: str, by: Actor, at: datetime) -> None:
    """End that the legal representatives act for an enterprise, from this moment on."""
    today = timezone.localdate(at)
    acting = representations_of(enterprise_id, on=today)
    role = RepresentationRole.LEGAL_REPRESENTATIVE
    for one in acting.filter(role=role).exclude(person_id=but):
        end_representation(representation=one, on=today, by=by, at=at, reason=reason)


def _write(representation: Representation, rights: Rights, *, by: Actor, at: datetime) -> HandlerRights:
    given = {
        "may_apply": rights.apply,
        "may_sign": rights.sign,
        "may_pay": rights.pay,
        "sees_all": rights.sees_all,
    }
    row, _made = HandlerRights.objects.update_or_create(
        representation=representation, defaults={**given, "set_by_id": by.party_id, "set_at": at}
    )
    record(
        representation.party,
        action="handler.rights_set",
        by=by,
        at=at,
        for_=representation.party_id,
        facts={"person": representation.person_id, **asdict(rights)},
    )
    return row
