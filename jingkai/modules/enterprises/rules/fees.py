"""What a fee comes to by its standard, and how a payment is shared out. Pure arithmetic in decimal yuan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.data import PersonFacingError

CENT = Decimal("0.01")
MOST = Decimal("9999999999.99")
Key = TypeVar("Key")


class OutsideFeeList(PersonFacingError):
    """Outside the list nothing may be charged (mission: 收费目录清单之外一律不得收费)."""

    sentence = _("“%(name)s” is not in the fee list in force on %(day)s, so nothing may be charged for it.")
    advice = _(
        "Only what the published fee list names may be charged. If the list is wrong, its keeper corrects it."
    )
    status = 422


class StandardWrong(PersonFacingError):
    """The numbers of a standard make no sense."""

    sentence = _("This standard cannot be computed: %(why)s")
    status = 422


class NothingToCharge(PersonFacingError):
    """The standard gives zero for this quantity."""

    sentence = _("By its standard the fee comes to nothing for this quantity.")
    advice = _("Check the quantity. A fee of zero needs no demand.")
    status = 422


@dataclass(frozen=True, slots=True)
class Step:
    """The rate of one stretch of the amount; `up_to` None is without end."""

    up_to: Decimal | None
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Standard:
    """The standard of a fee, read and checked."""

    kind: str
    amount: Decimal = Decimal(0)
    rate: Decimal = Decimal(0)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    steps: tuple[Step, ...] = ()


def read_standard(kind: str, value: Mapping[str, Any]) -> Standard:
    """Read the numbers of a standard. Errors: StandardWrong."""
    match kind:
        case "fixed":
            return Standard(kind, amount=_positive(value.get("amount")))
        case "per_unit":
            least, most = _number(value.get("minimum")), _number(value.get("maximum"))
            if least is not None and most is not None and most < least:
                raise StandardWrong(why=_("the most is less than the least."))
            return Standard(kind, rate=_positive(value.get("rate")), minimum=least, maximum=most)
        case "steps":
            return Standard(kind, steps=_steps(value.get("steps") or ()))
    raise StandardWrong(why=_("its kind is unknown."))


def compute(standard: Standard, quantity: Decimal) -> Decimal:
    """What a fee comes to, rounded half up to the cent.

    `fixed` is the sum whatever the quantity; `per_unit` multiplies and stays between least and most; `steps`
    charges each stretch of the amount at its own rate (差额定率累进).
    """
    match standard.kind:
        case "fixed":
            raw = standard.amount
        case "per_unit":
            raw = standard.rate * quantity
            if quantity > 0 and standard.minimum is not None:
                raw = max(raw, standard.minimum)
            if standard.maximum is not None:
                raw = min(raw, standard.maximum)
        case _:
            raw = sum((width * step.rate for width, step in _stretches(standard.steps, quantity)), Decimal(0))
    return raw.quantize(CENT, ROUND_HALF_UP)


def share_out(
    amount: Decimal, owed: Iterable[tuple[Key, Decimal]]
) -> tuple[list[tuple[Key, Decimal]], Decimal]:
    """Share a payment out over what is owed, in that order; give the shares and what is left over.

    Nothing is lost and nothing is made: shares and rest always add up to the payment.
    """
    shares: list[tuple[Key, Decimal]] = []
    for key, due in owed:
        taken = min(amount, due)
        if taken > 0:
            shares.append((key, taken))
            amount -= taken
    return shares, amount


def _stretches(steps: Sequence[Step], quantity: Decimal) -> Iterable[tuple[Decimal, Step]]:
    below = Decimal(0)
    for step in steps:
        top = quantity if step.up_to is None else min(quantity, step.up_to)
        if top > below:
            yield top - below, step
        below = step.up_to if step.up_to is not None else quantity


def _steps(given: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    steps: list[Step] = []
    below = Decimal(0)
    for line in given:
        up_to, rate = _number(line.get("up_to")), _number(line.get("rate"))
        if rate is None or rate < 0:
            raise StandardWrong(why=_("a step has no rate."))
        if (steps and steps[-1].up_to is None) or (up_to is not None and up_to <= below):
            raise StandardWrong(why=_("the steps do not rise."))
        steps.append(Step(up_to, rate))
        below = up_to or below
    if not steps or steps[-1].up_to is not None:
        raise StandardWrong(why=_("the last step must be without end."))
    return tuple(steps)


def _positive(value: Any) -> Decimal:
    number = _number(value)
    if number is None or number <= 0:
        raise StandardWrong(why=_("its sum or rate is missing."))
    return number


def _number(value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise StandardWrong(why=_("“%(value)s” is no number.") % {"value": value}) from error
    if not number.is_finite() or number < 0 or number > MOST:
        raise StandardWrong(why=_("“%(value)s” is no number.") % {"value": value})
    return number
