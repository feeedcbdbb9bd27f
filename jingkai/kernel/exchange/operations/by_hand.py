"""Copying over by hand beside the journal: who looked, and that it was done."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jingkai.kernel.audit import api as audit
from jingkai.kernel.exchange.data import CopySheet
from jingkai.kernel.exchange.operations.journal import NotOpen, NumberMissing
from jingkai.kernel.permissions.data import Actor

STREAM = ("exchange.copy_sheet", 1)


def note_opened(*, sheet: CopySheet, key: str, by: Actor, at: datetime) -> None:
    """Write down who saw what a sheet says in the clear."""
    facts = {"sheet": sheet.code, "key": key}
    audit.record(STREAM, action="exchange.sheet_opened", by=by, at=at, facts=facts)


@transaction.atomic
def note_done(*, sheet: CopySheet, key: str, number: str, by: Actor, at: datetime) -> None:
    """Note that a person entered the thing in the other system, and under which number.

    Errors: NotOpen, NumberMissing.
    """
    if sheet.done is None or sheet.fields(key) is None:
        raise NotOpen
    if not number.strip():
        raise NumberMissing
    if not sheet.done(key, number.strip()[:100], by, at):
        raise NotOpen
    facts = {"sheet": sheet.code, "key": key, "number": number.strip()[:100]}
    audit.record(STREAM, action="exchange.done_by_hand", by=by, at=at, facts=facts)
