"""Figures that leave the product as a spreadsheet leave a line in the trail."""

from __future__ import annotations

from datetime import datetime

from jingkai.kernel.audit import api as audit
from jingkai.kernel.permissions.data import Actor


def record_export(*, page: str, query: str, by: Actor, at: datetime) -> None:
    """Note who took which figures, narrowed how."""
    facts = {"page": page, "filter": audit.mark(query)}
    audit.record(
        ("efficiency.export", by.party_id or 0), action="efficiency.exported", by=by, at=at, facts=facts
    )
