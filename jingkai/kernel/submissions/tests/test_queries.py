"""Nothing typed is lost: ended sessions, refusals, other people's forms, too much, too late."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from jingkai.kernel.submissions.api import held
from jingkai.kernel.submissions.data import HELD_COOKIE
from jingkai.kernel.submissions.models import HeldPost
from jingkai.kernel.submissions.testing import with_token
from jingkai.kernel.submissions.tests import pages

pytestmark = [pytest.mark.django_db, pytest.mark.urls(pages.__name__)]


def _expired_post(client: Client, user: object, **fields: str) -> None:
    answer = client.post("/own", with_token({"name": "long text", **fields}, user=user))
    assert answer.status_code == 302
    target = urlsplit(answer["Location"])
    assert target.path == "/login"
    assert parse_qs(target.query)["next"] == ["/own"]


def test_form_that_meets_an_ended_session_comes_back_after_login(client: Client) -> None:
    user = pages.user()
    _expired_post(client, user)
    client.force_login(user)
    text = client.get("/own").content.decode()
    assert "long text" in text
    assert "fresh=1" in text
    assert "long text" in client.get("/own").content.decode(), "reloading does not lose it"


def test_kept_form_is_forgotten_once_it_was_carried_out(client: Client) -> None:
    user = pages.user()
    _expired_post(client, user)
    client.force_login(user)
    client.post("/own", with_token({"name": "long text"}, user=user))
    assert not HeldPost.objects.exists()
    assert "long text" not in client.get("/own").content.decode()


def test_kept_form_can_be_left_aside(client: Client) -> None:
    user = pages.user()
    _expired_post(client, user)
    client.force_login(user)
    assert "long text" not in client.get("/own?fresh=1").content.decode()


def test_draft_saved_while_typing_comes_back_to_its_page_and_not_to_another_form(client: Client) -> None:
    user = pages.user()
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/make?step=2"}
    client.post("/own", with_token({"name": "long text"}, user=user), headers=headers)
    client.force_login(user)
    assert "long text" in client.get("/make").content.decode()
    request = client.get("/broken").wsgi_request
    assert held(request) is None
    assert held(request, action="/own") is not None
    assert held(request, action="/make") is None


def test_kept_form_is_not_shown_to_the_next_person_on_this_computer(client: Client) -> None:
    _expired_post(client, pages.user())
    client.force_login(pages.user("next"))
    assert "long text" not in client.get("/own").content.decode()


def test_kept_form_is_not_shown_in_another_browser(client: Client) -> None:
    user = pages.user()
    _expired_post(client, user)
    other = Client()
    other.force_login(user)
    assert "long text" not in other.get("/own").content.decode()


@pytest.mark.parametrize("cookie", ["", "forged", "a:b:c"])
def test_forged_cookie_opens_nothing(client: Client, cookie: str) -> None:
    user = pages.user()
    _expired_post(client, user)
    client.cookies[HELD_COOKIE] = cookie
    client.force_login(user)
    answer = client.get("/own")
    assert answer.status_code == 200
    assert "long text" not in answer.content.decode()


def test_kept_form_is_unreadable_in_the_database(client: Client) -> None:
    _expired_post(client, pages.user())
    assert b"long text" not in bytes(HeldPost.objects.get().fields)


def test_secrets_marks_and_files_are_never_kept(client: Client) -> None:
    user = pages.user()
    _expired_post(client, user, password1="hunter2", otp_code="123456")
    client.force_login(user)
    request = client.get("/own").wsgi_request
    data = held(request)
    assert data is not None
    assert sorted(data) == ["name"]


def test_kept_form_ends_after_a_day(client: Client) -> None:
    user = pages.user()
    _expired_post(client, user)
    row = HeldPost.objects.get()
    HeldPost.objects.update(at=row.at - timedelta(hours=24, minutes=1))
    client.force_login(user)
    assert "long text" not in client.get("/own").content.decode()


@pytest.mark.parametrize(("size", "kept"), [(1000 * 1000, True), (1024 * 1024, False)])
def test_form_over_one_megabyte_is_not_kept(client: Client, size: int, kept: bool) -> None:
    user = pages.user()
    _expired_post(client, user, text="x" * size)
    assert HeldPost.objects.exists() is kept


def test_form_that_we_never_drew_is_not_kept(client: Client) -> None:
    client.post("/own", {"name": "long text"})
    assert not HeldPost.objects.exists()


def test_only_the_newest_forms_are_kept(client: Client) -> None:
    user = pages.user()
    for _ in range(12):
        _expired_post(client, user)
    assert HeldPost.objects.count() == 10


def test_refusal_says_why_shows_what_was_typed_and_leads_back(client: Client) -> None:
    answer = client.post("/make", with_token({"name": "bad", "reason": "because"}))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "The thing bad cannot be made." in text
    assert "Choose another name." in text
    assert "because" in text
    assert 'href="/make"' in text
    assert "bad" in client.get("/make").content.decode()


def test_refusal_names_what_was_typed_as_the_form_does(client: Client) -> None:
    fields = {"name": "bad", "reason": "because", "odd_field": "something"}
    answer = client.post("/make", with_token(fields), headers={"accept-language": "en"})
    shown = re.findall(r'<label for="typed-\d+">([^<]*)</label>', answer.content.decode())
    assert shown == ["Name of the thing", "Reason", "odd field"]


def test_refusal_of_a_page_needs_no_form(client: Client) -> None:
    answer = client.get("/broken")
    assert answer.status_code == 409
    assert "The thing x cannot be made." in answer.content.decode()


@pytest.mark.parametrize(
    ("url", "content_type"), [("/staff", "text/html"), ("/api/v1/staff", "application/problem")]
)
def test_missing_right_is_told_in_words_or_as_a_problem(client: Client, url: str, content_type: str) -> None:
    client.force_login(pages.user())
    answer = client.get(url, headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert answer["Content-Type"].startswith(content_type)
    assert "This page is for officers of the zone." in answer.content.decode()


def test_page_that_declares_nothing_is_refused_in_words(client: Client) -> None:
    answer = client.get("/undeclared", headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "You are not allowed to do this." in answer.content.decode()


def test_missing_right_keeps_what_was_typed(client: Client) -> None:
    client.force_login(pages.user())
    assert "long text" in client.post("/staff", {"name": "long text"}).content.decode()


def test_refusal_escapes_what_was_typed(client: Client) -> None:
    answer = client.post("/make", with_token({"name": "bad", "reason": "<script>alert(1)</script>"}))
    assert "<script>alert" not in answer.content.decode()


def test_htmx_post_with_an_ended_session_is_led_to_the_login_as_a_whole_page(client: Client) -> None:
    user = pages.user()
    answer = client.post(
        "/own",
        with_token({"name": "long text"}, user=user),
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/cases/1?tab=2"},
    )
    assert answer.status_code == 200
    assert parse_qs(urlsplit(answer["HX-Redirect"]).query)["next"] == ["/cases/1?tab=2"]
    assert HeldPost.objects.exists()
    assert HELD_COOKIE in answer.cookies


@pytest.mark.parametrize("referer", ["https://evil.example/x", "//evil.example", "javascript:alert(1)"])
def test_login_never_leads_to_another_site(client: Client, referer: str) -> None:
    answer = client.post("/own", {"name": "x"}, headers={"Referer": referer})
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == ["/own"]


def test_form_of_a_former_login_is_refused_but_kept() -> None:
    client = Client(enforce_csrf_checks=True)
    data = with_token({"name": "long text"})
    own = {"Origin": "http://testserver", "Referer": "http://testserver/make"}
    answer = client.post("/make", data, headers=own)
    assert answer.status_code == 403
    assert "long text" in answer.content.decode()
    assert HeldPost.objects.exists()


def test_form_from_another_site_is_refused_and_not_kept() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/make", with_token({"name": "x"}), headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert not HeldPost.objects.exists()
