"""Exports of cards leave a line in the trail: data that left the installation has a name and a day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jingkai.kernel.audit import api as audit
from jingkai.kernel.permissions.data import Actor


@transaction.atomic
def record_card_export(*, query: str, by: Actor, at: datetime) -> None:
    """Write into the trail who exported which cards; a chain of its own per person."""
    stream = ("clock.card_export", by.party_id or 0)
    audit.record(stream, action="card.export", by=by, at=at, facts={"filter": query[:500]})
