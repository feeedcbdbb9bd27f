"""Reads of work orders."""

from __future__ import annotations

import json
from collections.abc import Mapping

from jingkai.modules.hotline.models import WorkOrder

SAID = ("orderNumber", "title", "content", "callerName", "callerPhone", "createdAt", "dueAt")


def of_case(case_id: int) -> WorkOrder | None:
    """The work order behind a case."""
    rows = WorkOrder.objects.select_related("exchange", "case", "answered_by")
    return rows.filter(case_id=case_id).first()


def said(order: WorkOrder) -> Mapping[str, str]:
    """What the line sent, in the clear: for the eyes of whoever deals with it."""
    payload = json.loads(order.exchange.payload)
    return {name: str(payload.get(name) or "") for name in SAID}
