"""Reads: seals, their custody, the ledger of their use, and what a sealed paper says."""

from jingkai.records.seals.data import UnreadablePdf
from jingkai.records.seals.queries.ledger import (
    custodian_of,
    custody_history,
    get_seal,
    get_use,
    list_seals,
    list_uses,
)
from jingkai.records.seals.queries.reading import page_contents, verify_pdf
from jingkai.records.seals.queries.standing import standing_for, standing_in_force, standing_of

__all__ = [
    "UnreadablePdf",
    "custodian_of",
    "custody_history",
    "get_seal",
    "get_use",
    "list_seals",
    "list_uses",
    "page_contents",
    "standing_for",
    "standing_in_force",
    "standing_of",
    "verify_pdf",
]
