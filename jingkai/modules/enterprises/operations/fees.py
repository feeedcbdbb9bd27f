"""Fees: keeping the list, issuing and calling off demands, drawing one statement for all that is open."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.models import Case
from jingkai.kernel.audit.api import mark, record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices import api as notices
from jingkai.kernel.parties.api import check_version, representations_of
from jingkai.kernel.permissions.api import may
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises import queries, rules
from jingkai.modules.enterprises.models import Enterprise, FeeDemand, FeeItem, FeeStatement
from jingkai.modules.enterprises.rules import fees
from jingkai.records.numbering import api as numbering

DEMANDS, STATEMENTS = "fees.demand", "fees.statement"
"""Series of numbers."""
TIME_TO_PAY = timedelta(days=15)


class MayNotCharge(PersonFacingError):
    """Only who holds the right issues, calls off or confirms."""

    sentence = _("You do not hold the right to do this with fees.")
    status = 403


class DemandOver(PersonFacingError):
    """A demand that was called off or paid takes nothing more."""

    sentence = _("The demand %(number)s is not open any more.")


class NothingOpen(PersonFacingError):
    """A statement needs something to settle."""

    sentence = _("Nothing is open: there is no fee to settle.")


@transaction.atomic
def save_fee_item(*, item: FeeItem, version: int | None, by: Actor, at: datetime) -> FeeItem:
    """Write a line of the fee list, checked to be computable; `version` None makes a new one.

    Errors: MayNotCharge, StandardWrong, ChangedMeanwhile.
    """
    if not may(by, rules.MANAGE_FEES):
        raise MayNotCharge
    fees.read_standard(item.kind, item.standard)
    if version is not None:
        kept = FeeItem.objects.select_for_update().get(pk=item.pk)
        check_version(row_version=kept.version, form_version=version)
        item.version = version + 1
    item.save()
    facts = {"code": item.code, "kind": item.kind, "standard": item.standard, "basis": mark(item.basis)}
    record(("fee_item", item.pk), action="fee.item_saved", by=by, at=at, facts=facts)
    return item


@transaction.atomic
def issue_demand(
    *,
    enterprise: Enterprise,
    code: str,
    quantity: Decimal,
    case: Case | None = None,
    handler_id: int | None = None,
    due_on: date | None = None,
    by: Actor,
    at: datetime,
) -> FeeDemand:
    """Demand a fee that the list in force names, computed by its standard. It never stops a clock.

    Waiting for a payment is none of the reasons of 行政许可法 45, so the matter's limits run on.
    Errors: MayNotCharge, OutsideFeeList, NothingToCharge.
    """
    if not may(by, rules.CHARGE):
        raise MayNotCharge
    today = timezone.localdate(at)
    item = queries.find_fee(code, on=today)
    amount = fees.compute(fees.read_standard(item.kind, item.standard), quantity)
    if amount <= 0:
        raise fees.NothingToCharge
    demand = FeeDemand.objects.create(
        number=numbering.next_number(series=DEMANDS, at=at, by=by).text,
        enterprise=enterprise,
        item=item,
        case=case,
        handler_id=handler_id,
        quantity=quantity,
        amount=amount,
        computation=_computation(item),
        due_on=due_on or today + TIME_TO_PAY,
        issued_by_id=rules.person_of(by),
        issued_at=at,
    )
    facts = {"fee": item.code, "quantity": str(quantity), "amount": str(amount), "demand": demand.pk}
    _record(demand, "fee.demanded", by=by, at=at, facts=facts)
    _tell(demand, "fee_demanded", at=at)
    return demand


@transaction.atomic
def cancel_demand(*, demand: FeeDemand, reason: str, by: Actor, at: datetime) -> None:
    """Call a demand off with a reason; what was paid for it becomes credit of the payment.

    Errors: MayNotCharge, DemandOver.
    """
    if not may(by, rules.CHARGE):
        raise MayNotCharge
    Enterprise.objects.select_for_update(of=("self",)).get(pk=demand.enterprise_id)
    row = FeeDemand.objects.select_for_update(of=("self",)).get(pk=demand.pk)
    if row.state == FeeDemand.State.CANCELLED or not reason.strip():
        raise DemandOver(number=row.number)
    for share in row.shares.filter(freed_at=None).select_related("payment"):
        share.payment.credit += share.amount
        share.payment.save(update_fields=("credit",))
        share.freed_at = at
        share.save(update_fields=("freed_at",))
    row.state, row.paid, row.end_reason, row.ended_at = (
        FeeDemand.State.CANCELLED,
        Decimal(0),
        reason.strip()[:300],
        at,
    )
    row.save(update_fields=("state", "paid", "end_reason", "ended_at"))
    _record(row, "fee.called_off", by=by, at=at, facts={"demand": row.pk, "reason": mark(reason)})


@transaction.atomic
def draw_statement(*, enterprise: Enterprise, by: Actor, at: datetime) -> FeeStatement:
    """Draw one statement over all open demands (一卡通结算); the same again while nothing changed.

    Errors: MayNotCharge, MayNotAct, NothingOpen.
    """
    if not may(by, rules.SETTLE) and not queries.may_act(by, enterprise.pk, "pay"):
        raise MayNotCharge
    Enterprise.objects.select_for_update(of=("self",)).get(pk=enterprise.pk)
    rows = list(queries.open_demands(enterprise.pk))
    if not rows:
        raise NothingOpen
    total = sum((row.amount - row.paid for row in rows), Decimal(0))
    last = FeeStatement.objects.filter(enterprise=enterprise).order_by("-pk").first()
    if last is not None and last.total == total and set(last.demands.all()) == set(rows):
        return last
    statement = FeeStatement.objects.create(
        number=numbering.next_number(series=STATEMENTS, at=at, by=by).text,
        enterprise=enterprise,
        total=total,
        drawn_by_id=by.party_id or enterprise.pk,
        drawn_at=at,
    )
    statement.demands.set(rows)
    facts = {"statement": statement.pk, "total": str(total), "demands": [row.pk for row in rows]}
    record(enterprise.party, action="fee.statement_drawn", by=by, at=at, for_=enterprise.pk, facts=facts)
    return statement


def _computation(item: FeeItem) -> dict[str, Any]:
    """How it is computed and on which basis, as the list has it today, in both languages."""
    said: dict[str, Any] = {"kind": item.kind, "numbers": item.standard, "basis": item.basis}
    for language, name in (("zh-hans", "standard"), ("en", "standard_en")):
        with translation.override(language):
            said[name] = queries.standard_words(item)
    return said


def _record(demand: FeeDemand, action: str, *, by: Actor, at: datetime, facts: dict[str, Any]) -> None:
    stream = demand.case if demand.case is not None else ("fee_demand", demand.pk)
    record(stream, action=action, by=by, at=at, for_=demand.enterprise_id, facts=facts)


def _tell(demand: FeeDemand, kind: str, *, at: datetime) -> None:
    acting = representations_of(demand.enterprise_id, on=timezone.localdate(at))
    people = list(dict.fromkeys(acting.values_list("person_id", flat=True)))
    notices.notify(
        to=people,
        kind=kind,
        at=at,
        facts={
            "number": demand.number,
            "fee": demand.item.name,
            "amount": f"{demand.amount:,.2f}",
            "day": demand.due_on.isoformat(),
        },
        url=reverse("enterprises:own_fees"),
        case_ref=demand.case.reference if demand.case else "",
    )
