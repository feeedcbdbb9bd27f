"""Fees: only what the list allows, computed by its standard; payments are shared out and nothing is lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.enterprises import operations, queries
from jingkai.modules.enterprises.models import Enterprise, FeeDemand, FeeItem, Payment, PaymentShare
from jingkai.modules.enterprises.operations import PaymentDraft
from jingkai.modules.enterprises.operations.fees import DemandOver, MayNotCharge, NothingOpen
from jingkai.modules.enterprises.operations.payments import PaidTwice, PaymentOver, RefundTooHigh
from jingkai.modules.enterprises.rules import fees
from jingkai.modules.enterprises.testing import enrol
from jingkai.modules.enterprises.web.fees.lines import FeeItemForm
from jingkai.records.files import api as files
from jingkai.records.files.testing import PDF

money = st.decimals(min_value=0, max_value=10**9, places=2)
STEPS = {
    "steps": [{"up_to": "1000000", "rate": "0.001"}, {"up_to": "10000000", "rate": "0.0007"}, {"rate": "0"}]
}


@pytest.fixture
def firm(cast: Cast, db: None) -> Enterprise:
    operations.seed_fees(by=SYSTEM, at=cast.at)
    return enrol(cast)


def demand(cast: Cast, firm: Enterprise, quantity: str = "100", code: str = "infrastructure") -> FeeDemand:
    return operations.issue_demand(
        enterprise=firm, code=code, quantity=Decimal(quantity), by=cast.clerk, at=cast.at
    )


def pay(cast: Cast, firm: Enterprise, amount: str, voucher: str = "V1", **more: Any) -> Payment:
    draft = PaymentDraft(Decimal(amount), date(2026, 3, 3), "transfer", voucher)
    return operations.record_payment(enterprise=firm, draft=draft, by=cast.clerk, at=cast.at, **more)


@pytest.mark.parametrize(
    ("kind", "standard", "quantity", "amount"),
    [
        ("fixed", {"amount": "550"}, "3", "550.00"),
        ("per_unit", {"rate": "1.40"}, "12.345", "17.28"),
        ("per_unit", {"rate": "0.005"}, "1", "0.01"),
        ("per_unit", {"rate": "180", "minimum": "500"}, "1", "500.00"),
        ("per_unit", {"rate": "180", "maximum": "500"}, "9", "500.00"),
        ("steps", STEPS, "1000000", "1000.00"),
        ("steps", STEPS, "3000000", "2400.00"),
        ("steps", STEPS, "99000000", "7300.00"),
        ("per_unit", {"rate": "180", "minimum": "500"}, "0", "0.00"),
    ],
)
def test_standards_are_computed_to_the_cent(kind: str, standard: Any, quantity: str, amount: str) -> None:
    assert fees.compute(fees.read_standard(kind, standard), Decimal(quantity)) == Decimal(amount)


@pytest.mark.parametrize(
    ("kind", "standard"),
    [
        ("fixed", {}),
        ("fixed", {"amount": "-1"}),
        ("fixed", {"amount": "NaN"}),
        ("per_unit", {"rate": "2", "minimum": "9", "maximum": "3"}),
        ("steps", {"steps": []}),
        ("steps", {"steps": [{"up_to": "10", "rate": "1"}]}),
        ("steps", {"steps": [{"up_to": "10", "rate": "1"}, {"up_to": "5", "rate": "1"}, {"rate": "1"}]}),
        ("steps", {"steps": [{"rate": "1"}, {"rate": "2"}]}),
        ("by_weight", {"rate": "1"}),
    ],
)
def test_a_standard_that_makes_no_sense_is_refused(kind: str, standard: Any) -> None:
    with pytest.raises(fees.StandardWrong):
        fees.read_standard(kind, standard)


@given(st.lists(money, max_size=8), money)
def test_sharing_out_loses_and_makes_nothing(owed: list[Decimal], amount: Decimal) -> None:
    shares, rest = fees.share_out(amount, list(enumerate(owed)))
    assert sum((part for _key, part in shares), Decimal(0)) + rest == amount
    assert all(0 < part <= owed[key] for key, part in shares)
    assert rest == 0 or sum(owed, Decimal(0)) <= amount


@given(money, money)
def test_steps_never_fall_and_leave_no_gap(one: Decimal, other: Decimal) -> None:
    standard = fees.read_standard("steps", STEPS)
    low, high = sorted((one, other))
    assert fees.compute(standard, low) <= fees.compute(standard, high)
    assert fees.compute(standard, high) <= high * Decimal("0.001") + Decimal("0.01")


@pytest.mark.parametrize("code", ["tea-money", "infrastructure"])
def test_outside_the_list_nothing_is_charged(cast: Cast, firm: Enterprise, code: str) -> None:
    FeeItem.objects.filter(code="infrastructure").update(valid_to=date(2021, 1, 1))
    with pytest.raises(fees.OutsideFeeList) as refused:
        demand(cast, firm, code=code)
    assert str(refused.value)
    assert refused.value.status == 422
    assert not FeeDemand.objects.exists()


def test_a_forged_code_is_refused_on_the_page_in_words(cast: Cast, firm: Enterprise) -> None:
    client = Client()
    user = log_in(client, cast.clerk)
    address = reverse("enterprises:new_demand")
    typed = {"uscc": firm.uscc, "item": "tea-money", "quantity": "1"}
    answer = client.post(address, with_token(typed, user=user))
    assert answer.status_code == 422
    assert "清单之外一律不收费" in answer.content.decode()
    assert not FeeDemand.objects.exists()


def test_a_demand_says_how_it_came_about(cast: Cast, firm: Enterprise) -> None:
    row = demand(cast, firm, "100.50")
    assert row.amount == Decimal("6030.00")
    assert "6,030.00" in queries.fee_sentence(row)
    FeeItem.objects.filter(code="infrastructure").update(standard={"rate": "99"})
    assert "60" in queries.fee_sentence(FeeDemand.objects.get())


def test_only_the_right_people_charge_and_confirm(cast: Cast, firm: Enterprise) -> None:
    for who in (cast.handler, cast.custodian, cast.leader):
        with pytest.raises(MayNotCharge):
            operations.issue_demand(
                enterprise=firm, code="infrastructure", quantity=Decimal(1), by=who, at=cast.at
            )
    row = demand(cast, firm)
    with pytest.raises(MayNotCharge):
        operations.record_payment(
            enterprise=firm,
            draft=PaymentDraft(row.amount, date(2026, 3, 3), "cash", "V"),
            by=cast.officer_fire,
            at=cast.at,
        )


def test_one_statement_settles_everything_that_is_open(cast: Cast, firm: Enterprise) -> None:
    first, second = demand(cast, firm), demand(cast, firm, "2", "real-estate-registration")
    statement = operations.draw_statement(enterprise=firm, by=cast.handler, at=cast.at)
    assert statement.total == Decimal("7100.00")
    assert operations.draw_statement(enterprise=firm, by=cast.handler, at=cast.at) == statement
    payment = operations.report_payment(
        statement=statement,
        draft=PaymentDraft(Decimal("7100"), date(2026, 3, 3), "transfer", "T-1"),
        upload=files.receive_bytes(PDF, name="回单.pdf"),
        by=cast.handler,
        at=cast.at,
    )
    first.refresh_from_db()
    assert first.paid == 0
    operations.confirm_payment(payment=payment, by=cast.clerk, at=cast.at)
    assert set(FeeDemand.objects.values_list("state", flat=True)) == {"settled"}
    assert queries.balance_of(firm.pk) == {"owed": Decimal(0), "credit": Decimal(0)}
    with pytest.raises(PaymentOver):
        operations.confirm_payment(payment=payment, by=cast.clerk, at=cast.at)
    with pytest.raises(NothingOpen):
        operations.draw_statement(enterprise=firm, by=cast.handler, at=cast.at)
    assert second.number != first.number


def test_part_over_and_double_payment(cast: Cast, firm: Enterprise) -> None:
    row = demand(cast, firm)
    pay(cast, firm, "1000", "V1", demand=row)
    row.refresh_from_db()
    assert (row.paid, row.state) == (Decimal("1000.00"), "open")
    with pytest.raises(PaidTwice):
        pay(cast, firm, "5000", "V1", demand=row)
    over = pay(cast, firm, "6000", "V2", demand=row)
    row.refresh_from_db()
    assert (row.paid, row.state, over.credit) == (row.amount, "settled", Decimal("1000"))
    with pytest.raises(RefundTooHigh):
        give_back(cast, over, "1000.01")
    give_back(cast, over, "400")
    give_back(cast, over, "600")
    with pytest.raises(RefundTooHigh):
        give_back(cast, over, "0.01")


def give_back(cast: Cast, payment: Payment, amount: str) -> None:
    operations.refund(
        payment=payment,
        amount=Decimal(amount),
        reason="多缴",
        voucher="R",
        on=date(2026, 3, 5),
        by=cast.clerk,
        at=cast.at,
    )


def test_a_demand_called_off_frees_what_was_paid(cast: Cast, firm: Enterprise) -> None:
    row = demand(cast, firm)
    payment = pay(cast, firm, "6000", demand=row)
    operations.cancel_demand(demand=row, reason="依法免征", by=cast.clerk, at=cast.at)
    payment.refresh_from_db()
    row.refresh_from_db()
    assert (payment.credit, row.paid, row.state) == (Decimal("6000.00"), Decimal(0), "cancelled")
    assert PaymentShare.objects.get().freed_at is not None
    with pytest.raises(DemandOver):
        operations.cancel_demand(demand=row, reason="再次", by=cast.clerk, at=cast.at)


def test_a_payment_not_found_frees_its_voucher(cast: Cast, firm: Enterprise) -> None:
    demand(cast, firm)
    statement = operations.draw_statement(enterprise=firm, by=cast.handler, at=cast.at)
    for _try in range(2):
        payment = operations.report_payment(
            statement=statement,
            draft=PaymentDraft(Decimal("6000"), date(2026, 3, 3), "transfer", "T-1"),
            upload=files.receive_bytes(PDF, name="回单.pdf"),
            by=cast.handler,
            at=cast.at,
        )
        operations.refuse_payment(payment=payment, reason="未到账", by=cast.clerk, at=cast.at)
    assert Payment.objects.filter(state="refused").count() == 2
    assert queries.balance_of(firm.pk)["owed"] == Decimal("6000.00")


def test_without_the_right_to_pay_nothing_is_settled(cast: Cast, firm: Enterprise) -> None:
    demand(cast, firm)
    limit(cast, pay=False)
    with pytest.raises(MayNotCharge):
        operations.draw_statement(enterprise=firm, by=cast.handler, at=cast.at)
    operations.draw_statement(enterprise=firm, by=cast.legal_representative, at=cast.at)


def limit(cast: Cast, **rights: bool) -> None:
    from jingkai.kernel.parties.models import Representation

    operations.set_rights(
        representation=Representation.objects.get(person_id=cast.handler.party_id),
        rights=queries.Rights(**rights),
        by=cast.legal_representative,
        at=cast.at,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "typed", "standard"),
    [
        ("fixed", {"amount": "550", "rate": "3"}, {"amount": "550"}),
        ("per_unit", {"rate": "1.40", "minimum": "500"}, {"rate": "1.4", "minimum": "500"}),
        (
            "steps",
            {"steps": "1,000,000 0.1%\n\n0.0005"},
            {"steps": [{"up_to": "1000000", "rate": "0.001"}, {"rate": "0.0005"}]},
        ),
    ],
)
def test_the_keeper_writes_a_standard_as_people_do(kind: str, typed: Any, standard: Any) -> None:
    facts = {
        "code": "x",
        "name": "某费",
        "name_en": "Some fee",
        "nature": "fund",
        "organ": "某局",
        "basis": "某法",
    }
    form = FeeItemForm({**facts, "kind": kind, "valid_from": "2026-01-01", **typed})
    assert form.is_valid(), form.errors
    assert form.line().standard == standard


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("fixed", {}, "amount"),
        ("per_unit", {"rate": "x"}, "rate"),
        ("steps", {"steps": "1 2 3"}, "steps"),
        ("steps", {"steps": "ten"}, "steps"),
    ],
)
@pytest.mark.django_db
def test_a_standard_without_its_numbers_is_told_at_its_field(kind: str, typed: Any, field: str) -> None:
    form = FeeItemForm({"kind": kind, **typed})
    assert field in form.errors
