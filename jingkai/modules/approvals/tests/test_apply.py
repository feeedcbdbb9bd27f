"""Uploading a material as a stream: what is taken, and every hostile file refused in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.testing import Hall, small_file
from jingkai.modules.approvals.web.apply import upload
from jingkai.records.files.data import MIB
from jingkai.records.files.models import Attachment
from jingkai.records.files.testing import PDF, zipped

pytestmark = pytest.mark.django_db

NOW = "2026-03-02 09:00"
Put = Callable[..., Any]


@pytest.fixture
def draft(hall: Hall) -> Application:
    """A draft of the handler, on a Monday morning."""
    hall.travel(NOW)
    return hall.draft(at=NOW)


@pytest.fixture
def put(hall: Hall, client: Client, draft: Application) -> Put:
    """Send a file as the upload control does."""
    hall.log_in(client, "handler")

    def send(code: str = "fire-design", content: bytes = PDF, name: str = "消防设计.pdf", **more: Any) -> Any:
        url = reverse("approvals:upload", args=[draft.uuid, code])
        headers = {"X-File-Name": quote(name), **more.pop("headers", {})}
        return client.put(url, content, content_type="application/octet-stream", headers=headers, **more)

    return send


def kept() -> list[tuple[str, str]]:
    """Slots and names of what was kept."""
    return list(Attachment.objects.filter(owner_kind="application").values_list("slot", "name"))


def left_behind(folder: Path) -> list[str]:
    """Temporary files that a refused upload forgot."""
    return [path.name for path in folder.rglob("upload-*") if path.is_file()]


@pytest.mark.parametrize(
    ("code", "kind", "name"),
    [
        ("fire-design", "pdf", "消防设计.pdf"),
        ("site-plan", "jpeg", "总平面图.jpg"),
        ("construction-plan", "docx", "施工组织设计.docx"),
        ("participants", "xlsx", "参建单位.xlsx"),
    ],
)
def test_real_files_are_taken_with_their_line(put: Put, code: str, kind: str, name: str) -> None:
    answer = put(code, small_file(kind), name)
    assert answer.status_code == 201
    assert name in json.loads(answer.content)["html"]
    assert kept() == [(code, name)]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"MZ\x90\x00" + bytes(400), "图纸.pdf", "程序"),
        (b"\x7fELF\x02\x01\x01" + bytes(400), "图纸.pdf", "程序"),
        (b"#!/bin/sh\nrm -rf /\n", "说明.pdf", "脚本"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "图.pdf", "SVG"),
        (lambda: zipped({"zeros.txt": bytes(300 * MIB)}), "图纸.pdf", "解压"),
        (b"<html><script>alert(1)</script></html>", "说明.pdf", "网页"),
        (b"", "空.pdf", "空"),
        (b"%PDF", "半个.pdf", ""),
    ],
    ids=["program", "elf", "script", "svg", "zip-bomb", "web-page", "empty", "cut-off"],
)
def test_hostile_files_are_refused_in_words(
    put: Put, files_folder: Path, content: bytes | Callable[[], bytes], name: str, words: str
) -> None:
    answer = put(content=content() if callable(content) else content, name=name)
    detail = json.loads(answer.content)["detail"]
    assert 400 <= answer.status_code < 500
    assert name in detail
    assert words in detail
    assert kept() == []
    assert left_behind(files_folder) == []


def test_kind_that_the_material_does_not_take_is_refused(put: Put) -> None:
    answer = put("fire-design", small_file("xlsx"), "表格.xlsx")
    detail = json.loads(answer.content)["detail"]
    assert (answer.status_code, "PDF" in detail, "XLSX" in detail) == (422, True, True)


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd.pdf",
        "..\\..\\windows\\system32.pdf",
        "/etc/shadow.pdf",
        "a/b/c.pdf",
        "图" * 300 + ".pdf",
        "换\n行\r.pdf",
        "\u202efdp.exe.pdf",
        "",
        "." * 300,
    ],
)
def test_hostile_names_are_made_harmless(put: Put, files_folder: Path, name: str) -> None:
    answer = put(name=name)
    assert answer.status_code == 201, answer.content
    (_slot, kept_as) = kept()[0]
    assert not set(kept_as) & set("/\\\n\r\u202e")
    assert ".." not in kept_as
    assert len(kept_as.encode()) <= 255
    assert kept_as.endswith(".pdf")
    inside = files_folder.resolve()
    assert all(path.resolve().is_relative_to(inside) for path in files_folder.rglob("*"))


class Unread:
    """A body of two gigabytes that must not be touched."""

    def read(self, *_size: int) -> bytes:
        """Fail: nothing may be read."""
        raise AssertionError("the body was read")

    readline = read


def put_raw(hall: Hall, draft: Application, body: Any, length: int) -> Any:
    """Send a body that is not what its length says, past the test client's own checks."""
    environ = RequestFactory()._base_environ(
        REQUEST_METHOD="PUT", CONTENT_LENGTH=str(length), HTTP_X_FILE_NAME=quote("图.pdf")
    )
    request: Any = WSGIRequest({**environ, "wsgi.input": body})
    request.user = hall.log_in(Client(), "handler")
    request.actor, request.at = hall.actor("handler", NOW), hall.travel(NOW)
    return upload(request, uuid=draft.uuid, code="fire-design")


def test_two_gigabytes_are_refused_before_a_byte_is_read(hall: Hall, draft: Application) -> None:
    answer = put_raw(hall, draft, Unread(), 2 * 1024 * MIB)
    detail = json.loads(answer.content)["detail"]
    assert (answer.status_code, "200 MB" in detail, "图.pdf" in detail) == (413, True, True)
    assert kept() == []


def test_body_that_ends_early_is_refused(hall: Hall, draft: Application, files_folder: Path) -> None:
    answer = put_raw(hall, draft, BytesIO(PDF), len(PDF) + 100)
    assert 400 <= answer.status_code < 500
    assert "图.pdf" in json.loads(answer.content)["detail"]
    assert kept() == []
    assert left_behind(files_folder) == []


def test_length_that_was_not_told_is_refused(put: Put) -> None:
    answer = put(CONTENT_LENGTH="")
    assert 400 <= answer.status_code < 500
    assert kept() == []


def test_unknown_material_is_not_found(put: Put) -> None:
    assert put("no-such-material").status_code == 404
    assert put("construction-permit").status_code == 404


def test_only_put_is_answered(client: Client, put: Put, draft: Application) -> None:
    url = reverse("approvals:upload", args=[draft.uuid, "fire-design"])
    assert {client.get(url).status_code, client.post(url).status_code} == {405}


def test_upload_needs_the_secret_of_the_form(hall: Hall, draft: Application) -> None:
    client = Client(enforce_csrf_checks=True)
    hall.log_in(client, "handler")
    url = reverse("approvals:upload", args=[draft.uuid, "fire-design"])
    answer = client.put(url, PDF, content_type="application/octet-stream", headers={"X-File-Name": "a.pdf"})
    assert answer.status_code == 403
    assert kept() == []


@pytest.mark.parametrize("who", ["other_handler", "clerk", "officer_fire", "leader"])
def test_strangers_upload_nothing(hall: Hall, draft: Application, who: str) -> None:
    client = Client()
    hall.log_in(client, who)
    url = reverse("approvals:upload", args=[draft.uuid, "fire-design"])
    answer = client.put(url, PDF, content_type="application/octet-stream", headers={"X-File-Name": "a.pdf"})
    assert answer.status_code in (403, 404)
    assert kept() == []


def test_submitted_application_takes_no_more_files(hall: Hall, put: Put, draft: Application) -> None:
    hall.submit(hall.give_all(draft, at=NOW), at=NOW)
    before = len(kept())
    answer = put()
    assert answer.status_code == 409
    assert "现在不能修改" in answer.json()["detail"]
    assert len(kept()) == before


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "登录已失效"), ("en", "Your session has ended")])
def test_ended_session_is_told_beside_the_file(client: Client, put: Put, language: str, words: str) -> None:
    """A script shows the sentence; the log-in page would be taken for a broken connection."""
    client.logout()
    answer = put(headers={"accept-language": language, "accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/json")
    assert words in answer.json()["detail"]
    assert kept() == []


def test_every_refusal_of_a_file_is_a_sentence_in_json(
    hall: Hall, client: Client, put: Put, draft: Application
) -> None:
    answers = [put("no-such-material")]
    hall.log_in(client, "clerk")
    answers.append(put())
    strict = Client(enforce_csrf_checks=True)
    hall.log_in(strict, "handler")
    url = reverse("approvals:upload", args=[draft.uuid, "fire-design"])
    answers.append(strict.put(url, PDF, headers={"accept": "application/json", "X-File-Name": "a.pdf"}))
    assert [one.status_code for one in answers] == [404, 403, 403]
    assert all(one.json()["detail"] for one in answers)


def test_file_is_removed_after_a_question_and_stays_in_the_record(
    hall: Hall, client: Client, put: Put, draft: Application
) -> None:
    put()
    row = Attachment.objects.get(owner_kind="application")
    url = reverse("approvals:remove_file", args=[draft.uuid, row.uuid])
    assert client.get(url).status_code == 200
    assert client.post(url, with_token()).status_code == 302
    row.refresh_from_db()
    assert row.void_reason
    assert client.post(url, with_token()).status_code in (403, 404, 409)


def test_file_of_another_application_can_not_be_removed_through_ones_own(
    hall: Hall, client: Client, put: Put, draft: Application
) -> None:
    other = hall.draft(at=NOW, by="other_handler")
    strange = hall.give(other, "mandate", at=NOW, by="other_handler")
    url = reverse("approvals:remove_file", args=[draft.uuid, strange.uuid])
    assert client.post(url, with_token()).status_code == 404
    strange.refresh_from_db()
    assert strange.voided_at is None


def test_blank_form_is_for_everybody(hall: Hall) -> None:
    visitor = Client()
    url = reverse("approvals:blank_form", args=["construction-permit", "application-form"])
    answer = visitor.get(url, follow=True)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
