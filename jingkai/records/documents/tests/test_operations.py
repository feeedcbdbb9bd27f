"""Documents are numbered, typeset, sealed, revoked; every refusal leaves nothing behind."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events import api as kernel_events
from jingkai.records.documents import api, events
from jingkai.records.documents.data import SealOrder
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.documents.testing import letter, paper
from jingkai.records.files.api import read_stored
from jingkai.records.files.models import store
from jingkai.records.numbering.api import find_gaps, list_numbers
from jingkai.records.seals import api as seals
from jingkai.records.seals.models import SealUse
from jingkai.records.typesetting.api import CannotTypeset

pytestmark = pytest.mark.django_db
State = IssuedDocument.State


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The events that were published."""
    published: list[Any] = []

    def publish(event: Any) -> None:
        if isinstance(event, events.DocumentIssued | events.DocumentRevoked):
            published.append(event)

    monkeypatch.setattr(kernel_events, "publish", publish)
    return published


def order(decision: tuple[str, int], code: str = "2") -> SealOrder:
    return SealOrder(seal_code=code, authorisation=decision)


def tool(name: str, content: bytes, folder: Path) -> str:
    path = folder / "document.pdf"
    path.write_bytes(content)
    return subprocess.run(
        [name, path, *(["-"] if name == "pdftotext" else [])], capture_output=True, text=True
    ).stdout


def test_a_sealed_document_is_valid_for_everyone(
    cast: Any, issued_document: Any, told: list[Any], tmp_path: Path
) -> None:
    document = issued_document
    content = read_stored(document.file)
    assert document.state == State.VALID
    assert (document.issued_at, document.issued_by_id) == (cast.at, cast.custodian.party_id)
    signature = tool("pdfsig", content, tmp_path)
    assert "Signature is Valid." in signature
    assert "Total document signed" in signature
    text = tool("pdftotext", content, tmp_path).replace(" ", "").replace("\n", "")
    assert document.number_text in text
    code = document.verification_code
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in text
    assert told == [events.DocumentIssued(document.pk, "test.opinion", "test.case", 1)]
    assert [entry.action for entry in entries_of(document)] == ["document.prepared", "document.sealed"]


def test_the_number_the_ledger_and_the_seal_point_to_the_document(issued_document: Any) -> None:
    (number,) = list_numbers(series="test")
    assert (number.subject_kind, number.subject_id) == ("documents.issueddocument", issued_document.pk)
    use = SealUse.objects.get()
    assert (use.subject_kind, use.subject_id) == ("documents.issueddocument", issued_document.pk)
    assert (use.content_sha256, use.sealed_sha256) == (
        issued_document.prepared_file.sha256,
        issued_document.sha256,
    )


def test_a_document_is_prepared_first_and_sealed_by_another_person(
    cast: Any, seal: Any, decide: Any, told: list[Any]
) -> None:
    document = api.prepare_document(paper=paper(), by=cast.clerk, at=cast.at)
    assert (document.state, document.seal_page, document.issued_at) == (State.PREPARED, 1, None)
    assert told == []
    sealed = api.seal_document(
        document_id=document.pk, order=order(decide(cast.deputy_director)), by=cast.custodian, at=cast.at
    )
    assert sealed.state == State.VALID
    assert sealed.file_id != sealed.prepared_file_id


def test_a_notice_without_a_seal_is_released(cast: Any, told: list[Any]) -> None:
    document = api.issue(paper=paper(content=letter(sealed=False)), by=cast.clerk, at=cast.at)
    assert (document.state, document.seal_use_id, document.seal_page) == (State.VALID, None, None)
    assert len(told) == 1


def test_a_paper_without_a_place_for_a_seal_is_not_sealed(cast: Any, seal: Any, decide: Any) -> None:
    document = api.prepare_document(paper=paper(content=letter(sealed=False)), by=cast.clerk, at=cast.at)
    with pytest.raises(api.DocumentNotPrepared):
        api.seal_document(
            document_id=document.pk, order=order(decide(cast.deputy_director)), by=cast.custodian, at=cast.at
        )


def test_a_document_is_sealed_once(cast: Any, issued_document: Any, decide: Any) -> None:
    with pytest.raises(api.DocumentNotPrepared) as refused:
        api.seal_document(
            document_id=issued_document.pk,
            order=order(decide(cast.deputy_director)),
            by=cast.custodian,
            at=cast.at,
        )
    assert issued_document.number_text in str(refused.value.sentence)


@pytest.mark.parametrize(
    ("by", "decided_by", "code", "refusal"),
    [
        ("clerk", "deputy_director", "2", Exception),
        ("custodian", "custodian", "2", seals.OwnAuthorisation),
        ("custodian", "deputy_director", "9", seals.SealNotInUse),
    ],
)
def test_a_refused_seal_leaves_no_number_and_no_document(
    cast: Any, seal: Any, decide: Any, by: str, decided_by: str, code: str, refusal: type[Exception]
) -> None:
    given = paper()
    with pytest.raises(refusal), transaction.atomic():
        api.issue(
            paper=given, by=cast.actor(by), at=cast.at, seal=order(decide(cast.actor(decided_by)), code)
        )
    assert not IssuedDocument.objects.exists()
    assert list_numbers(series="test") == []
    document = api.issue(paper=given, by=cast.clerk, at=cast.at)
    assert document.number_text.endswith("〕1号")
    assert find_gaps() == []


def test_a_failing_template_gives_no_number(cast: Any) -> None:
    with pytest.raises(CannotTypeset), transaction.atomic():
        api.prepare_document(paper=paper(content={"blocks": 5, "title": "x"}), by=cast.clerk, at=cast.at)
    assert list_numbers(series="test") == []


def test_a_prepared_file_that_was_changed_is_not_sealed(cast: Any, seal: Any, decide: Any) -> None:
    document = api.prepare_document(paper=paper(), by=cast.clerk, at=cast.at)
    path = store().path_of(document.sha256)  # type: ignore[attr-defined]
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"%PDF-1.7", b"%PDF-1.6"))
    with pytest.raises(api.PreparedFileDamaged):
        api.seal_document(
            document_id=document.pk, order=order(decide(cast.deputy_director)), by=cast.custodian, at=cast.at
        )
    assert not SealUse.objects.exists()


def test_revoking_tells_when_and_why(cast: Any, issued_document: Any, told: list[Any]) -> None:
    ended = api.revoke_document(
        document_id=issued_document.pk, end_class="annulled", reason="材料虚假", by=cast.leader, at=cast.at
    )
    assert (ended.state, ended.end_class, ended.ended_by_id) == (
        State.REVOKED,
        "annulled",
        cast.leader.party_id,
    )
    assert told[-1] == events.DocumentRevoked(ended.pk, "test.opinion", "test.case", 1, None)
    entry = list(entries_of(ended))[-1]
    assert (entry.action, entry.facts["reason"]) == ("document.revoked", "材料虚假")


@pytest.mark.parametrize(("end_class", "reason"), [("annulled", " "), ("no such", "x"), ("", "x")])
def test_revoking_needs_a_class_and_a_reason(
    cast: Any, issued_document: Any, end_class: str, reason: str
) -> None:
    with pytest.raises(api.CannotEnd):
        api.revoke_document(
            document_id=issued_document.pk, end_class=end_class, reason=reason, by=cast.leader, at=cast.at
        )


def test_what_ended_does_not_end_again(cast: Any, issued_document: Any) -> None:
    given: dict[str, Any] = {
        "document_id": issued_document.pk,
        "end_class": "mistake",
        "reason": "错",
        "by": cast.leader,
        "at": cast.at,
    }
    api.revoke_document(**given)
    with pytest.raises(api.CannotEnd):
        api.revoke_document(**given)


def test_a_correction_replaces_the_paper(cast: Any, issued_document: Any, told: list[Any]) -> None:
    new = api.issue(paper=paper(content=letter(sealed=False)), by=cast.clerk, at=cast.at)
    old = api.replace_document(
        document_id=issued_document.pk, replacement_id=new.pk, reason="更正面积", by=cast.leader, at=cast.at
    )
    assert (old.state, old.replaced_by_id) == (State.REPLACED, new.pk)
    assert told[-1].replaced_by_id == new.pk


def test_a_paper_is_not_replaced_by_itself_or_by_a_draft(cast: Any, issued_document: Any) -> None:
    draft = api.prepare_document(paper=paper(), by=cast.clerk, at=cast.at)
    for replacement in (issued_document.pk, draft.pk):
        with pytest.raises(api.CannotEnd):
            api.replace_document(
                document_id=issued_document.pk,
                replacement_id=replacement,
                reason="x",
                by=cast.leader,
                at=cast.at,
            )


def test_an_abandoned_draft_keeps_its_number_as_void(cast: Any, told: list[Any]) -> None:
    draft = api.prepare_document(paper=paper(), by=cast.clerk, at=cast.at)
    api.abandon_document(document_id=draft.pk, reason="申请人撤回", by=cast.clerk, at=cast.at)
    draft.refresh_from_db()
    assert draft.state == State.VOID
    assert list_numbers(series="test")[0].void_reason == "申请人撤回"
    assert told == []
    for act in (api.release_document,):
        with pytest.raises(api.DocumentNotPrepared):
            act(document_id=draft.pk, by=cast.clerk, at=cast.at)


def test_an_issued_document_is_not_abandoned(cast: Any, issued_document: Any) -> None:
    with pytest.raises(api.CannotEnd):
        api.abandon_document(document_id=issued_document.pk, reason="x", by=cast.clerk, at=cast.at)


def test_the_database_refuses_an_end_without_reason(issued_document: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuedDocument.objects.filter(pk=issued_document.pk).update(state=State.REVOKED)


def test_an_owner_lists_its_documents(cast: Any, issued_document: Any) -> None:
    api.prepare_document(paper=paper(), by=cast.clerk, at=cast.at)
    lines = api.list_documents(("test.case", 1))
    assert [line.state for line in lines] == ["valid", "prepared"]
    assert [line.number for line in api.list_documents(("test.case", 1), issued_only=True)] == [
        issued_document.number_text
    ]
    assert lines[0].sealed
    assert lines[0].public_url.startswith("/v/")
