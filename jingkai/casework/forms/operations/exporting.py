"""Exports of answers leave a line in the trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from jingkai.kernel.audit import api as audit
from jingkai.kernel.permissions.data import Actor

STREAM = "forms.export"


@transaction.atomic
def record_export(*, facts: dict[str, Any], by: Actor, at: datetime) -> None:
    """Note who took which answers out of the system, and how many; one chain for each person."""
    audit.record((STREAM, by.party_id or 0), action="list.exported", by=by, at=at, facts=facts)
