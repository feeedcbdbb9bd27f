"""Writes: prepare a document, seal or release it, revoke it."""

from jingkai.records.documents.operations.end import (
    CannotEnd,
    abandon_document,
    replace_document,
    revoke_document,
)
from jingkai.records.documents.operations.exporting import record_export
from jingkai.records.documents.operations.issue import (
    DocumentNotPrepared,
    PreparedFileDamaged,
    enter_sealed,
    issue,
    prepare_document,
    release_document,
    seal_document,
)

__all__ = [
    "CannotEnd",
    "DocumentNotPrepared",
    "PreparedFileDamaged",
    "abandon_document",
    "enter_sealed",
    "issue",
    "prepare_document",
    "record_export",
    "release_document",
    "replace_document",
    "revoke_document",
    "seal_document",
]
