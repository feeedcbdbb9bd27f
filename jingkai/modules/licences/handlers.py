"""Reactions of the library to papers that the zone issued or revoked, one call each."""

from __future__ import annotations

from django.utils import timezone

from jingkai.modules.licences import operations
from jingkai.records.documents.events import DocumentIssued, DocumentRevoked


def on_document_issued(event: DocumentIssued) -> None:
    """Keep a result in the library of the enterprise that it went to."""
    operations.keep_result(document_id=event.document_id, at=timezone.now())


def on_document_revoked(event: DocumentRevoked) -> None:
    """Note in the library that a result is worth nothing any more, and what stands in its place."""
    operations.lose_result(document_id=event.document_id, at=timezone.now())
