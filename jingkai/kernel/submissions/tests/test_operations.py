"""A form acts once: repetitions, other contents, form errors, parallel arrivals, and the API's keys."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from jingkai.kernel.submissions import operations, rules
from jingkai.kernel.submissions.data import TOKEN_FIELD
from jingkai.kernel.submissions.models import HeldPost, Submission
from jingkai.kernel.submissions.testing import with_token
from jingkai.kernel.submissions.tests import pages

pytestmark = [pytest.mark.django_db, pytest.mark.urls(pages.__name__)]


def test_repetition_gets_the_same_redirect_and_has_no_effect(client: Client) -> None:
    data = with_token({"name": "one"})
    first, second = client.post("/make", data), client.post("/make", data)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Group.objects.count() == 1


def test_same_mark_with_other_content_is_refused_in_words(client: Client) -> None:
    data = with_token({"name": "one"})
    client.post("/make", data)
    answer = client.post("/make", {**data, "name": "two"}, headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert "already sent" in answer.content.decode()
    assert "two" in answer.content.decode()
    assert list(Group.objects.values_list("name", flat=True)) == ["one"]


def test_same_mark_for_another_page_is_refused(client: Client) -> None:
    data = with_token({"name": "one"})
    client.post("/make", data)
    client.force_login(pages.user())
    assert client.post("/own", data).status_code == 409
    assert Group.objects.count() == 1


@pytest.mark.parametrize("mark", [None, "", "x", "a.b:c:d", "\x00"])
def test_form_without_a_mark_of_ours_is_refused(client: Client, mark: str | None) -> None:
    data = {"name": "one"} | ({TOKEN_FIELD: mark} if mark is not None else {})
    answer = client.post("/make", data)
    assert answer.status_code == 400
    assert "one" in answer.content.decode()
    assert not Group.objects.exists()


def test_form_drawn_for_another_user_is_refused(client: Client) -> None:
    other = pages.user("other")
    client.force_login(pages.user())
    assert client.post("/make", with_token({"name": "one"}, user=other)).status_code == 409
    assert not Group.objects.exists()


def test_form_open_for_more_than_a_week_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    data = with_token({"name": "one"})
    monkeypatch.setattr(rules, "FORM_LIFE", timedelta(seconds=-1))
    assert client.post("/make", data).status_code == 409
    assert not Group.objects.exists()


def test_form_errors_roll_everything_back_and_free_the_mark(client: Client) -> None:
    data = with_token({"name": ""})
    assert client.post("/make", data).status_code == 200
    assert not Group.objects.filter(name="").exists()
    assert not Submission.objects.exists()
    assert client.post("/make", {**data, "name": "now right"}).status_code == 302
    assert Group.objects.exclude(name="kept").count() == 1


def test_what_a_refused_form_keeps_outlives_the_rollback(client: Client) -> None:
    data = with_token({"name": ""})
    assert [client.post("/make", data).status_code for _ in range(2)] == [200, 200]
    assert list(Group.objects.values_list("name", flat=True)) == ["kept"]
    client.post("/make", with_token({"name": "right"}))
    assert Group.objects.count() == 2


def test_refusal_rolls_back_and_frees_the_mark(client: Client) -> None:
    data = with_token({"name": "bad"})
    assert client.post("/make", data).status_code == 409
    assert not Group.objects.exists()
    assert not Submission.objects.exists()


def test_htmx_redirect_counts_as_done_and_is_repeated(client: Client) -> None:
    data = with_token({"name": "one", "htmx": "1"})
    first, second = client.post("/make", data), client.post("/make", data)
    assert first["HX-Redirect"] == second["HX-Redirect"]
    assert Group.objects.count() == 1


def test_digest_sees_the_content_of_files(client: Client) -> None:
    data = with_token({"name": "one"})
    assert client.post("/make", {**data, "file": SimpleUploadedFile("a.txt", b"1")}).status_code == 302
    assert client.post("/make", {**data, "file": SimpleUploadedFile("a.txt", b"1")}).status_code == 302
    assert client.post("/make", {**data, "file": SimpleUploadedFile("a.txt", b"2")}).status_code == 409


def test_get_needs_no_mark_and_draws_one(client: Client) -> None:
    text = client.get("/make").content.decode()
    assert f'name="{TOKEN_FIELD}"' in text
    assert not Submission.objects.exists()


def _in_parallel(number: int, send: Any) -> list[Any]:
    barrier, answers = threading.Barrier(number), []

    def run() -> None:
        client = Client()
        barrier.wait()
        try:
            answers.append(send(client))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_repetitions_have_one_effect() -> None:
    data = with_token({"name": "one"})
    answers = _in_parallel(50, lambda client: client.post("/make", data))
    assert {answer.status_code for answer in answers} == {302}
    assert len(answers) == 50
    assert len({answer["Location"] for answer in answers}) == 1
    assert Group.objects.count() == 1
    assert Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_calls_with_one_key_have_one_effect() -> None:
    def send(client: Client) -> Any:
        return client.post(
            "/api/v1/groups?name=y", "{}", "application/json", headers={"Idempotency-Key": "k"}
        )

    answers = _in_parallel(50, send)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 49
    assert Group.objects.count() == 1


def _call(client: Client, *, name: str = "y", body: str = "{}", key: str = "k") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/api/v1/groups?name={name}", body, "application/json", headers=headers)


def test_api_repetition_gives_the_stored_answer(client: Client) -> None:
    first, second = _call(client), _call(client)
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Group.objects.count() == 1


def test_api_same_key_with_another_body_is_refused_as_a_problem(client: Client) -> None:
    _call(client)
    answer = _call(client, body='{"a": 1}')
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 409


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_api_call_without_a_usable_key_is_refused(client: Client, key: str) -> None:
    answer = _call(client, key=key)
    assert answer.status_code == 400
    assert not Group.objects.exists()


@pytest.mark.parametrize(("name", "status"), [("bad", 409), ("invalid", 422)])
def test_api_call_that_fails_leaves_nothing_and_frees_the_key(client: Client, name: str, status: int) -> None:
    assert _call(client, name=name).status_code == status
    assert not Group.objects.exists()
    assert _call(client).status_code == 201


def test_api_put_with_a_form_body_is_compared_by_its_bytes(client: Client) -> None:
    def put(body: str) -> int:
        kind = "application/x-www-form-urlencoded"
        return client.put("/api/v1/groups?name=y", body, kind, headers={"Idempotency-Key": "k"}).status_code

    assert [put("a=1"), put("a=1"), put("a=2")] == [201, 201, 409]


def test_api_keys_of_two_callers_do_not_meet(client: Client) -> None:
    assert _call(client).status_code == 201
    client.force_login(pages.user())
    assert _call(client, name="z").status_code == 201
    assert Group.objects.count() == 2


def test_old_rows_are_forgotten_after_their_time(client: Client) -> None:
    client.post("/make", with_token({"name": "one"}))
    client.post("/make", with_token({"name": "bad"}))
    now = timezone.now()
    assert operations.delete_old_rows(at=now + timedelta(hours=25)) == 1
    assert not HeldPost.objects.exists()
    assert operations.delete_old_rows(at=now + timedelta(days=7)) == 0
    assert operations.delete_old_rows(at=now + timedelta(days=9)) == 1
