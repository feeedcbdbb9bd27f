"""The door of documents: issue, revoke, list, check."""

from jingkai.records.documents.operations import (
    CannotEnd,
    DocumentNotPrepared,
    PreparedFileDamaged,
    abandon_document,
    enter_sealed,
    issue,
    prepare_document,
    release_document,
    replace_document,
    revoke_document,
    seal_document,
)
from jingkai.records.documents.operations.issue import public_url
from jingkai.records.documents.queries import (
    find_public,
    get_document,
    line_of,
    list_documents,
    may_read_document,
)
from jingkai.records.documents.rules import REVOKE, SEE

__all__ = [
    "REVOKE",
    "SEE",
    "CannotEnd",
    "DocumentNotPrepared",
    "PreparedFileDamaged",
    "abandon_document",
    "enter_sealed",
    "find_public",
    "get_document",
    "issue",
    "line_of",
    "list_documents",
    "may_read_document",
    "prepare_document",
    "public_url",
    "release_document",
    "replace_document",
    "revoke_document",
    "seal_document",
]
