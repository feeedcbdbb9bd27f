"""Delivery of results: downloads, handing over at the window, posting; each a recorded fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import check_version
from jingkai.kernel.permissions.api import MissingRight, may
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import rules
from jingkai.modules.approvals.events import ResultDelivered
from jingkai.modules.approvals.models import Application, Decision, Delivery
from jingkai.modules.approvals.operations.drafts import NotYours
from jingkai.modules.approvals.operations.telling import tell_enterprise
from jingkai.modules.approvals.rules import delivering
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.files import api as files
from jingkai.records.files.data import Upload

OWNER = "delivery"
State = Delivery.State


class ResultEnded(PersonFacingError):
    """A result that was revoked or replaced is not handed out any more."""

    sentence = _("This result is no longer valid, so it is not handed out.")
    advice = _("Where a new document took its place, deliver that one.")


class WrongWay(PersonFacingError):
    """The paper was not asked for, is on its way, or arrived."""

    sentence = _("This can't be done with this delivery now.")
    advice = _("Reload the page to see where the paper is.")


class AddressMissing(PersonFacingError):
    """A letter needs a name, a telephone number and an address."""

    sentence = _("Write the recipient's name, mobile phone and address.")
    status = 422


class IdentityWrong(PersonFacingError):
    """Who collects a result proves who they are."""

    sentence = _("Check the person's document: the number can't be right.")
    advice = _("A result is handed over only to a person whose document was seen.")
    status = 422


class WaybillWrong(PersonFacingError):
    """The number of the waybill can't be one, or stands on another letter."""

    sentence = _("The waybill number %(number)s can't be right, or was used for another letter.")
    advice = _("Copy it from the waybill, letters and digits only.")
    status = 422


class DayWrong(PersonFacingError):
    """Nothing arrives before it was sent, or tomorrow."""

    sentence = _("The day can't be right: not in the future, and not before the one before it.")
    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a letter goes."""

    recipient: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Who collects a paper at the window, and what document of theirs was seen."""

    name: str
    capacity: str
    identity: str
    number: str


@transaction.atomic
def open_delivery(*, document_id: int, at: datetime) -> Delivery | None:
    """Begin the delivery of a result that was issued; None for papers that are not delivered. Repeatable."""
    document = IssuedDocument.objects.get(pk=document_id)
    if document.kind not in delivering.DELIVERED_KINDS or document.owner_kind != "application":
        return None
    issued = document.issued_at or at
    found, _made = Delivery.objects.get_or_create(
        document=document,
        defaults={
            "application_id": document.owner_id,
            "opened_at": issued,
            "due_on": delivering.deliver_by(decided_on=timezone.localdate(issued)),
        },
    )
    return found


@transaction.atomic
def record_download(*, document: IssuedDocument, by: Actor, at: datetime) -> None:
    """Note the applicant's first download of a result: delivery has a date (行政许可法 44)."""
    opened = open_delivery(document_id=document.pk, at=at)
    if opened is None:
        return
    found = _lock(opened)
    if found.downloaded_at is not None:
        return
    found.downloaded_at, found.downloaded_by_id = at, by.party_id
    if found.state == State.OPEN:
        found.state = State.DONE
    Decision.objects.filter(document=document, collected_at=None).update(collected_at=at)
    _record(found, "decision.collected", by=by, at=at)
    _deliver(found, at=at)


@transaction.atomic
def ask_for_paper(
    *, delivery: Delivery, way: str, address: Address | None = None, by: Actor, at: datetime
) -> Delivery:
    """Ask for a result on paper: to be collected at the window, or sent by post.

    May be changed until the paper is under way. Errors: NotYours, ResultEnded, WrongWay, AddressMissing.
    """
    found = _lock(delivery)
    if not rules.may_read_application(by, found.application):
        raise NotYours
    _refuse_ended(found)
    if way not in (Delivery.Way.WINDOW, Delivery.Way.POST) or found.state == State.SENT:
        raise WrongWay
    if found.state == State.DONE and found.way:
        raise WrongWay
    if way == Delivery.Way.POST:
        if address is None or not all((address.recipient, address.phone, address.address)):
            raise AddressMissing
        found.recipient, found.phone, found.address = address.recipient, address.phone, address.address
    found.state, found.way = State.ASKED, way
    found.asked_at, found.asked_by_id = at, by.party_id
    _record(found, "result.paper_asked", by=by, at=at, way=way)
    return _save(found)


@transaction.atomic
def hand_over_result(
    *,
    delivery: Delivery,
    collector: Collector,
    receipt: Upload | None,
    version: int,
    by: Actor,
    at: datetime,
) -> Delivery:
    """Hand the paper over at the window to a person whose document was seen, who signed the receipt.

    Errors: MissingRight, ResultEnded, WrongWay, IdentityWrong, ReceiptMissing.
    """
    found = _at_window(delivery, version=version, by=by)
    if found.state == State.SENT or (found.state == State.DONE and found.way):
        raise WrongWay
    number = delivering.plain_number(collector.number)
    if not collector.name.strip() or collector.capacity not in delivering.CAPACITIES:
        raise IdentityWrong
    if collector.identity not in delivering.IDENTITIES or not delivering.identity_fits(
        collector.identity, number
    ):
        raise IdentityWrong
    if receipt is None:
        raise ReceiptMissing
    found.way, found.state = Delivery.Way.WINDOW, State.DONE
    found.receiver, found.capacity = collector.name.strip()[:80], collector.capacity
    found.identity, found.identity_tail = collector.identity, number[-4:]
    found.identity_mark = audit.mark(number)
    found.received_on = timezone.localdate(at)
    files.attach(upload=receipt, owner=(OWNER, found.pk), slot="receipt", by=by, at=at)
    _record(
        found,
        "result.handed_over",
        by=by,
        at=at,
        receiver=audit.mark(found.receiver),
        capacity=found.capacity,
        identity=[found.identity, found.identity_mark],
    )
    return _done(found, by=by, at=at)


class ReceiptMissing(PersonFacingError):
    """Who collects a paper signs for it."""

    sentence = _("Add the receipt of delivery with the person's signature.")
    advice = _("Print it on this page, let it be signed, and add a scan or a photograph.")
    status = 422


@transaction.atomic
def record_posting(
    *, delivery: Delivery, carrier: str, waybill: str, on: date, version: int, by: Actor, at: datetime
) -> Delivery:
    """Record that the paper was given to a carrier, and under which number; the applicant is told.

    Errors: MissingRight, ResultEnded, WrongWay, WaybillWrong, DayWrong.
    """
    found = _at_window(delivery, version=version, by=by)
    number = delivering.plain_number(waybill)
    if found.way != Delivery.Way.POST or found.state not in (State.ASKED, State.RETURNED):
        raise WrongWay
    if carrier not in delivering.CARRIERS or not delivering.waybill_fits(number):
        raise WaybillWrong(number=number[:40])
    _check_day(on, not_before=timezone.localdate(found.opened_at), at=at)
    found.state, found.carrier, found.waybill, found.sent_on = State.SENT, carrier, number, on
    found.return_reason, found.sent_at = "", at
    found.recorded_by_id, found.recorded_at = by.party_id, at
    try:
        with transaction.atomic():
            _save(found)
    except IntegrityError as twice:
        raise WaybillWrong(number=number) from twice
    _record(found, "result.posted", by=by, at=at, carrier=carrier, waybill=number, on=on.isoformat())
    _tell(found, "result_posted", at=at, carrier=str(delivering.CARRIERS[carrier]), waybill=number)
    return found


@transaction.atomic
def record_arrival(
    *, delivery: Delivery, receiver: str, on: date, version: int, by: Actor, at: datetime
) -> Delivery:
    """Record that the letter arrived, when, and who signed for it.

    Errors: MissingRight, WrongWay, DayWrong.
    """
    found = _at_window(delivery, version=version, by=by, ended_too=True)
    if found.state != State.SENT or found.sent_on is None or not receiver.strip():
        raise WrongWay
    _check_day(on, not_before=found.sent_on, at=at)
    found.state, found.receiver, found.received_on = State.DONE, receiver.strip()[:80], on
    _record(found, "result.arrived", by=by, at=at, receiver=audit.mark(found.receiver), on=on.isoformat())
    return _done(found, by=by, at=at)


@transaction.atomic
def record_return(*, delivery: Delivery, reason: str, version: int, by: Actor, at: datetime) -> Delivery:
    """Record that the letter came back; the applicant is asked how the paper shall reach them.

    Errors: MissingRight, WrongWay.
    """
    found = _at_window(delivery, version=version, by=by, ended_too=True)
    if found.state != State.SENT or not reason.strip():
        raise WrongWay
    found.state, found.return_reason = State.RETURNED, reason.strip()[:300]
    found.recorded_by_id, found.recorded_at = by.party_id, at
    _record(found, "result.came_back", by=by, at=at, waybill=found.waybill, reason=found.return_reason)
    _tell(found, "result_came_back", at=at, reason=found.return_reason)
    return _save(found)


def _at_window(delivery: Delivery, *, version: int, by: Actor, ended_too: bool = False) -> Delivery:
    if not may(by, rules.DELIVER):
        raise MissingRight(right=rules.DELIVER)
    found = _lock(delivery)
    check_version(row_version=found.version, form_version=version)
    if not ended_too:
        _refuse_ended(found)
    return found


def _lock(delivery: Delivery) -> Delivery:
    rows = Delivery.objects.select_for_update(of=("self",))
    along = ("document", "application__case", "application__package", "application__enterprise")
    return rows.select_related(*along).get(pk=delivery.pk)


def _refuse_ended(delivery: Delivery) -> None:
    if delivery.document.state != IssuedDocument.State.VALID:
        raise ResultEnded


def _check_day(day: date, *, not_before: date, at: datetime) -> None:
    if not not_before <= day <= timezone.localdate(at):
        raise DayWrong


def _done(found: Delivery, *, by: Actor, at: datetime) -> Delivery:
    found.recorded_by_id, found.recorded_at = by.party_id, at
    _deliver(found, at=at)
    _tell(found, "result_delivered", at=at, receiver=found.receiver)
    return found


def _deliver(found: Delivery, *, at: datetime) -> None:
    """Keep the first moment at which the result reached the applicant, and tell other modules once."""
    first = found.delivered_at is None
    found.delivered_at = found.delivered_at or at
    _save(found)
    if first:
        events.publish(ResultDelivered(application_id=found.application_id, delivery_id=found.pk))


def _save(found: Delivery) -> Delivery:
    found.version += 1
    found.save()
    return found


def _record(found: Delivery, action: str, *, by: Actor, at: datetime, **facts: Any) -> None:
    application: Application = found.application
    assert application.case is not None
    told = {"document": found.document.number_text, "delivery": found.pk, **facts}
    audit.record(application.case, action=action, by=by, at=at, for_=application.enterprise_id, facts=told)


def _tell(found: Delivery, kind: str, *, at: datetime, **facts: str) -> None:
    document = found.document
    tell_enterprise(
        found.application, kind=kind, at=at, result=document.title, number=document.number_text, **facts
    )
