"""Anyone with the code learns what a paper is worth, and nobody learns more."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader, PdfWriter

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.pace.testing import turns
from jingkai.records.documents import api
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.documents.rules import spaced_code
from jingkai.records.documents.testing import letter, paper
from jingkai.records.files.api import read_stored
from jingkai.records.files.models import store

pytestmark = pytest.mark.django_db


def url(document: IssuedDocument, page: str = "public") -> str:
    return reverse(f"documents:{page}", args=[spaced_code(document.verification_code)])


def page(client: Any, document: IssuedDocument, language: str = "zh-hans") -> str:
    answer = client.get(url(document), HTTP_ACCEPT_LANGUAGE=language)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def hand_in(client: Any, document: IssuedDocument, content: bytes, name: str = "copy.pdf") -> Any:
    return client.put(url(document, "copy"), content, content_type="application/pdf", HTTP_X_FILE_NAME=name)


def test_a_valid_paper_is_shown_with_its_facts(client: Any, issued_document: Any) -> None:
    text = page(client, issued_document)
    for word in (
        "该文书有效",
        issued_document.number_text,
        "特殊建设工程消防设计审查意见书",
        "示范经济开发区管理委员会",
        "示范****有限公司",
        "经开区管理专用章（2号章）",
        "年产20万套精密轴承项目一期厂房",
        issued_document.sha256,
        "演示",
    ):
        assert word in text, word
    assert "示范精密制造有限公司" not in text


def test_the_page_speaks_english(client: Any, issued_document: Any) -> None:
    text = page(client, issued_document, "en")
    assert "This document is valid" in text
    assert "Fire design review opinion" in text
    assert "Project" in text


def test_the_page_is_never_cached(client: Any, issued_document: Any) -> None:
    assert "no-store" in client.get(url(issued_document))["Cache-Control"]


def test_a_code_may_be_typed_in_small_letters_without_hyphens(client: Any, issued_document: Any) -> None:
    code = issued_document.verification_code.lower()
    assert client.get(reverse("documents:public", args=[code])).status_code == 200


def test_a_revoked_paper_says_so_and_hides_the_reason(cast: Any, client: Any, issued_document: Any) -> None:
    api.revoke_document(
        document_id=issued_document.pk, end_class="annulled", reason="举报属实", by=cast.leader, at=cast.at
    )
    text = page(client, issued_document)
    assert "该文书已撤销" in text
    assert "行政许可法第六十九条" in text
    assert "举报属实" not in text
    assert "该文书有效" not in text


def test_a_replaced_paper_leads_to_the_new_one(cast: Any, client: Any, issued_document: Any) -> None:
    new = api.issue(paper=paper(content=letter(sealed=False)), by=cast.clerk, at=cast.at)
    api.replace_document(
        document_id=issued_document.pk, replacement_id=new.pk, reason="更正", by=cast.leader, at=cast.at
    )
    text = page(client, issued_document)
    assert "该文书已被替换" in text
    assert url(new) in text


def test_bytes_altered_in_the_store_are_told(client: Any, issued_document: Any) -> None:
    path = store().path_of(issued_document.sha256)  # type: ignore[attr-defined]
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[900] ^= 1
    path.write_bytes(bytes(content))
    assert "该文书存档被改动" in page(client, issued_document)


def test_an_altered_row_is_told(client: Any, issued_document: Any) -> None:
    IssuedDocument.objects.filter(pk=issued_document.pk).update(sha256="0" * 64)
    assert "该文书存档被改动" in page(client, issued_document)


def test_a_lost_file_is_told(client: Any, issued_document: Any) -> None:
    store().delete(issued_document.sha256)
    assert "暂时无法核验" in page(client, issued_document)


def test_a_prepared_paper_is_not_public(cast: Any, client: Any) -> None:
    draft = api.prepare_document(paper=paper(), by=cast.clerk, at=cast.at)
    assert client.get(url(draft)).status_code == 404


@pytest.mark.parametrize("code", ["0000-0000-0000", "x", "<script>", "一二三"])
def test_an_unknown_code_is_told_in_words(client: Any, code: str) -> None:
    answer = client.get(reverse("documents:public", args=[code]))
    assert answer.status_code == 404
    text = answer.content.decode()
    assert "没有使用该核验码的文书" in text
    assert "<script>" not in text.split("<main", 1)[-1]


def test_guessing_is_braked(client: Any, issued_document: Any) -> None:
    guess = reverse("documents:public", args=["0000-0000-0000"])
    answers = turns("documents_misses", lambda: client.get(guess))
    assert answers == [404] * 30 + [429]
    assert client.get(url(issued_document)).status_code == 200


def test_the_same_bytes_are_identical(client: Any, issued_document: Any) -> None:
    answer = hand_in(client, issued_document, read_stored(issued_document.file))
    assert answer.json()["verdict"] == "identical"
    assert "<li" in answer.json()["html"]


def test_an_altered_copy_is_found(client: Any, issued_document: Any) -> None:
    content = bytearray(read_stored(issued_document.file))
    content[content.index(b"stream") + 60] ^= 1
    assert hand_in(client, issued_document, bytes(content)).json()["verdict"] == "altered"


def test_an_extended_copy_is_found(client: Any, issued_document: Any) -> None:
    writer = PdfWriter(BytesIO(read_stored(issued_document.file)), incremental=True)
    writer.add_metadata({"/Title": "x"})
    changed = BytesIO()
    writer.write(changed)
    assert hand_in(client, issued_document, changed.getvalue()).json()["verdict"] in {"appended", "altered"}


def test_a_printed_again_copy_is_unknown(client: Any, issued_document: Any) -> None:
    writer = PdfWriter()
    for one in PdfReader(BytesIO(read_stored(issued_document.prepared_file))).pages:
        writer.add_page(one)
    again = BytesIO()
    writer.write(again)
    assert hand_in(client, issued_document, again.getvalue()).json()["verdict"] == "unknown"


def test_the_unsealed_draft_is_worth_nothing(client: Any, issued_document: Any) -> None:
    draft = read_stored(issued_document.prepared_file)
    assert hand_in(client, issued_document, draft).json()["verdict"] == "draft"


def test_another_paper_of_ours_is_named(cast: Any, client: Any, issued_document: Any) -> None:
    other = api.issue(paper=paper(content=letter(sealed=False)), by=cast.clerk, at=cast.at)
    answer = hand_in(client, issued_document, read_stored(other.file)).json()
    assert answer["verdict"] == "other"
    assert other.number_text in answer["html"]


@pytest.mark.parametrize(
    ("content", "status"), [(b"MZ" + bytes(100), 422), (b"hello", 422), (b"%PDF-1.7 " + bytes(40), 422)]
)
def test_what_is_no_pdf_is_refused_in_words(
    client: Any, issued_document: Any, content: bytes, status: int
) -> None:
    answer = hand_in(client, issued_document, content)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_huge_copy_is_refused_by_its_header(client: Any, issued_document: Any) -> None:
    answer = client.put(
        url(issued_document, "copy"),
        b"",
        content_type="application/pdf",
        HTTP_X_FILE_NAME="a.pdf",
        CONTENT_LENGTH=str(2 * 1024**3),
    )
    assert answer.status_code == 413


def test_nothing_of_a_copy_is_kept(client: Any, issued_document: Any, files_folder: Any) -> None:
    before = sorted(path for path in files_folder.rglob("*") if path.is_file())
    hand_in(client, issued_document, b"%PDF-1.7 mine\n%%EOF")
    hand_in(client, issued_document, read_stored(issued_document.file))
    assert sorted(path for path in files_folder.rglob("*") if path.is_file()) == before


def test_without_scripts_a_form_does_the_same(client: Any, issued_document: Any) -> None:
    copy = SimpleUploadedFile("copy.pdf", read_stored(issued_document.file))
    text = client.post(url(issued_document, "copy"), {"copy": copy}).content.decode()
    assert "与原件一致" in text
    bad = SimpleUploadedFile("copy.pdf", b"MZ")
    assert client.post(url(issued_document, "copy"), {"copy": bad}).status_code == 422
    refused = [(entry.result, entry.facts) for entry in entries_of(("files.refused", 0))]
    assert refused == [("refused", {"why": "program"})]
    assert client.post(url(issued_document, "copy")).status_code == 422


def test_handing_in_is_braked(client: Any, issued_document: Any) -> None:
    assert turns("documents_copy", lambda: hand_in(client, issued_document, b"x")) == [422] * 20 + [429]


def test_number_and_code_must_belong_together(client: Any, issued_document: Any) -> None:
    search = reverse("documents:verify")
    code = spaced_code(issued_document.verification_code)
    right = client.get(search, {"number": issued_document.number_text, "code": code})
    assert (right.status_code, right["Location"]) == (302, url(issued_document))
    wrong = client.get(search, {"number": "示开测〔2026〕99号", "code": code})
    assert wrong.status_code == 200
    assert "没有同时使用" in wrong.content.decode()
    assert client.get(search).status_code == 200


def test_searching_is_braked(client: Any) -> None:
    search = reverse("documents:verify")
    asking = {"number": "x", "code": "y"}
    assert turns("documents_verify", lambda: client.get(search, asking)) == [200] * 30 + [429]
