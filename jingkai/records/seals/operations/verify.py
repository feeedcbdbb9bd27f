"""Verifying with the trust of this installation."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from jingkai.records.seals.data import SignatureReport, UnreadablePdf
from jingkai.records.seals.operations.keys import seal_keys
from jingkai.records.seals.queries import verify_pdf

SECONDS = 10
READER = Path(__file__).parents[1] / "queries" / "verification.py"


def verify(pdf: bytes) -> list[SignatureReport]:
    """Report on every signature of a PDF, trusting this installation's seals and those laid beside them."""
    return verify_pdf(pdf, trusted=seal_keys().issuers())


def verify_stranger(pdf: bytes, *, seconds: int = SECONDS) -> list[SignatureReport]:
    """Report on a PDF that anyone may have made, in a process of its own with limits of time and memory."""
    trusted = [base64.b64encode(root).decode() for root in seal_keys().issuers()]
    head = json.dumps({"seconds": seconds, "trusted": trusted}).encode() + b"\n"
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(READER)],
            input=head + pdf,
            capture_output=True,
            timeout=seconds + 5,
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as broken:
        raise UnreadablePdf("damaged") from broken
    if "unreadable" in answer:
        raise UnreadablePdf(answer["unreadable"])
    return [_read(report) for report in answer["reports"]]


def _read(report: dict[str, Any]) -> SignatureReport:
    at = datetime.fromisoformat(report["at"]) if report["at"] else None
    return SignatureReport(**{**report, "at": at, "problems": tuple(report["problems"])})
