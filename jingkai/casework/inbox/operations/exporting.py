"""Exports leave a line in the trail: data that left the installation has a name and a day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jingkai.casework.inbox.data import ListPage
from jingkai.kernel.audit import api as audit
from jingkai.kernel.permissions.data import Actor

STREAM = "inbox.export"


@transaction.atomic
def record_export(*, page: ListPage, query: str, by: Actor, at: datetime) -> None:
    """Write into the trail who exported which list with which filters; a chain of its own per person."""
    facts = {"list": page.value, "filter": query[:500]}
    audit.record((STREAM, by.party_id or 0), action="list.exported", by=by, at=at, facts=facts)
