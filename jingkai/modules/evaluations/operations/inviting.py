"""Inviting to rate: one link per finished matter, one per visit, each good for one rating until its day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from jingkai.kernel.audit import api as audit
from jingkai.kernel.organisation.api import actor_for_person
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import api as approvals
from jingkai.modules.evaluations import rules
from jingkai.modules.evaluations.data import Channel, Visit
from jingkai.modules.evaluations.models import Evaluation, Invitation
from jingkai.modules.evaluations.operations.telling import tell_link
from jingkai.modules.windows import api as windows


@transaction.atomic
def invite_to_rate_matter(*, application_id: int, by: Actor, at: datetime) -> Invitation | None:
    """Send the applicant's handler a link, once per matter; nothing where it is rated already."""
    matter = approvals.rated_matter(application_id=application_id)
    if matter.level or Evaluation.objects.filter(matter=application_id).exists():
        return None
    invitation, fresh = Invitation.objects.get_or_create(
        matter=application_id,
        defaults={
            "channel": Channel.LINK.value,
            "service": matter.item_name,
            "service_en": matter.item_name_en,
            "unit_id": matter.unit_id,
            "person_id": matter.person_id,
            "to_id": matter.handler_id,
            "made_at": at,
            "expires_at": _expiry(at),
        },
    )
    if fresh:
        _record(invitation, by=by, at=at)
        tell_link(invitation, matter=matter.item_name, at=at)
    return invitation


@transaction.atomic
def invite_to_rate_visit(*, visit: Visit, by: Actor, at: datetime) -> Invitation:
    """Open the rating of one visit to a window; the same ticket always gives the same link."""
    invitation, fresh = Invitation.objects.get_or_create(
        ticket=visit.ticket,
        defaults={
            "channel": Channel.ONSITE.value,
            "service": visit.service,
            "service_en": visit.service_en,
            "unit_id": visit.unit_id,
            "person_id": visit.person_id,
            "to_id": visit.phone_of,
            "made_at": at,
            "expires_at": _expiry(at),
        },
    )
    if fresh:
        _record(invitation, by=by, at=at)
    elif invitation.to_id is None and invitation.used_at is None and visit.phone_of is not None:
        invitation.to_id = visit.phone_of  # the clerk opened the code before the visitor was known
        invitation.save(update_fields=("to",))
    if invitation.used_at is None:
        tell_link(invitation, matter=visit.service, at=at)
    return invitation


@transaction.atomic
def invite_after_visit(*, ticket_id: int, by: Actor, at: datetime) -> Invitation | None:
    """Open the rating of a visit that has ended and send the visitor the link, where they can be reached.

    None where the clerk belongs to no unit any more: nobody could answer for the rating.
    """
    visit = windows.get_visit(ticket_id)
    if visit.clerk_id is None:
        return None
    units = actor_for_person(visit.clerk_id, visit.on).unit_ids
    if not units:
        return None
    rated = Visit(
        ticket=visit.key,
        service=visit.topic or visit.line_name,
        service_en=visit.topic_en or visit.line_name_en,
        unit_id=units[0],
        person_id=visit.clerk_id,
        phone_of=windows.know_visitor(ticket_id=ticket_id, by=by, at=at),
    )
    return invite_to_rate_visit(visit=rated, by=by, at=at)


def _expiry(at: datetime) -> datetime:
    return at + timedelta(days=rules.terms_on(timezone.localdate(at)).link_days)


def _record(invitation: Invitation, *, by: Actor, at: datetime) -> None:
    facts = {"matter": invitation.matter, "ticket": invitation.ticket}
    audit.record(invitation, action="evaluation.invited", by=by, at=at, facts=facts)
