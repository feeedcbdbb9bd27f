"""What may be done to a clock, by whom, and why: 行政许可法 42 and 45."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from jingkai.casework.clock.data import Approver, LimitValue
from jingkai.kernel.hooks.data import PersonFacingError

STATUTORY_REASONS = (
    "hearing",
    "bidding",
    "auction",
    "inspection",
    "testing",
    "quarantine",
    "appraisal",
    "expert_review",
)
"""The closed list of 行政许可法 45: 听证、招标、拍卖、检验、检测、检疫、鉴定、专家评审. Nothing else."""

LICENCE = "licence"
OTHER_REASONS = ("technical_assessment", "public_notice", "site_check", "state_security_review")
"""Reasons of other laws, each closed by its own list: 技术评估、公示、现场核查、国家安全审查."""

ALL_REASONS = (*STATUTORY_REASONS, *OTHER_REASONS)

ORGAN_HEAD_SAYS = _("The head of the deciding organ approves an extension of this limit.")
GOVERNMENT_HEAD_SAYS = _(
    "The head of the people's government at that level approves an extension of this limit; "
    "the head of the zone's committee cannot."
)


class CannotSuspend(PersonFacingError):
    """The clock keeps running: the reason is not one that the law knows."""

    sentence = _(
        "The clock keeps running. Only the time of a hearing, bidding, auction, inspection, testing, "
        "quarantine, appraisal or expert review is left out of the limit (行政许可法 45); asking the "
        "applicant never is."
    )


class CannotResume(PersonFacingError):
    """There is nothing to resume, or not from that day."""

    sentence = _("This clock is not on hold.")


class CannotExtend(PersonFacingError):
    """The limit cannot be extended like that."""

    sentence = _("This limit cannot be extended.")


class CannotStop(PersonFacingError):
    """The clock has already ended, or cannot end on that day."""

    sentence = _("This clock has already ended.")


class WrongDay(PersonFacingError):
    """An act lies before the last one in the ledger, or in the future."""

    status = 422
    advice = _("Enter the acts of a clock in the order in which they happened, on the day or after it.")


def check_reason(limit: LimitValue, reason: str, basis: str) -> None:
    """Refuse a hold whose reason the law or this limit does not allow, or that is not told in writing.

    A limit under 行政许可法 knows its eight reasons, whatever a rule says; other laws have own lists.
    """
    if reason not in (STATUTORY_REASONS if limit.law == LICENCE else ALL_REASONS):
        raise CannotSuspend()
    if limit.exclusion(reason) is None:
        raise CannotSuspend(
            _("This limit does not allow its clock to stop for this reason; it keeps running.")
        )
    if not basis.strip():
        raise CannotSuspend(
            _("The applicant must be told in writing how long this takes (行政许可法 45)."),
            _("Enter the number or date of the written notice."),
        )


def check_extension(limit: LimitValue, *, days: int, times: int, approver: str, reason: str) -> None:
    """Refuse an extension unknown to the limit, too long, one too many, or by the wrong person."""
    if limit.extend_max == 0:
        raise CannotExtend()
    if times >= limit.extend_times == 1:
        raise CannotExtend(_("This limit has been extended before; the law allows it once."))
    if times >= limit.extend_times:
        raise CannotExtend(
            _("This limit has been extended %(times)s times; the law allows no more."), times=times
        )
    if not 1 <= days <= limit.extend_max:
        raise CannotExtend(_("This limit can be extended by 1 to %(most)s days."), most=limit.extend_max)
    if approver != limit.extend_by:
        by_government = limit.extend_by == Approver.GOVERNMENT_HEAD
        raise CannotExtend(GOVERNMENT_HEAD_SAYS if by_government else ORGAN_HEAD_SAYS)
    if not reason.strip():
        raise CannotExtend(
            _("An extension needs its reason, which is told to the applicant (行政许可法 42).")
        )


def check_day(on: date, *, last: date, today: date) -> None:
    """Refuse an act before the last one of the ledger, or on a day that has not come."""
    if on < last:
        raise WrongDay(
            _("The day %(on)s lies before the last act on this clock, %(last)s."),
            on=on.isoformat(),
            last=last.isoformat(),
        )
    if on > today:
        raise WrongDay(_("The day %(on)s has not come yet."), on=on.isoformat())
