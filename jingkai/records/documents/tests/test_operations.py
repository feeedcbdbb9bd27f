"""Documents are numbered, typeset, sealed, revoked; every refusal leaves nothing behind."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from jingkai.kernel.audit.api import entries_of
from jingkai.records.documents import api
from jingkai.records.documents.data import SealOrder
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.documents.testing import letter, paper
from jingkai.records.files.api import read_stored
from jingkai.records.numbering.api import list_numbers
from jingkai.records.seals import api as seals
from jingkai.records.seals.models import SealUse

pytestmark = pytest.mark.django_db


def order(decision: tuple[str, int], code: str = "2") -> SealOrder:
    return SealOrder(seal_code=code, authorisation=decision)


def test_a_sealed_document_is_valid_for_poppler(cast: Any, issued_document: Any, tmp_path: Path) -> None:
    path = tmp_path / "document.pdf"
    path.write_bytes(read_stored(issued_document.file))
    told = subprocess.run(["pdfsig", path], capture_output=True, text=True).stdout
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "经开区管理专用章（2号章）" in told
