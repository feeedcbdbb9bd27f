"""What the pages of fees show, in the design system's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jingkai.kernel.hooks.api import local
from jingkai.modules.enterprises import queries
from jingkai.modules.enterprises.models import FeeDemand, FeeItem, Payment
from jingkai.ui.data import Cell, Column, Fact, Light, Lines, Link, Row, Table


def money(amount: Decimal) -> str:
    """An amount in yuan, with its cents."""
    return f"{amount:,.2f}"


def demand_light(demand: FeeDemand, *, on: date) -> Light:
    """Where a demand stands, in words."""
    if demand.state == FeeDemand.State.SETTLED:
        return Light("ok", pgettext("fee", "Paid"))
    if demand.state == FeeDemand.State.CANCELLED:
        return Light("none", _("Called off"))
    if demand.due_on < on:
        return Light("late", _("Not paid in time"))
    return Light("warn", _("Paid in part")) if demand.paid else Light("warn", _("To be paid"))


def payment_light(payment: Payment) -> Light:
    """Where a payment stands, in words."""
    if payment.state == Payment.State.CONFIRMED:
        over = _("Confirmed, %(credit)s yuan too much") % {"credit": money(payment.credit)}
        return Light("warn", over) if payment.credit else Light("ok", _("Confirmed"))
    if payment.state == Payment.State.REFUSED:
        return Light("late", _("Not found"))
    return Light("warn", _("Reported, not confirmed"))


def demand_table(
    rows: Sequence[FeeDemand], *, on: date, heads: dict[str, Column], holders: bool, url_name: str
) -> Table:
    """A list of demands; with the enterprise where it spans several."""
    columns = [Column(_("State"), "light"), Column(_("Fee"), "title")]
    columns += [
        Column(_("Enterprise and matter") if holders else _("Matter")),
        heads["amount"],
        Column(_("Paid so far"), "number"),
    ]
    columns += [heads["due_on"], heads["issued_at"]]
    return Table(
        caption=_("Fee demands"),
        columns=columns,
        rows=[Row(_demand_cells(row, on, holders, url_name)) for row in rows],
    )


def _demand_cells(row: FeeDemand, on: date, holders: bool, url_name: str) -> list[Cell]:
    matter = row.case.reference if row.case else "—"
    holder = Lines((local(row.enterprise.party, "name"),), (matter,)) if holders else Lines((matter,))
    return [
        demand_light(row, on=on),
        Link(local(row.item, "name"), reverse(url_name, args=[row.uuid]), sub=row.number),
        holder,
        money(row.amount),
        money(row.paid),
        row.due_on,
        row.issued_at,
    ]


def demand_facts(demand: FeeDemand, *, on: date) -> list[Fact]:
    """Everything about one demand, with how it was computed and on which basis."""
    facts = [
        Fact(_("State"), demand_light(demand, on=on)),
        Fact(_("Enterprise"), local(demand.enterprise.party, "name")),
        Fact(_("Number"), demand.number),
        Fact(_("Amount (yuan)"), money(demand.amount)),
        Fact(_("Paid so far"), money(demand.paid)),
        Fact(_("To be paid by"), demand.due_on),
        Fact(_("Matter"), demand.case.reference if demand.case else "—"),
        Fact(_("Charging organ"), local(demand.item, "organ")),
        Fact(_("Issued"), demand.issued_at),
        Fact(_("How it was computed"), queries.fee_sentence(demand), wide=True),
        Fact(_("Legal basis"), str(demand.computation.get("basis", "")), wide=True),
    ]
    if demand.end_reason:
        facts.append(Fact(_("Reason"), demand.end_reason, wide=True))
    return facts


def payment_table(rows: Sequence[Payment], *, heads: dict[str, Column]) -> Table:
    """The list of payments, for the reconciliation with the bank."""
    return Table(
        caption=_("Payments"),
        columns=[
            Column(_("State"), "light"),
            Column(_("Enterprise"), "title"),
            Column(_("Channel")),
            Column(_("Voucher number")),
            heads["amount"],
            Column(_("Credit"), "number"),
            heads["paid_on"],
            heads["recorded_at"],
        ],
        rows=[
            Row(
                [
                    payment_light(row),
                    Link(
                        local(row.enterprise.party, "name"), reverse("enterprises:payment", args=[row.uuid])
                    ),
                    row.get_channel_display(),
                    row.voucher,
                    money(row.amount),
                    money(row.credit),
                    row.paid_on,
                    row.recorded_at,
                ]
            )
            for row in rows
        ],
    )


def payment_facts(payment: Payment) -> list[Fact]:
    """The slip of a payment in words."""
    confirmed = payment.confirmed_by.name if payment.confirmed_by else "—"
    facts = [
        Fact(_("State"), payment_light(payment)),
        Fact(_("Enterprise"), local(payment.enterprise.party, "name")),
        Fact(_("Amount (yuan)"), money(payment.amount)),
        Fact(_("Credit"), money(payment.credit)),
        Fact(_("Paid on"), payment.paid_on),
        Fact(_("Channel"), payment.get_channel_display()),
        Fact(_("Voucher number"), payment.voucher),
        Fact(_("Fee statement"), payment.statement.number if payment.statement else "—"),
        Fact(_("Recorded by"), payment.recorded_by.name),
        Fact(_("Recorded"), payment.recorded_at),
        Fact(_("Confirmed by"), confirmed),
    ]
    if payment.state_reason:
        facts.append(Fact(_("Reason"), payment.state_reason, wide=True))
    return facts


def demand_head() -> list[tuple[str, int]]:
    """The columns of the spreadsheet of demands."""
    return [
        (_("Number"), 16),
        (_("State"), 12),
        (_("Enterprise"), 30),
        (_("Unified social credit code"), 22),
        (_("Fee"), 32),
        (_("Matter"), 18),
        (_("Quantity"), 14),
        (_("Amount (yuan)"), 14),
        (_("Paid so far"), 14),
        (_("To be paid by"), 12),
        (_("Issued"), 17),
    ]


def demand_lines(rows: Iterable[FeeDemand], *, on: date) -> Iterator[list[Any]]:
    """The lines of the spreadsheet of demands."""
    for row in rows:
        yield [
            row.number,
            demand_light(row, on=on).text,
            local(row.enterprise.party, "name"),
            row.enterprise.uscc,
            local(row.item, "name"),
            row.case.reference if row.case else "",
            row.quantity,
            row.amount,
            row.paid,
            row.due_on,
            row.issued_at,
        ]


def payment_head() -> list[tuple[str, int]]:
    """The columns of the reconciliation list."""
    return [
        (_("State"), 22),
        (_("Enterprise"), 30),
        (_("Unified social credit code"), 22),
        (_("Channel"), 16),
        (_("Voucher number"), 24),
        (_("Paid on"), 12),
        (_("Amount (yuan)"), 14),
        (_("Shared out"), 14),
        (_("Credit"), 14),
        (_("Fee statement"), 16),
        (_("Recorded by"), 14),
        (_("Recorded"), 17),
        (_("Confirmed by"), 14),
    ]


def payment_lines(rows: Iterable[Payment]) -> Iterator[list[Any]]:
    """The lines of the reconciliation list."""
    for row in rows:
        shared = sum((one.amount for one in row.shares.all() if one.freed_at is None), Decimal(0))
        yield [
            payment_light(row).text,
            local(row.enterprise.party, "name"),
            row.enterprise.uscc,
            row.get_channel_display(),
            row.voucher,
            row.paid_on,
            row.amount,
            shared,
            row.credit,
            row.statement.number if row.statement else "",
            row.recorded_by.name,
            row.recorded_at,
            row.confirmed_by.name if row.confirmed_by else "",
        ]


def fee_lines(rows: Iterable[FeeItem]) -> list[dict[str, Any]]:
    """The public fee list: each line with its standard in words."""
    return [{"item": row, "standard": queries.standard_words(row)} for row in rows]
