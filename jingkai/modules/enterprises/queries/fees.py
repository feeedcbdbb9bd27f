"""Reads of fees: the list in force, demands, payments, what is open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jingkai.kernel.hooks.api import Prepared, PreparedValues, Slots, local
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises.models import Enterprise, FeeDemand, FeeItem, Payment
from jingkai.modules.enterprises.queries.rights import visible
from jingkai.modules.enterprises.rules.fees import OutsideFeeList, Standard, read_standard

ALONG = ("item", "enterprise__party", "case", "issued_by")


def in_force(on: date) -> Q:
    """Which lines of the fee list are in force on a day."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def fee_items(*, text: str = "", nature: str = "", on: date | None = None) -> QuerySet[FeeItem]:
    """The fee list, narrowed; with a day only what is in force then."""
    rows = FeeItem.objects.all() if on is None else FeeItem.objects.filter(in_force(on))
    if nature:
        rows = rows.filter(nature=nature)
    if text:
        words = Q()
        for field in ("name", "name_en", "organ", "organ_en", "basis", "code"):
            words |= Q(**{f"{field}__icontains": text})
        rows = rows.filter(words)
    return rows


def find_fee(code: str, *, on: date) -> FeeItem:
    """The line of the fee list under which something may be charged that day. Errors: OutsideFeeList."""
    found = FeeItem.objects.filter(in_force(on), code=code).first()
    if found is None:
        known = FeeItem.objects.filter(code=code).first()
        raise OutsideFeeList(name=local(known, "name") if known else code, day=on.isoformat())
    return found


def standard_words(item: FeeItem) -> str:
    """A standard as people read it."""
    standard, unit = read_standard(item.kind, item.standard), local(item, "unit")
    match standard.kind:
        case "fixed":
            return _("%(amount)s yuan") % {"amount": _plain(standard.amount)}
        case "per_unit":
            return _per_unit_words(standard, unit)
    return ("; " if _is_english() else "；").join(_step_words(standard))


def _per_unit_words(standard: Standard, unit: str) -> str:
    words = [_("%(rate)s yuan per %(unit)s") % {"rate": _plain(standard.rate), "unit": unit}]
    if standard.minimum is not None:
        words.append(_("at least %(amount)s yuan") % {"amount": _plain(standard.minimum)})
    if standard.maximum is not None:
        words.append(_("at most %(amount)s yuan") % {"amount": _plain(standard.maximum)})
    return (", " if _is_english() else "，").join(words)


def _step_words(standard: Standard) -> Iterable[str]:
    below = Decimal(0)
    for step in standard.steps:
        facts = {"from": _plain(below), "to": _plain(step.up_to or below), "rate": _percent(step.rate)}
        if step.up_to is None:
            yield _("above %(from)s yuan: %(rate)s") % facts
        else:
            yield _("%(from)s to %(to)s yuan: %(rate)s") % facts
            below = step.up_to


def fee_sentence(demand: FeeDemand) -> str:
    """How the amount of a demand came about."""
    said = demand.computation
    words = said.get("standard_en") if _is_english() else said.get("standard")
    facts = {"standard": words, "quantity": _plain(demand.quantity), "amount": f"{demand.amount:,.2f}"}
    return _("%(standard)s; quantity %(quantity)s; comes to %(amount)s yuan.") % facts


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


def _plain(number: Decimal) -> str:
    return f"{number.normalize():,f}"


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}%"


def demands() -> QuerySet[FeeDemand]:
    """All demands with what a list shows of them."""
    return FeeDemand.objects.select_related(*ALONG)


def demands_of(actor: Actor) -> QuerySet[FeeDemand]:
    """The demands to a person's enterprises, as far as the person may see them."""
    return demands().filter(visible(actor))


def get_demand(uuid: UUID, rows: QuerySet[FeeDemand]) -> FeeDemand | None:
    """One demand out of those that may be seen."""
    return rows.filter(uuid=uuid).first()


def demands_of_case(case_id: int) -> list[FeeDemand]:
    """The demands on one matter."""
    return _OF_CASE.fetch(case=case_id)


_OF_CASE = Prepared(lambda slots: demands().filter(case_id=slots.number("case")).order_by("pk"))


def is_charged() -> Exists:
    """Tell of a case's row whether a fee was ever demanded on it, to be read along with the case."""
    return Exists(FeeDemand.objects.filter(case=OuterRef("pk")))


def open_demands(enterprise_id: int) -> QuerySet[FeeDemand]:
    """What an enterprise has not paid yet, the oldest first."""
    return FeeDemand.objects.filter(enterprise_id=enterprise_id, state=FeeDemand.State.OPEN).order_by(
        "due_on", "pk"
    )


def balance_of(enterprise_id: int) -> dict[str, Decimal]:
    """What is owed and what lies as credit of an enterprise."""
    told = _BALANCE.first(enterprise=enterprise_id) or {}
    return {name: told.get(name) or Decimal(0) for name in ("owed", "credit")}


def _balance(slots: Slots) -> QuerySet[Any, Any]:
    owed = FeeDemand.objects.filter(enterprise_id=OuterRef("pk"), state=FeeDemand.State.OPEN)
    paid = Payment.objects.filter(enterprise_id=OuterRef("pk"), state=Payment.State.CONFIRMED)
    found = Enterprise.objects.filter(pk=slots.number("enterprise"))
    return found.values(owed=_sum(owed, F("amount") - F("paid")), credit=_sum(paid, F("credit")))


_BALANCE = PreparedValues(_balance)


def _sum(rows: QuerySet[Any], what: Any) -> Subquery:
    """The sum of something over rows, inside another query."""
    grouped = rows.order_by().values("enterprise_id").annotate(sum=Sum(what))
    return Subquery(grouped.values("sum"))


def narrowed_demands(rows: QuerySet[FeeDemand], *, text: str = "", state: str = "") -> QuerySet[FeeDemand]:
    """The demands that a filter leaves."""
    if state:
        rows = rows.filter(state=state)
    if text:
        words = Q()
        for field in (
            "number",
            "enterprise__party__name",
            "enterprise__uscc",
            "item__name",
            "item__name_en",
            "case__reference",
        ):
            words |= Q(**{f"{field}__icontains": text})
        rows = rows.filter(words)
    return rows


def payments() -> QuerySet[Payment, Any]:
    """All payments with what a list shows of them."""
    return Payment.objects.select_related(
        "enterprise__party", "statement", "demand", "recorded_by", "confirmed_by", "slip__stored_file"
    )


def narrowed_payments(*, text: str = "", state: str = "") -> QuerySet[Payment, Any]:
    """The payments that a filter leaves; `credit` are those of which something is left over."""
    rows = payments()
    if state == "credit":
        rows = rows.filter(credit__gt=0)
    elif state:
        rows = rows.filter(state=state)
    if text:
        words = Q(voucher__icontains=text) | Q(statement__number__icontains=text)
        words |= Q(enterprise__party__name__icontains=text) | Q(enterprise__uscc__icontains=text)
        rows = rows.filter(words)
    return rows


def payment_sums(*, text: str = "", state: str = "") -> dict[str, Decimal]:
    """What the payments of a list come to, and how much of it lies as credit."""
    found = narrowed_payments(text=text, state=state).order_by()
    sums = found.exclude(state=Payment.State.REFUSED).aggregate(amount=Sum("amount"), credit=Sum("credit"))
    return {name: value or Decimal(0) for name, value in sums.items()}
