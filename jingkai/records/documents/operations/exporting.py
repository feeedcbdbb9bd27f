"""Registers that leave the product leave a line in the trail."""

from __future__ import annotations

from datetime import datetime

from jingkai.kernel.audit import api as audit
from jingkai.kernel.permissions.data import Actor


def record_export(*, facts: dict[str, str], by: Actor, at: datetime) -> None:
    """Note who took the register out of the system, and how it was narrowed."""
    audit.record(
        ("documents.export", by.party_id or 0), action="document.list_exported", by=by, at=at, facts=facts
    )
