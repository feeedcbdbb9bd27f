"""What a signature says is believed only as far as the bytes and certificates hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from jingkai.records.seals.data import CertificateSubject, SealFace, SealPlace
from jingkai.records.seals.operations.keys import FolderKeys
from jingkai.records.seals.operations.signing import sign_pdf
from jingkai.records.seals.operations.verify import verify_stranger
from jingkai.records.seals.queries import UnreadablePdf, verify_pdf
from jingkai.records.typesetting.api import render
from jingkai.records.typesetting.data import Letter, paragraph

AT = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
FACE = SealFace("示范经济开发区管理委员会", "经开区管理专用章", "（2号章）", 42, True)
LETTER = Letter(
    agency="示范区", title="意见书", blocks=(paragraph("合格。"),), signatory="示范区", date="今日"
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> FolderKeys:
    """A key store of one seal."""
    return FolderKeys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def paper() -> bytes:
    """An unsealed letter."""
    return render("typesetting/letter", LETTER, at=AT)


@pytest.fixture(scope="module")
def sealed(keys: FolderKeys, paper: bytes) -> bytes:
    """The letter sealed once."""
    certificate = keys.create("two", CertificateSubject("二号章", "示范区", "2", True), at=AT)
    return seal(paper, keys, "two", certificate)


def seal(pdf: bytes, keys: FolderKeys, name: str, certificate: bytes, **changes: Any) -> bytes:
    given: dict[str, Any] = {
        "keys": keys,
        "key_name": name,
        "certificate": certificate,
        "face": FACE,
        "place": SealPlace(1, 140, 120),
        "by_name": "郑印",
        "reason": "意见书",
        "field_name": f"Seal-{name}",
        "at": AT,
    }
    return sign_pdf(pdf, **{**given, **changes})


def test_an_intact_paper_is_good(sealed: bytes, keys: FolderKeys) -> None:
    (report,) = verify_pdf(sealed, trusted=keys.issuers())
    assert report.good
    assert (report.seal, report.organisation, report.code) == ("二号章", "示范区", "2")
    assert (report.signer, report.reason, report.at) == ("郑印", "意见书", AT)
    assert report.problems == ()


def test_every_altered_byte_of_the_content_is_found(sealed: bytes, keys: FolderKeys, paper: bytes) -> None:
    for place in range(200, len(paper) - 1200, len(paper) // 12):
        changed = bytearray(sealed)
        changed[place] ^= 0x01
        try:
            reports = verify_pdf(bytes(changed), trusted=keys.issuers())
        except UnreadablePdf:
            continue
        assert not any(report.good for report in reports), place


def test_something_appended_is_found(sealed: bytes, keys: FolderKeys) -> None:
    (report,) = verify_pdf(sealed + b"\n% one more line\n", trusted=keys.issuers())
    assert (report.intact, report.covers_whole, report.problems) == (True, False, ("appended",))


def test_an_incremental_change_is_found(sealed: bytes, keys: FolderKeys) -> None:
    writer = PdfWriter(BytesIO(sealed), incremental=True)
    writer.add_metadata({"/Title": "另一份"})
    changed = BytesIO()
    writer.write(changed)
    assert changed.getvalue().startswith(sealed)
    (report,) = verify_pdf(changed.getvalue(), trusted=keys.issuers())
    assert not report.good
    assert "appended" in report.problems


def test_a_rewritten_paper_has_lost_its_seal(sealed: bytes, keys: FolderKeys) -> None:
    writer = PdfWriter()
    writer.add_page(PdfReader(BytesIO(sealed)).pages[0])
    changed = BytesIO()
    writer.write(changed)
    assert not any(report.good for report in verify_pdf(changed.getvalue(), trusted=keys.issuers()))


def test_a_seal_of_another_installation_is_not_known(sealed: bytes, tmp_path: Path) -> None:
    stranger = FolderKeys(tmp_path)
    stranger.create("x", CertificateSubject("二号章", "示范区", "2", True), at=AT)
    (report,) = verify_pdf(sealed, trusted=stranger.issuers())
    assert (report.intact, report.trusted, report.problems) == (True, False, ("untrusted",))


def test_a_certificate_laid_beside_is_trusted(sealed: bytes, keys: FolderKeys, tmp_path: Path) -> None:
    other = FolderKeys(tmp_path)
    (tmp_path / "trusted").mkdir()
    (tmp_path / "trusted" / "neighbour.pem").write_bytes((keys.folder / "authority.pem").read_bytes())
    assert verify_pdf(sealed, trusted=other.issuers())[0].good


def test_a_signature_before_its_certificate_is_not_good(paper: bytes, keys: FolderKeys) -> None:
    certificate = keys.create(
        "late", CertificateSubject("新章", "示范区", "9", True), at=AT + timedelta(days=30)
    )
    (report,) = verify_pdf(seal(paper, keys, "late", certificate), trusted=keys.issuers())
    assert (report.intact, report.trusted, report.problems) == (True, False, ("expired",))


def test_an_unsigned_paper_carries_nothing(paper: bytes, keys: FolderKeys) -> None:
    assert verify_pdf(paper, trusted=keys.issuers()) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not_pdf"),
        (b"hello", "not_pdf"),
        (b"%PDF-1.7\nxx", "truncated"),
        (b"%PDF-1.7\nxx\n%%EOF", "damaged"),
    ],
)
def test_what_is_no_pdf_is_told_apart(content: bytes, reason: str, keys: FolderKeys) -> None:
    with pytest.raises(UnreadablePdf) as unreadable:
        verify_pdf(content, trusted=keys.issuers())
    assert unreadable.value.reason == reason


def test_a_cut_off_paper_is_told(sealed: bytes, keys: FolderKeys) -> None:
    with pytest.raises(UnreadablePdf) as unreadable:
        verify_pdf(sealed[: len(sealed) // 2], trusted=keys.issuers())
    assert unreadable.value.reason == "truncated"


def test_a_strangers_paper_is_read_apart_with_the_same_answer(
    sealed: bytes, keys: FolderKeys, settings: Any
) -> None:
    settings.SEALS_FOLDER = keys.folder
    assert verify_stranger(sealed) == verify_pdf(sealed, trusted=keys.issuers())
    with pytest.raises(UnreadablePdf):
        verify_stranger(b"hello")
