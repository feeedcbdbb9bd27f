"""Appeals against cards: written by the holder, decided by the supervisor, with reasons."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jingkai.casework.clock.events import CardAppealed, CardDecided
from jingkai.casework.clock.models import Card
from jingkai.casework.clock.operations.ledger import zone_day
from jingkai.casework.clock.rules.cards import CannotAppeal, CannotDecide, may_appeal, may_decide
from jingkai.casework.clock.rules.permissions import SUPERVISE
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.notices.api import notify
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.permissions.api import may
from jingkai.kernel.permissions.data import Actor


@transaction.atomic
def appeal_card(*, card: Card, text: str, by: Actor, at: datetime) -> Card:
    """Appeal a card in writing (申诉), once, within the days that the rule gives."""
    locked = Card.objects.select_for_update().get(pk=card.pk)
    if locked.state != Card.State.STANDING:
        raise CannotAppeal(_("This card was appealed before; an appeal is decided once."))
    if locked.appeal_until and zone_day(at) > locked.appeal_until:
        raise CannotAppeal(_("The days to appeal ended on %(until)s."), until=locked.appeal_until.isoformat())
    if not may_appeal(by, locked, zone_day(at)):
        raise CannotAppeal(_("Only whoever received this card may appeal it."), status=403)
    if not text.strip():
        raise CannotAppeal(_("Write why the card is not deserved."), status=422)
    locked.state, locked.appeal = Card.State.APPEALED, text.strip()
    locked.appealed_by_id, locked.appealed_at = by.party_id, at
    _write(locked, "card.appeal", by=by, at=at)
    events.publish(CardAppealed(card_id=locked.pk))
    _tell(locked, organisation.people_with(SUPERVISE, zone_day(at)), kind="card_appealed", at=at)
    return locked


@transaction.atomic
def decide_card(*, card: Card, withdraw: bool, reason: str, by: Actor, at: datetime) -> Card:
    """Decide an appeal with its reason: the card is withdrawn, or it stands.

    Nobody decides about a card of their own.
    """
    locked = Card.objects.select_for_update().get(pk=card.pk)
    if locked.state != Card.State.APPEALED:
        raise CannotDecide()
    if not may_decide(by, locked):
        own = may(by, SUPERVISE)
        raise CannotDecide(
            _("Nobody decides about a card of their own; ask another supervisor.")
            if own
            else _("Only a supervisor decides about appeals."),
            status=403,
        )
    if not reason.strip():
        raise CannotDecide(_("A decision needs its reason, which is told to whoever appealed."), status=422)
    locked.state = Card.State.WITHDRAWN if withdraw else Card.State.UPHELD
    locked.decision, locked.decided_by_id, locked.decided_at = reason.strip(), by.party_id, at
    _write(locked, "card.decide", by=by, at=at)
    events.publish(CardDecided(card_id=locked.pk))
    people = [pk for pk in {locked.appealed_by_id, locked.holder_id} if pk]
    _tell(locked, people, kind="card_withdrawn" if withdraw else "card_upheld", at=at)
    return locked


def _write(card: Card, action: str, *, by: Actor, at: datetime) -> None:
    card.version += 1
    card.save()
    audit.record(card, action=action, by=by, at=at, facts={"state": card.state, "clock": card.clock_id})


def _tell(card: Card, people: list[int], *, kind: str, at: datetime) -> None:
    notify(
        to=people,
        kind=kind,
        at=at,
        facts={"matter": card.title, "due": card.due_on},
        url=reverse("clock:card", args=[card.uuid]),
        case_ref=card.reference,
        key=f"clock.card.{card.pk}.{kind}",
    )
