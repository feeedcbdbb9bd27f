"""A list that left the product as a spreadsheet stands in the trail."""

from __future__ import annotations

from datetime import datetime

from jingkai.kernel.audit import api as audit
from jingkai.kernel.permissions.data import Actor


def record_export(*, page: str, query: str, by: Actor, at: datetime) -> None:
    """Write down who took which list; its filter, which may hold a name, only as a mark."""
    facts = {"list": page, "filter": audit.mark(query)}
    audit.record(
        ("exchange.export", by.party_id or 0), action="exchange.list_exported", by=by, at=at, facts=facts
    )
