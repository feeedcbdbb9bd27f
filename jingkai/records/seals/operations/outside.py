"""Seals whose key the state seal service keeps: ordered by the custodian, sealed there, entered here.

Nothing waits inside a transaction: the order and its exchange are rows, the journal sends it, tries again
while the service is slow or down, and a person takes over by the copy sheet where there is no way to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.exchange import api as exchange
from jingkai.kernel.exchange.data import ExchangeKind, OutsideSystem, PayloadField, Refused, Reply
from jingkai.kernel.exchange.models import Exchange
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import SYSTEM, Actor, MissingRight, may
from jingkai.records.files import api as files
from jingkai.records.seals.connectors.service import Sealed, service
from jingkai.records.seals.data import STANDING, Authorisation, SealPlace
from jingkai.records.seals.events import SealArrived
from jingkai.records.seals.models import OutsideSealing, Seal, SealUse, StandingAuthorisation
from jingkai.records.seals.operations.apply import (
    check_authorisation,
    check_standing,
    lock_usable,
    number_of,
    refuse_stranger,
    standing_decision,
    write_ledger,
)
from jingkai.records.seals.operations.custody import SealChanged
from jingkai.records.seals.operations.verify import verify
from jingkai.records.seals.queries import UnreadablePdf, page_contents
from jingkai.records.seals.rules import APPLY, find_authorisation

APPLY_KIND = "seals.apply"
FIELDS = (
    PayloadField("sealCode", _("Seal in the state service")),
    PayloadField("docNumber", _("Number of the paper")),
    PayloadField("title", _("Title")),
    PayloadField("reason", _("Purpose")),
    PayloadField("operator", _("Custodian"), "name"),
    PayloadField("approvedBy", _("Authorised by"), "name"),
    PayloadField("sm3", _("Digest (SM3)")),
    PayloadField("page", _("Page")),
    PayloadField("x", _("Across (mm)")),
    PayloadField("y", _("Down (mm)")),
)


class OrderedAlready(PersonFacingError):
    """The paper is on its way to the state seal service."""

    sentence = _("This paper is already on its way to the state seal service.")
    advice = _("It becomes valid by itself when it is back; the journal of exchanges shows where it is.")


class NotOurPaper(PersonFacingError):
    """What came back is not the paper that was sent, or its seal does not hold."""

    status = 422
    sentence = _("This file is not the paper that was ordered, sealed: %(reason)s.")
    advice = _("Take the file that the state seal service gave for this very paper.")


class NotWaiting(PersonFacingError):
    """The paper is back already."""

    sentence = _("This paper is already back and entered in the ledger.")


def declare_exchange() -> None:
    """Say what is exchanged with the state seal service."""
    exchange.systems.register(OutsideSystem("seals", "统一电子印章系统", "State seal service"))
    exchange.kinds.register(
        ExchangeKind(
            APPLY_KIND,
            "seals",
            "out",
            "申请签章",
            "Have a paper sealed",
            FIELDS,
            send_for_seal,
            lambda: service().is_connected,
        )
    )


def is_outside(seal_code: str) -> bool:
    """Whether the key of a seal is kept by the state seal service."""
    return Seal.objects.filter(code=seal_code, keeper=Seal.Keeper.STATE).exists()


@transaction.atomic
def order_seal(
    *,
    pdf: bytes,
    seal_code: str,
    place: SealPlace,
    authorisation: tuple[str, int],
    purpose: str,
    title: str,
    number: str,
    subject: tuple[str, int],
    by: Actor,
    at: datetime,
    paper_kind: str = "",
) -> OutsideSealing:
    """Order the state seal on a paper; refused as an own seal would be (custody, decision of another, once).

    Under a standing authorisation its users order it for each paper of its kinds, once.
    Errors: those of apply_seal, OrderedAlready.
    """
    seal = lock_usable(seal_code, at)
    known = OutsideSealing.objects.filter(authorisation_kind=authorisation[0])
    if authorisation[0] == STANDING:
        decision = check_standing(seal, authorisation[1], paper_kind, by, at)
        known = known.filter(subject_kind=subject[0], subject_id=subject[1])
    else:
        refuse_stranger(seal, by, at)
        decision = check_authorisation(seal, authorisation, by)
        known = known.filter(authorisation_id=decision.id)
    if known.exists():
        raise OrderedAlready
    paper = files.keep_bytes(content=pdf, name=f"{number}.pdf", at=at, kinds=("pdf",))
    order = OutsideSealing.objects.create(
        seal=seal,
        purpose=purpose[:200],
        subject_kind=subject[0],
        subject_id=subject[1],
        authorisation_kind=decision.kind,
        authorisation_id=decision.id,
        page=place.page,
        x=place.x,
        y=place.y,
        paper=paper,
        ordered_by_id=by.party_id,
        ordered_at=at,
    )
    payload = {
        "sealCode": seal.outside_code,
        "sealName": seal.ring_text,
        "docNumber": number,
        "title": title,
        "reason": purpose[:200],
        "operator": by.name,
        "approvedBy": decision.title,
        "sm3": paper.sm3,
        "page": place.page,
        "x": round(place.x, 2),
        "y": round(place.y, 2),
    }
    outgoing = exchange.Outgoing(
        kind=APPLY_KIND, key=str(order.uuid), subject=f"{number} {title}", payload=payload
    )
    exchange.send_out(outgoing=outgoing, at=at)
    facts = {"order": order.pk, "number": number, "authorisation": [decision.kind, decision.id]}
    audit.record(seal, action="seal.ordered", by=by, at=at, facts=facts)
    return order


def send_for_seal(payload: Mapping[str, Any], key: str) -> Reply:
    """Carry one order out: have it sealed, check what came back, enter it. Errors: Refused, Unanswered."""
    order = OutsideSealing.objects.select_related("paper").get(uuid=key)
    if order.state == OutsideSealing.State.DONE:
        return Reply(number=order.outside_number)
    found = service().seal(files.read_stored(order.paper), told=payload, key=key)
    try:
        accept_sealed(order=order, found=found)
    except NotOurPaper as wrong:
        raise Refused(str(wrong.sentence)) from wrong
    return Reply(number=found.number)


@transaction.atomic
def accept_sealed(*, order: OutsideSealing, found: Sealed, by: Actor | None = None) -> OutsideSealing:
    """Enter a paper that came back: it must be ours with one good seal more. Errors: NotOurPaper, NotWaiting.

    The use is the custodian's who ordered it, at the moment that the seal itself states.
    """
    rows = OutsideSealing.objects.select_for_update(of=("self",)).select_related(
        "seal", "paper", "ordered_by"
    )
    row = rows.get(pk=order.pk)
    if row.state == OutsideSealing.State.DONE:
        raise NotWaiting
    before = files.read_stored(row.paper)
    _check(before, found.content)
    decision = _authorisation_of(row)
    if decision is None:
        raise NotOurPaper(reason=_("its authorisation is gone"))
    orderer = row.ordered_by
    custodian = Actor(orderer.pk, None, orderer.name, "staff") if orderer else SYSTEM
    subject = (row.subject_kind, row.subject_id)
    seal = Seal.objects.select_for_update().get(pk=row.seal_id)
    use: SealUse = write_ledger(
        seal, decision, row.purpose, subject, by=custodian, at=found.at, before=before, after=found.content
    )
    row.sealed = files.keep_bytes(content=found.content, name="sealed.pdf", at=found.at, kinds=("pdf",))
    row.use, row.state, row.done_at = use, OutsideSealing.State.DONE, found.at
    row.outside_number = found.number
    row.save(update_fields=("sealed", "use", "state", "done_at", "outside_number"))
    facts = {
        "use": use.pk,
        "number": number_of(seal, use),
        "outside": found.number,
        "authorisation": [decision.kind, decision.id],
        "authorised_by": decision.approved_by,
        "content_sha256": use.content_sha256,
        "sealed_sha256": use.sealed_sha256,
    }
    audit.record(seal, action="seal.applied", by=by or custodian, at=found.at, facts=facts)
    events.publish(SealArrived(sealing_id=row.pk, subject_kind=subject[0], subject_id=subject[1]))
    return row


def _authorisation_of(row: OutsideSealing) -> Authorisation | None:
    """The decision under which a paper was ordered; a standing one that has ended since still carries it."""
    if row.authorisation_kind == STANDING:
        found = StandingAuthorisation.objects.filter(pk=row.authorisation_id).first()
        return standing_decision(found) if found else None
    return find_authorisation(row.authorisation_kind, row.authorisation_id)


@transaction.atomic
def accept_by_hand(
    *, order: OutsideSealing, content: bytes, number: str, by: Actor, at: datetime
) -> OutsideSealing:
    """Enter a paper that a person had sealed in the state service itself; its exchange is settled with it.

    Errors: NotOurPaper, NotWaiting, NumberMissing.
    """
    if not may(by, APPLY):
        raise MissingRight(right=APPLY)
    row = accept_sealed(order=order, found=Sealed(content, number.strip()[:120], at), by=by)
    waiting = Exchange.objects.filter(kind=APPLY_KIND, key=str(order.uuid)).first()
    if waiting is not None and waiting.settled_at is None:
        exchange.finish_by_hand(exchange=waiting, number=number, version=waiting.version, by=by, at=at)
    return row


@transaction.atomic
def change_keeper(
    *, seal_id: int, keeper: str, outside_code: str, basis: str, seen_version: int, by: Actor, at: datetime
) -> Seal:
    """Say where the key of a seal is kept: here, or by the state seal service under its code.

    Errors: SealChanged.
    """
    seal = Seal.objects.select_for_update().get(pk=seal_id)
    code = outside_code.strip()[:40]
    outside = keeper == Seal.Keeper.STATE
    waits = OutsideSealing.objects.filter(seal=seal, state=OutsideSealing.State.WAITING).exists()
    if seal.version != seen_version or not basis.strip() or keeper not in Seal.Keeper.values:
        raise SealChanged(seal=seal.name)
    if outside != bool(code) or waits:
        raise SealChanged(seal=seal.name)
    seal.keeper, seal.outside_code = keeper, code
    seal.version += 1
    seal.save(update_fields=("keeper", "outside_code", "version"))
    facts = {"keeper": keeper, "outside_code": code, "basis": basis.strip()[:200]}
    audit.record(seal, action="seal.keeper_changed", by=by, at=at, facts=facts)
    return seal


def _check(before: bytes, after: bytes) -> None:
    """Refuse what is not our paper with a seal that holds.

    The same bytes first; then what every page shows, which an addition could have changed before it was
    sealed; then a good signature.
    """
    if len(after) <= len(before) or not after.startswith(before):
        raise NotOurPaper(reason=_("its content is another"))
    try:
        if page_contents(before) != page_contents(after):
            raise NotOurPaper(reason=_("its content is another"))
        reports = verify(after)
    except UnreadablePdf as broken:
        raise NotOurPaper(reason=_("it can't be read")) from broken
    if not reports or not reports[-1].good:
        raise NotOurPaper(reason=_("its seal does not hold, or nobody trusts its issuer"))
