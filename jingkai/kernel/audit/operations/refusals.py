"""Refusals: who tried to open what they have no right to (GB/T 22239: audit of access)."""

from __future__ import annotations

from datetime import datetime

from jingkai.kernel.audit.data import REFUSED
from jingkai.kernel.audit.operations.entries import record
from jingkai.kernel.permissions.data import Actor

STREAM = "permissions.refusal"
"""One stream per login, so that one person's attempts hold up nobody else's."""

LONGEST_PATH = 200


def record_refusal(*, path: str, method: str, by: Actor, at: datetime) -> None:
    """Write down that a logged-in person was refused a page; not its query, which may be personal."""
    facts = {"path": path[:LONGEST_PATH], "method": method[:10]}
    record((STREAM, by.user_id or 0), action="page.refused", by=by, at=at, facts=facts, result=REFUSED)
