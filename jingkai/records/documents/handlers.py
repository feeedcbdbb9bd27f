"""Reactions of documents to what happened, one call each."""

from __future__ import annotations

from jingkai.records.documents import operations
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.seals.events import SealArrived


def on_seal_arrived(event: SealArrived) -> None:
    """A paper is back from the state seal service: the document is valid from now on."""
    if event.subject_kind == IssuedDocument._meta.label_lower:
        operations.enter_sealed(sealing_id=event.sealing_id)
