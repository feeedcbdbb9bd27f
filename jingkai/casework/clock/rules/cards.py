"""Who may see, appeal and decide on a card, and until when."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from jingkai.casework.clock.models import Card
from jingkai.casework.clock.rules.permissions import SEE_CARDS, SUPERVISE
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import may
from jingkai.kernel.permissions.data import Actor


class CannotAppeal(PersonFacingError):
    """The card cannot be appealed like that."""

    sentence = _("This card can no longer be appealed.")


class CannotDecide(PersonFacingError):
    """The appeal cannot be decided like that."""

    sentence = _("There is no open appeal against this card.")


def sees_all(actor: Actor) -> bool:
    """True for whoever supervises or may see every card."""
    return may(actor, SUPERVISE) or may(actor, SEE_CARDS)


def may_appeal(actor: Actor, card: Card, today: date) -> bool:
    """True for the holder, or for the unit's people where nobody held the matter, within the days given."""
    mine = card.holder_id == actor.party_id if card.holder_id else card.unit_id in actor.unit_ids
    in_time = card.appeal_until is None or today <= card.appeal_until
    return bool(actor.party_id) and mine and in_time and card.state == Card.State.STANDING


def may_decide(actor: Actor, card: Card) -> bool:
    """True for a supervisor who is not the card's own holder and did not write the appeal."""
    own = actor.party_id in (card.holder_id, card.appealed_by_id)
    return may(actor, SUPERVISE) and not own and card.state == Card.State.APPEALED
