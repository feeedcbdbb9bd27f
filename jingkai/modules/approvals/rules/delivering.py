"""How results are delivered: carriers, waybill numbers, what identifies a person, when it must be done."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from jingkai.casework.clock import api as clock
from jingkai.kernel.calendar.api import CalendarYearMissing, get_calendar
from jingkai.modules.approvals.models import Delivery

LIMIT = "permit_delivery"
"""The rule of the days of delivery: 行政许可法 44, ten from the decision."""

DELIVERED_KINDS = ("approvals.result", "approvals.reissue")
"""The kinds of documents that are delivered; notices lie on the matter's page."""

CARRIERS = {"ems": _("EMS"), "post": _("China Post"), "sf": _("SF Express"), "other": _("Another carrier")}
CAPACITIES = {
    "representative": _("Legal representative"),
    "handler": _("Handler"),
    "agent": _("Zone agent"),
    "entrusted": _("Entrusted person"),
}
IDENTITIES = {
    "card": _("Identity card"),
    "passport": _("Passport"),
    "permit": _("Residence or travel permit (Hong Kong, Macao, Taiwan)"),
    "other": _("Another valid document"),
}
STATES = {
    "open": _("Not fetched yet"),
    "asked": _("Waits to be handed over or posted"),
    "sent": _("On its way by post"),
    "returned": _("Came back"),
    "done": _("Delivered"),
}
WAYS = {"": _("Electronic document"), "window": _("Collected at the window"), "post": _("Sent by post")}
_WAYBILL = re.compile(r"[A-Z0-9]{8,30}")
_S10 = re.compile(r"[A-Z]{2}(\d{8})(\d)[A-Z]{2}")
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def plain_number(text: str) -> str:
    """A number as it is compared: capitals, without blanks and hyphens."""
    return re.sub(r"[\s-]", "", text).upper()


def waybill_fits(number: str) -> bool:
    """Tell whether a waybill number can be one; that of the post (UPU S10) carries a check digit."""
    if not _WAYBILL.fullmatch(number):
        return False
    post = _S10.fullmatch(number)
    if post is None:
        return True
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(post[1], _WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest) == int(post[2])


def identity_fits(kind: str, number: str) -> bool:
    """Tell whether the number of an identity document can be one; a card's has a check sign (GB 11643)."""
    if kind != Delivery.Identity.CARD:
        return 4 <= len(number) <= 30 and number.isalnum() and number.isascii()
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _CARD_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17]


def deliver_by(*, decided_on: date) -> date | None:
    """The last day for delivering a result; unknown where the calendar does not reach (行政许可法 44)."""
    limit = clock.get_limit(LIMIT, on=decided_on)
    if limit.unit != clock.Unit.WORKING:
        return decided_on + timedelta(days=limit.amount)
    try:
        return get_calendar().add_working_days(decided_on, limit.amount)
    except CalendarYearMissing:
        return None
