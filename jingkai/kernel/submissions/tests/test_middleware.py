"""Characters that no text holds are refused in words, and what was typed around them is kept."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from jingkai.kernel.submissions.testing import with_token
from jingkai.kernel.submissions.tests import pages

pytestmark = [pytest.mark.django_db, pytest.mark.urls(pages.__name__)]


@pytest.mark.parametrize("address", ["/make?q=%00", "/make?%00=1", "/make?q=a&q=b%00", "/ma%00ke"])
@pytest.mark.parametrize(("language", "words"), [("zh-hans", "空字符"), ("en", "null character")])
def test_null_character_in_an_address_answers_400_in_words(
    client: Client, address: str, language: str, words: str
) -> None:
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_null_character_in_a_cookie_answers_400(client: Client) -> None:
    client.cookies["jingkai_session"] = "a" * 30 + "\x00"
    assert client.get("/own").status_code == 400


def test_null_character_in_an_api_call_is_told_as_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/groups?name=%00")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("field", ["name", "na\x00me"])
def test_null_character_in_a_form_answers_400_and_keeps_what_was_typed(client: Client, field: str) -> None:
    user = pages.user()
    client.force_login(user)
    answer = client.post("/own", with_token({field: "甲\x00乙", "more": "写了很久"}, user=user))
    assert answer.status_code == 400
    assert "空字符" in answer.content.decode()
    assert "写了很久" in answer.content.decode()
    assert not Group.objects.exists()
    assert "甲乙" in client.get("/own").content.decode()


def test_null_character_in_a_file_is_the_files_own(client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    data = with_token({"name": "one", "file": SimpleUploadedFile("a.bin", b"\x00\x01")})
    assert client.post("/make", data).status_code == 302
