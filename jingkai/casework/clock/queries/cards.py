"""Yellow and red cards: one's own, or all for those who supervise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime

from jingkai.casework.clock.models import Card
from jingkai.casework.clock.rules.cards import sees_all
from jingkai.kernel.permissions.data import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class CardFilter:
    """Which cards are looked at; an empty field means all."""

    colour: str = ""
    state: str = ""
    unit: UUID | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class CardCursor:
    """The last card of a page: the next begins after it. Both columns are compared."""

    issued_at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.issued_at.isoformat()}~{self.pk}"

    @classmethod
    def parse(cls, text: str) -> CardCursor | None:
        """Read a cursor back; a damaged one is the beginning."""
        moment, _tilde, number = text.partition("~")
        try:
            at = parse_datetime(moment)
        except ValueError:
            return None
        if at is None or at.tzinfo is None or not (number.isascii() and number.isdigit()):
            return None
        return cls(at, min(int(number), 2**63 - 1))


def list_cards(
    *, actor: Actor, wanted: CardFilter, after: CardCursor | None = None, limit: int = PAGE
) -> tuple[list[Card], CardCursor | None]:
    """Give a page of cards, newest first, and where the next one begins."""
    cards = visible_cards(actor).filter(_conditions(wanted)).select_related("holder", "unit", "clock")
    if after is not None:
        cards = cards.filter(Q(issued_at__lt=after.issued_at) | Q(issued_at=after.issued_at, pk__lt=after.pk))
    rows = list(cards.order_by("-issued_at", "-pk")[: limit + 1])
    page = rows[:limit]
    more = CardCursor(page[-1].issued_at, page[-1].pk) if len(rows) > limit else None
    return page, more


def get_card(*, uuid: UUID, actor: Actor) -> Card | None:
    """Give a card that the actor may see, or None."""
    cards = visible_cards(actor).select_related("holder", "unit", "clock", "appealed_by", "decided_by")
    return cards.filter(uuid=uuid).first()


def visible_cards(actor: Actor) -> QuerySet[Card]:
    """Give the cards that somebody may see: all with the right, else one's own and those of one's units."""
    if sees_all(actor):
        return Card.objects.all()
    return Card.objects.filter(Q(holder=actor.party_id or 0) | Q(unit__in=actor.unit_ids))


def _conditions(wanted: CardFilter) -> Q:
    terms = Q()
    if wanted.colour:
        terms &= Q(colour=wanted.colour)
    if wanted.state:
        terms &= Q(state=wanted.state)
    if wanted.unit:
        terms &= Q(unit__uuid=wanted.unit)
    if wanted.since:
        terms &= Q(issued_at__date__gte=wanted.since)
    if wanted.until:
        terms &= Q(issued_at__date__lte=wanted.until)
    return terms
