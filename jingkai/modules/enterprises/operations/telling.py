"""Notices about fees."""

from __future__ import annotations

from jingkai.kernel.notices import api as notices
from jingkai.kernel.notices.api import NoticeKind, declare_kind

FEE_DEMANDED = NoticeKind(
    "fee_demanded",
    "缴费通知",
    "Fee demand",
    ("number", "fee", "amount", "day"),
    "缴费通知：{fee} {amount} 元",
    "Fee demand: {fee}, {amount} yuan",
    "请于 {day} 前缴纳“{fee}”{amount} 元（通知编号 {number}）。计算依据和标准见缴费页面；"
    "缴费不影响办件时限。",
    "Please pay {amount} yuan for “{fee}” by {day} (demand {number}). The page of fees shows how it was "
    "computed. Paying does not change the time limits of your matter.",
    sms="请于{day}前缴纳{fee}{amount}元，通知编号{number}。",
    sms_en="Please pay {amount} yuan by {day}, demand {number}.",
    channels=(notices.PAGE, notices.SMS),
)


def declare_kinds() -> None:
    """Make these kinds of notices known; called once while the product starts."""
    declare_kind(FEE_DEMANDED)
