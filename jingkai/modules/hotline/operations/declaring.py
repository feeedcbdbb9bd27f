"""What is exchanged with the 12345 line about a work order, and how its holder is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.exchange import api as exchange
from jingkai.kernel.exchange.data import ExchangeKind, PayloadField, Reply, Unanswered
from jingkai.kernel.notices.api import NoticeKind, declare_kind
from jingkai.modules.approvals import api as approvals
from jingkai.modules.hotline.data import ANSWER, PROGRESS

FIELDS = (
    PayloadField("orderNumber", _("Work order number")),
    PayloadField("unit", _("Unit")),
    PayloadField("text", _("Text")),
    PayloadField("at", _("When")),
)
SERVICES = {PROGRESS: "order/progress", ANSWER: "order/answer"}
NAMES = {
    PROGRESS: ("反馈工单进度", "Report a work order's progress"),
    ANSWER: ("答复工单", "Answer a work order"),
}

WORK_ORDER = NoticeKind(
    "work_order",
    "12345 工单",
    "12345 work order",
    ("title", "due"),
    "收到 12345 工单：{title}",
    "12345 work order: {title}",
    "12345 热线转来“{title}”，请于 {due} 前办理并答复，也可转给承办人员。",
    "The 12345 line sent “{title}”. Deal with it and answer by {due}, or hand it over to whoever does.",
)


def declare_notices() -> None:
    """Make the kind of notice known; called once while the product starts."""
    declare_kind(WORK_ORDER)


def declare_exchanges() -> None:
    """Say what goes back to the line; called once while the product starts."""
    for code, (name, name_en) in NAMES.items():
        kind = ExchangeKind(
            code, "hotline", "out", name, name_en, FIELDS, _sender(code), approvals.hotline_is_connected
        )
        exchange.kinds.register(kind)


def _sender(code: str) -> Any:
    def send(payload: Mapping[str, Any], key: str) -> Reply:
        data = approvals.ask_hotline(SERVICES[code], payload, key=f"{code}:{key}")
        number = data.get("number")
        if not isinstance(number, str | int) or not str(number).strip():
            raise Unanswered(f"{SERVICES[code]}: the answer lacks a number")
        return Reply(number=str(number))

    return send
