"""Verifying with the trust of this installation."""

from __future__ import annotations

from jingkai.records.seals.data import SignatureReport
from jingkai.records.seals.operations.keys import seal_keys
from jingkai.records.seals.queries.verification import verify_pdf


def verify(pdf: bytes) -> list[SignatureReport]:
    """Report on every signature of a PDF, trusting this installation's seals and those laid beside them."""
    return verify_pdf(pdf, trusted=seal_keys().issuers())
