"""What happened to documents: ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentIssued:
    """A document became valid: sealed, or released without a seal."""

    document_id: int
    kind: str
    owner_kind: str
    owner_id: int


@dataclass(frozen=True, slots=True)
class DocumentRevoked:
    """A document stopped being valid: revoked, or replaced by another."""

    document_id: int
    kind: str
    owner_kind: str
    owner_id: int
    replaced_by_id: int | None
