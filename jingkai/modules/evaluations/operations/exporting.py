"""Lists that leave the product leave a line in the trail."""

from __future__ import annotations

from datetime import datetime

from jingkai.kernel.audit import api as audit
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.evaluations.rules import person_of


def record_export(*, page: str, query: str, by: Actor, at: datetime) -> None:
    """Note who took which list, narrowed how."""
    facts = {"page": page, "filter": audit.mark(query)}
    audit.record(
        ("evaluations.export", person_of(by)), action="evaluations.list_exported", by=by, at=at, facts=facts
    )
