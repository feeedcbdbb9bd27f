"""Uploading and reading through the pages: every wrong person, every refusal in words."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.permissions.api import SYSTEM
from jingkai.kernel.submissions.testing import with_token
from jingkai.records.files import api
from jingkai.records.files.data import MIB, OwnerKind
from jingkai.records.files.models import Attachment
from jingkai.records.files.operations import receive
from jingkai.records.files.rules.catalogue import KINDS
from jingkai.records.files.rules.owners import owners
from jingkai.records.files.testing import PDF

pytestmark = pytest.mark.django_db
MATTER = uuid4()
OWNER = ("test.matter", 7)


@pytest.fixture(autouse=True)
def matter(cast: Any) -> Iterator[None]:
    own = cast.enterprise.pk

    def belongs(actor: Any) -> bool:
        return actor.kind == "staff" or own in actor.enterprise_ids

    kind = OwnerKind(
        code="test.matter",
        may_read=lambda actor, _id: belongs(actor),
        may_write=lambda actor, _id, slot: belongs(actor) and slot != "closed",
        resolve=lambda uuid: 7 if uuid == MATTER else None,
        limit=MIB,
    )
    with owners.including(kind):
        yield


def put(client: Any, content: bytes = PDF, name: str = "说明.pdf", owner: UUID = MATTER, **more: Any) -> Any:
    url = reverse("files:upload", args=["test.matter", owner]) + more.pop("query", "?slot=design")
    return client.put(url, content, content_type="application/pdf", HTTP_X_FILE_NAME=quote(name), **more)


def attachment() -> Attachment:
    return api.attach(
        upload=api.receive_bytes(PDF, name="消防 说明.pdf"), owner=OWNER, by=SYSTEM, at=_moment()
    )


def _moment() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 11, 21, 6, tzinfo=UTC)


def test_an_upload_answers_with_its_line(sign_in: Any) -> None:
    answer = put(sign_in("handler"), name="../消防设计.pdf")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["name"], told["size"]) == ("消防设计.pdf", len(PDF))
    assert "<li" in told["html"]
    kept = Attachment.objects.get(uuid=told["id"])
    assert (kept.owner_kind, kept.owner_id, kept.slot) == ("test.matter", 7, "design")
    assert kept.uploaded_by_name == "秦经办"


def test_a_corrected_type_is_told_in_the_line(sign_in: Any) -> None:
    told = put(sign_in("handler"), name="营业执照.jpg").json()
    assert told["name"] == "营业执照.pdf"
    assert Attachment.objects.get().remark == "type_corrected"


def test_an_ended_session_is_told_in_words(client: Any) -> None:
    answer = put(client)
    assert answer.status_code == 401
    assert answer.json()["detail"]


def test_strangers_upload_nothing(sign_in: Any) -> None:
    assert put(sign_in("other_handler")).status_code == 403
    assert not Attachment.objects.exists()


def test_an_unknown_owner_is_refused(sign_in: Any) -> None:
    assert put(sign_in("handler"), owner=uuid4()).status_code == 403


def test_an_unknown_kind_of_owner_is_refused(sign_in: Any) -> None:
    url = reverse("files:upload", args=["no.such", MATTER])
    assert sign_in("handler").put(url, PDF).status_code == 403


def test_a_closed_place_takes_nothing(sign_in: Any) -> None:
    assert put(sign_in("handler"), query="?slot=closed").status_code == 403


def test_only_put_is_answered(sign_in: Any) -> None:
    url = reverse("files:upload", args=["test.matter", MATTER])
    client = sign_in("handler")
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 405


def test_an_upload_without_the_form_secret_is_refused(sign_in: Any) -> None:
    client = sign_in("handler")
    client.handler.enforce_csrf_checks = True
    assert put(client).status_code == 403
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"", "空.pdf", 422, "empty"),
        (b"MZ" + bytes(100), "图纸.pdf", 422, "program"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "图.svg", 422, "svg"),
        (b"%PDF-1.7" + bytes(MIB), "大.pdf", 413, "too_large"),
    ],
)
def test_refusals_come_as_sentences(sign_in: Any, content: bytes, name: str, status: int, code: str) -> None:
    answer = put(sign_in("handler"), content, name, CONTENT_LENGTH=str(len(content)))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert name in answer.json()["detail"]


def test_two_gigabytes_are_refused_by_the_header_alone(sign_in: Any) -> None:
    answer = put(sign_in("handler"), b"", CONTENT_LENGTH=str(2 * 1024 * MIB))
    assert answer.status_code == 413
    assert "1 MB" in answer.json()["detail"]


def test_when_all_places_are_taken_the_sender_is_told(sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = threading.BoundedSemaphore(1)
    taken.acquire()
    monkeypatch.setattr(receive, "_places", taken)
    answer = put(sign_in("handler"))
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")


def test_a_reader_gets_the_file_with_safe_headers(sign_in: Any) -> None:
    kept = attachment()
    answer = sign_in("handler").get(reverse("files:download", args=[kept.uuid]))
    assert b"".join(answer) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-cache"
    assert list(entries_of(OWNER))[-1].action == "file.read"


def test_a_pdf_may_be_shown_and_a_zip_is_saved(sign_in: Any) -> None:
    client = sign_in("handler")
    shown = client.get(reverse("files:show", args=[attachment().uuid]))
    assert shown["Content-Disposition"].startswith("inline")
    text = api.attach(upload=api.receive_bytes(b"x", name="a.txt"), owner=OWNER, by=SYSTEM, at=_moment())
    saved = client.get(reverse("files:show", args=[text.uuid]))
    assert saved["Content-Disposition"].startswith("attachment")


HOSTILE = {
    "注入.txt": b"alert(document.cookie)//",
    "注入.csv": "姓名,公式\n张三,=cmd|'/c calc'!A1\n".encode(),
    "数据.xml": b'<?xml version="1.0"?><a xmlns:x="urn:x"><x:b/></a>',
    "双后缀.html.pdf": PDF,
    "换行\r\nX-Evil: 1.pdf": PDF,
    '引号";filename=evil.html.pdf': PDF,
    "../../etc/passwd.pdf": PDF,
    "反向\u202efdp.exe.pdf": PDF,
}
"""What may come in, and must never run or be mistaken for something else on its way out."""


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("page", ["download", "show"])
def test_nothing_active_is_ever_shown_inline(sign_in: Any, name: str, page: str) -> None:
    upload = api.receive_bytes(HOSTILE[name], name=name)
    kept = api.attach(upload=upload, owner=OWNER, by=SYSTEM, at=_moment())
    answer = sign_in("handler").get(reverse(f"files:{page}", args=[kept.uuid]))
    b"".join(answer)
    told, inline = answer["Content-Disposition"], answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert inline == (page == "show" and answer["Content-Type"] in SHOWN)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "script" not in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert inline or "sandbox" in answer["Content-Security-Policy"]
    assert not set("\r\n") & set(told)
    assert "X-Evil" not in answer
    assert not re.search(r"\.\./|%2e%2e|%E2%80%AE|; *filename=evil", told, re.I), told


SHOWN = ("application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp")


def test_only_pictures_and_pdf_are_kinds_to_be_shown() -> None:
    assert {kind.media_type for kind in KINDS.values() if kind.inline} == set(SHOWN)


def test_a_picture_that_is_also_a_page_is_no_picture(sign_in: Any) -> None:
    """A GIF by its first bytes, a web page by the rest: refused, as `put` says."""
    answer = put(sign_in("handler"), b"GIF89a/*<svg onload=alert(1)>*/", "多面.gif")
    assert answer.status_code == 422


@pytest.mark.parametrize("page", ["download", "show"])
def test_strangers_read_nothing(sign_in: Any, page: str) -> None:
    kept = attachment()
    assert sign_in("other_handler").get(reverse(f"files:{page}", args=[kept.uuid])).status_code == 403


@pytest.mark.parametrize("page", ["download", "show", "remove"])
def test_visitors_are_asked_to_log_in(client: Any, page: str) -> None:
    answer = client.get(reverse(f"files:{page}", args=[attachment().uuid]))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_an_unknown_file_is_not_found(sign_in: Any) -> None:
    assert sign_in("handler").get(reverse("files:download", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-4", 206, PDF[:5]),
        ("bytes=10-", 206, PDF[10:]),
        ("bytes=-6", 206, PDF[-6:]),
        ("bytes=5-99999", 206, PDF[5:]),
        ("bytes=99999-", 416, b""),
        ("bytes=9-2", 416, b""),
        ("bytes=-", 200, PDF),
        ("lines=1-2", 200, PDF),
    ],
)
def test_ranges(sign_in: Any, asked: str, status: int, body: bytes) -> None:
    url = reverse("files:show", args=[attachment().uuid])
    answer = sign_in("handler").get(url, HTTP_RANGE=asked)
    assert answer.status_code == status
    assert (b"".join(answer) if answer.streaming else answer.content) == body


def test_a_known_copy_is_not_sent_again(sign_in: Any) -> None:
    url, client = reverse("files:show", args=[attachment().uuid]), sign_in("handler")
    etag = client.get(url)["ETag"]
    assert client.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 304


def test_removing_asks_for_a_reason_and_keeps_the_record(sign_in: Any) -> None:
    kept, client = attachment(), sign_in("clerk")
    url = reverse("files:remove", args=[kept.uuid])
    assert "消防 说明.pdf" in client.get(url).content.decode()
    data = with_token({"reason": "传错了", "back": "https://evil.example/"}, user=client.user)
    answer = client.post(url, data)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    kept.refresh_from_db()
    assert kept.void_reason == "传错了"


def test_removing_is_refused_to_strangers(sign_in: Any) -> None:
    kept = attachment()
    assert sign_in("other_handler").get(reverse("files:remove", args=[kept.uuid])).status_code == 403


def test_json_is_answered_even_for_refusals_of_the_kernel(sign_in: Any) -> None:
    answer = put(sign_in("other_handler"))
    assert json.loads(answer.content)["detail"]


@pytest.mark.parametrize(("who", "length", "status"), [(None, 40 * MIB, 413), ("handler", 300 * MIB, 413)])
def test_a_huge_form_is_refused_before_it_is_read(
    client: Any, sign_in: Any, who: str | None, length: int, status: int
) -> None:
    if who:
        sign_in(who)
    answer = client.post(
        reverse("files:remove", args=[uuid4()]),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_TYPE="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(length),
    )
    assert answer.status_code == status
    assert "MB" in answer.content.decode()


def refusals(user_id: int) -> list[tuple[str, str]]:
    return [(entry.result, entry.facts["why"]) for entry in entries_of(("files.refused", user_id))]


def test_a_refused_file_leaves_an_entry_that_names_nothing_of_it(client: Any, cast: Any) -> None:
    user = log_in(client, cast.handler)
    assert put(client, b"MZ" + b"\x00" * 200, name="geheim.exe").status_code == 422
    assert put(client, b"%PDF-", name="plan.pdf").status_code == 422
    assert put(client).status_code == 201
    assert refusals(user.pk) == [("refused", "program"), ("refused", "damaged")]
    entry = next(iter(entries_of(("files.refused", user.pk))))
    assert entry.action == "file.refused"
    assert "geheim" not in str(entry.facts)


def test_a_fault_of_ours_is_no_attempt(client: Any, cast: Any, monkeypatch: Any) -> None:
    user = log_in(client, cast.handler)
    monkeypatch.setattr(receive, "FREE_SPACE", 2**62)
    assert put(client).status_code == 507
    assert refusals(user.pk) == []
