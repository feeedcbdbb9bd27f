"""Two at once: money is counted once, an account has one heir."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.hooks.testing import at_once
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.enterprises import operations, queries
from jingkai.modules.enterprises.models import FeeDemand, FeeStatement, HandOver, Payment, Refund
from jingkai.modules.enterprises.operations import PaymentDraft
from jingkai.modules.enterprises.testing import enrol

pytestmark = pytest.mark.django_db(transaction=True)


def refused(results: list[Any]) -> int:
    return sum(isinstance(one, PersonFacingError) for one in results)


def test_the_same_voucher_from_two_windows_counts_once(cast: Cast) -> None:
    operations.seed_fees(by=SYSTEM, at=cast.at)
    firm = enrol(cast)
    demand = operations.issue_demand(
        enterprise=firm, code="infrastructure", quantity=Decimal(100), by=cast.clerk, at=cast.at
    )
    draft = PaymentDraft(Decimal(4000), date(2026, 3, 3), "transfer", "V-1")
    clerks = (cast.clerk, cast.clerk_2)
    results = at_once(
        *(
            lambda by=by: operations.record_payment(  # type: ignore[misc]
                enterprise=firm, draft=draft, demand=demand, by=by, at=cast.at
            )
            for by in clerks
        )
    )
    assert refused(results) == 1
    assert Payment.objects.count() == 1
    assert FeeDemand.objects.get().paid == Decimal(4000)


def test_two_payments_at_once_never_pay_a_demand_twice(cast: Cast) -> None:
    operations.seed_fees(by=SYSTEM, at=cast.at)
    firm = enrol(cast)
    operations.issue_demand(
        enterprise=firm, code="infrastructure", quantity=Decimal(100), by=cast.clerk, at=cast.at
    )
    drafts = [PaymentDraft(Decimal(6000), date(2026, 3, 3), "transfer", f"V-{n}") for n in range(2)]
    at_once(
        *(
            lambda one=one: operations.record_payment(  # type: ignore[misc]
                enterprise=firm, draft=one, by=cast.clerk, at=cast.at
            )
            for one in drafts
        )
    )
    assert FeeDemand.objects.get().paid == Decimal(6000)
    assert queries.balance_of(firm.pk) == {"owed": Decimal(0), "credit": Decimal(6000)}
    over = Payment.objects.get(credit__gt=0)
    results = at_once(
        *(
            lambda: operations.refund(
                payment=over,
                amount=Decimal(6000),
                reason="多缴",
                voucher="R",
                on=date(2026, 3, 4),
                by=cast.clerk,
                at=cast.at,
            )
            for _each in range(2)
        )
    )
    assert refused(results) == 1
    assert Refund.objects.count() == 1


def test_two_statements_at_once_are_one(cast: Cast) -> None:
    operations.seed_fees(by=SYSTEM, at=cast.at)
    firm = enrol(cast)
    operations.issue_demand(
        enterprise=firm, code="infrastructure", quantity=Decimal(1), by=cast.clerk, at=cast.at
    )
    people = (cast.handler, cast.legal_representative)
    at_once(
        *(
            lambda by=by: operations.draw_statement(enterprise=firm, by=by, at=cast.at)  # type: ignore[misc]
            for by in people
        )
    )
    assert FeeStatement.objects.count() == 1


def test_two_hand_overs_at_once_are_one(cast: Cast) -> None:
    firm = enrol(cast)
    phones = ("13900000001", "13900000002")
    results = at_once(
        *(
            lambda phone=phone: operations.start_hand_over(  # type: ignore[misc]
                enterprise=firm,
                name="新法人",
                phone=phone,
                reason="变更",
                by=cast.legal_representative,
                at=cast.at,
            )
            for phone in phones
        )
    )
    assert refused(results) == 1
    assert HandOver.objects.filter(state="open").count() == 1
