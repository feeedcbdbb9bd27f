"""What each handler may do and see for an enterprise; decided in SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.db.models import Func, Q, QuerySet

from jingkai.kernel.hooks.api import Prepared
from jingkai.kernel.parties.data import RepresentationRole
from jingkai.kernel.parties.models import Representation
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises.models import HandlerRights, HandOver

Right = Literal["apply", "sign", "pay"]


@dataclass(frozen=True, slots=True)
class Rights:
    """What a handler may do for an enterprise; everything, unless it was limited."""

    apply: bool = True
    sign: bool = True
    pay: bool = True
    sees_all: bool = True


def limited_to_own(actor: Actor) -> QuerySet[HandlerRights, int]:
    """The enterprises of which a person sees own matters only, as a subquery; the representative sees all."""
    return _own_only(actor.party_id)


def _own_only(person_id: int | None) -> QuerySet[HandlerRights, int]:
    return _limited(person_id).filter(sees_all=False).values_list("representation__party_id", flat=True)


def visible(actor: Actor, *, enterprise: str = "enterprise_id", handler: str = "handler_id") -> Q:
    """Which rows of a table a person of an enterprise sees: those of the enterprise, or own ones only."""
    return visible_to(actor.enterprise_ids, actor.party_id, enterprise=enterprise, handler=handler)


def visible_to(
    enterprise_ids: Iterable[int] | Func,
    person_id: int | None,
    *,
    enterprise: str = "enterprise_id",
    handler: str = "handler_id",
) -> Q:
    """The same for these enterprises (or a place for them) and a person, for queries that are built once."""
    own = Q(**{f"{enterprise}__in": enterprise_ids})
    whole = ~Q(**{f"{enterprise}__in": _own_only(person_id)})
    return own & (whole | Q(**{handler: person_id}))


def may_see_of(actor: Actor, *, enterprise_id: int, handler_id: int | None) -> bool:
    """Whether a person sees one thing of an enterprise that this handler began."""
    if enterprise_id not in actor.enterprise_ids:
        return False
    if handler_id == actor.party_id:
        return True
    return not limited_to_own(actor).filter(representation__party_id=enterprise_id).exists()


def may_act(actor: Actor, enterprise_id: int, right: Right) -> bool:
    """Whether a person may prepare, hand in or pay for an enterprise."""
    if enterprise_id not in actor.enterprise_ids:
        return False
    limits = _LIMITS.fetch(person=actor.party_id, enterprise=enterprise_id)
    return all(getattr(one, f"may_{right}") for one in limits)


def rights_by_representation(rows: Iterable[Representation]) -> dict[int, Rights]:
    """What each of these may do, by the number of the representation."""
    numbers = [row.pk for row in rows]
    found = HandlerRights.objects.filter(representation_id__in=numbers)
    given = {
        one.representation_id: Rights(one.may_apply, one.may_sign, one.may_pay, one.sees_all) for one in found
    }
    return {number: given.get(number, Rights()) for number in numbers}


def is_legal_representative(actor: Actor, enterprise_id: int) -> bool:
    """Whether a person is the enterprise's legal representative today."""
    return (
        enterprise_id in actor.enterprise_ids
        and _representing(actor.party_id).filter(party=enterprise_id).exists()
    )


def open_hand_over(enterprise_id: int) -> HandOver | None:
    """The hand-over of an account that waits for the new representative."""
    rows = HandOver.objects.select_related("invitation", "from_person__party")
    return rows.filter(enterprise_id=enterprise_id, state=HandOver.State.OPEN).first()


def _limited(person_id: int | None) -> QuerySet[HandlerRights]:
    acting = HandlerRights.objects.filter(
        representation__person_id=person_id, representation__ended_at__isnull=True
    )
    return acting.exclude(representation__party_id__in=_representing(person_id).values("party_id"))


def _representing(person_id: int | None) -> QuerySet[Representation]:
    return Representation.objects.filter(
        person_id=person_id, role=RepresentationRole.LEGAL_REPRESENTATIVE, ended_at__isnull=True
    )


_LIMITS = Prepared(
    lambda slots: _limited(slots.number("person")).filter(representation__party_id=slots.number("enterprise"))
)
