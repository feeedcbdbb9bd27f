"""Payments as recorded facts: reported or entered, confirmed or not found, shared out, refunded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import mark, record
from jingkai.kernel.events.api import publish
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import may
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises import queries, rules
from jingkai.modules.enterprises.events import FeeSettled
from jingkai.modules.enterprises.models import (
    Enterprise,
    FeeDemand,
    FeeStatement,
    Payment,
    PaymentShare,
    Refund,
)
from jingkai.modules.enterprises.operations.acting import require_right
from jingkai.modules.enterprises.operations.fees import MayNotCharge
from jingkai.modules.enterprises.rules import fees
from jingkai.records.files import api as files
from jingkai.records.files.data import Upload


class PaidTwice(PersonFacingError):
    """The same voucher counts once: the second time is the same payment."""

    sentence = _("The voucher %(voucher)s was recorded already, on %(day)s with %(amount)s yuan.")
    advice = _(
        "Look at that payment. If you really paid twice, each payment has a voucher number of its own."
    )


class PaymentOver(PersonFacingError):
    """A payment is confirmed or refused once."""

    sentence = _("This payment was confirmed or refused already.")


class RefundTooHigh(PersonFacingError):
    """No more is given back than lies as credit."""

    sentence = _("Only %(credit)s yuan of this payment lie as credit and can be given back.")
    status = 422


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """What is written down of a payment."""

    amount: Decimal
    paid_on: date
    channel: str
    voucher: str


@transaction.atomic
def report_payment(
    *, statement: FeeStatement, draft: PaymentDraft, upload: Upload, by: Actor, at: datetime
) -> Payment:
    """Let an enterprise report what it paid, with the slip; it counts once an officer has seen the money.

    Errors: MayNotAct, PaidTwice.
    """
    require_right(by, statement.enterprise_id, "pay")
    payment = _create(statement.enterprise_id, draft, statement=statement, demand=None, by=by, at=at)
    _attach(payment, upload, by=by, at=at)
    _record(payment, "fee.payment_reported", by=by, at=at)
    return payment


@transaction.atomic
def record_payment(
    *,
    enterprise: Enterprise,
    draft: PaymentDraft,
    statement: FeeStatement | None = None,
    demand: FeeDemand | None = None,
    upload: Upload | None = None,
    by: Actor,
    at: datetime,
) -> Payment:
    """Let an officer enter a payment whose money was seen; it is shared out at once.

    A demand named goes first, then the statement's, then whatever is open; the rest lies as credit.
    Errors: MayNotCharge, PaidTwice.
    """
    if not may(by, rules.SETTLE):
        raise MayNotCharge
    payment = _create(enterprise.pk, draft, statement=statement, demand=demand, by=by, at=at)
    if upload is not None:
        _attach(payment, upload, by=by, at=at)
    _confirm(payment, by=by, at=at)
    return payment


@transaction.atomic
def confirm_payment(*, payment: Payment, by: Actor, at: datetime) -> Payment:
    """Confirm that the money of a reported payment was seen. Errors: MayNotCharge, PaymentOver."""
    row = _open(payment, by=by)
    _confirm(row, by=by, at=at)
    return row


@transaction.atomic
def refuse_payment(*, payment: Payment, reason: str, by: Actor, at: datetime) -> None:
    """Say that the money was not found; the voucher number is free again. Errors: as `confirm_payment`."""
    row = _open(payment, by=by)
    row.state, row.state_reason = Payment.State.REFUSED, reason.strip()[:300]
    row.confirmed_by_id, row.confirmed_at = by.party_id, at
    row.save(update_fields=("state", "state_reason", "confirmed_by", "confirmed_at"))
    _record(row, "fee.payment_refused", by=by, at=at, reason=mark(reason))


@transaction.atomic
def refund(
    *, payment: Payment, amount: Decimal, reason: str, voucher: str, on: date, by: Actor, at: datetime
) -> Refund:
    """Record that money was given back out of a payment's credit. Errors: MayNotCharge, RefundTooHigh."""
    if not may(by, rules.SETTLE):
        raise MayNotCharge
    row = _locked(payment)
    if amount <= 0 or amount > row.credit:
        raise RefundTooHigh(credit=f"{row.credit:,.2f}")
    row.credit -= amount
    row.save(update_fields=("credit",))
    made = Refund.objects.create(
        payment=row,
        amount=amount,
        reason=reason.strip()[:300],
        refunded_on=on,
        voucher=voucher.strip()[:80],
        recorded_by_id=rules.person_of(by),
        recorded_at=at,
    )
    _record(row, "fee.refunded", by=by, at=at, refund=made.pk, given_back=str(amount))
    return made


def _create(
    enterprise_id: int,
    draft: PaymentDraft,
    *,
    statement: FeeStatement | None,
    demand: FeeDemand | None,
    by: Actor,
    at: datetime,
) -> Payment:
    _lock(enterprise_id)
    voucher = draft.voucher.strip()[:80]
    same = Payment.objects.filter(channel=draft.channel, voucher=voucher)
    known = same.exclude(state=Payment.State.REFUSED).first()
    if known is not None:
        raise PaidTwice(voucher=voucher, day=known.paid_on.isoformat(), amount=f"{known.amount:,.2f}")
    return Payment.objects.create(
        enterprise_id=enterprise_id,
        statement=statement,
        demand=demand,
        amount=draft.amount,
        paid_on=draft.paid_on,
        channel=draft.channel,
        voucher=voucher,
        recorded_by_id=rules.person_of(by),
        recorded_at=at,
    )


def _confirm(payment: Payment, *, by: Actor, at: datetime) -> None:
    """Share the payment out over what is open, the oldest first; what is left lies as credit."""
    owed = {row.pk: row for row in queries.open_demands(payment.enterprise_id)}
    order = sorted(owed.values(), key=lambda row: (_rank(payment, row), row.due_on, row.pk))
    shares, rest = fees.share_out(payment.amount, [(row.pk, row.amount - row.paid) for row in order])
    PaymentShare.objects.bulk_create(
        PaymentShare(payment=payment, demand_id=number, amount=part) for number, part in shares
    )
    for number, part in shares:
        _take(owed[number], part, at=at)
    payment.state, payment.credit = Payment.State.CONFIRMED, rest
    payment.confirmed_by_id, payment.confirmed_at = by.party_id, at
    payment.save(update_fields=("state", "credit", "confirmed_by", "confirmed_at"))
    parts = {str(number): str(part) for number, part in shares}
    _record(payment, "fee.payment_confirmed", by=by, at=at, shares=parts, credit=str(rest))


def _rank(payment: Payment, demand: FeeDemand) -> int:
    if payment.demand_id == demand.pk:
        return 0
    named = payment.statement is not None and payment.statement.demands.filter(pk=demand.pk).exists()
    return 1 if named else 2


def _take(demand: FeeDemand, part: Decimal, *, at: datetime) -> None:
    demand.paid += part
    if demand.paid == demand.amount:
        demand.state, demand.ended_at = FeeDemand.State.SETTLED, at
        publish(FeeSettled(demand_id=demand.pk))
    demand.save(update_fields=("paid", "state", "ended_at"))


def _open(payment: Payment, *, by: Actor) -> Payment:
    if not may(by, rules.SETTLE):
        raise MayNotCharge
    row = _locked(payment)
    if row.state != Payment.State.REPORTED:
        raise PaymentOver
    return row


def _locked(payment: Payment) -> Payment:
    _lock(payment.enterprise_id)
    return Payment.objects.select_for_update(of=("self",)).select_related("statement").get(pk=payment.pk)


def _lock(enterprise_id: int) -> None:
    """One writer at a time over an enterprise's money."""
    Enterprise.objects.select_for_update(of=("self",)).get(pk=enterprise_id)


def _attach(payment: Payment, upload: Upload, *, by: Actor, at: datetime) -> None:
    payment.slip = files.attach(
        upload=upload, owner=(rules.SLIP_OWNER, payment.pk), by=by, at=at, for_=payment.enterprise_id
    )
    payment.save(update_fields=("slip",))


def _record(payment: Payment, action: str, *, by: Actor, at: datetime, **more: object) -> None:
    facts = {
        "payment": payment.pk,
        "amount": str(payment.amount),
        "channel": payment.channel,
        "voucher": mark(payment.voucher),
        **more,
    }
    record(("payment", payment.pk), action=action, by=by, at=at, for_=payment.enterprise_id, facts=facts)
