"""Anybody may do a thing only so often, whoever declared it; the security administrator sets how often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.exchange.testing import ApiClient
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.pace import rules
from jingkai.kernel.pace.data import Pace
from jingkai.kernel.pace.models import Turns
from jingkai.kernel.pace.testing import turns
from jingkai.kernel.submissions.testing import with_token
from tests.architecture.pages import all_pages

pytestmark = pytest.mark.django_db


def test_logins_of_one_address_do_not_add_up(cast: Cast, tight_search: Any) -> None:
    people = [Client(), Client(), Client()]
    log_in(people[1], cast.clerk)
    log_in(people[2], cast.clerk_2)
    assert [[tight_search(one).status_code for _turn in range(3)] for one in people] == [[200, 200, 429]] * 3


def test_a_program_without_a_token_is_told_when_to_go_on() -> None:
    wrong = ApiClient("jk_" + "x" * 40)
    assert turns("wrong_tokens", lambda: wrong.get("items")) == [401] * 60 + [429]


def test_the_security_administrator_sets_the_number(cast: Cast, client: Client, tight_search: Any) -> None:
    officer = Client()
    user = log_in(officer, cast.security_admin)
    page = officer.get(reverse("pace:list"))
    assert "通过手机找回密码" in page.content.decode()
    address = reverse("pace:edit", args=["tight"])
    given = {"most": "3", "minutes": "10", "source": "信息安全管理办法"}
    assert officer.post(address, with_token({**given, "most": "0"}, user=user)).status_code == 422
    assert officer.post(address, with_token(given, user=user))["Location"] == reverse("pace:list")
    rules.forget_numbers()
    assert [tight_search(client).status_code for _turn in range(4)] == [200, 200, 200, 429]
    given["most"] = "4"
    assert officer.post(address, with_token(given, user=user)).status_code == 302
    rules.forget_numbers()
    assert tight_search(client).status_code == 200
    assert officer.get(reverse("pace:edit", args=["nothing"])).status_code == 404


def test_nobody_else_does(cast: Cast, client: Client) -> None:
    log_in(client, cast.system_admin)
    assert client.get(reverse("pace:list")).status_code == 403


def test_every_pace_counts_pages_that_exist() -> None:
    names = {page.name for page in all_pages()}
    lost = [
        pattern
        for pace in rules.paces.all()
        for pattern in pace.pages
        if not any(
            Pace(code="", label="", most=1, minutes=1, pages=(pattern,)).counts(name, "POST")
            for name in names
        )
    ]
    assert lost == []


def test_every_export_has_a_pace() -> None:
    names = [page.name for page in all_pages() if page.name.rpartition(":")[2].endswith("export")]
    assert [name for name in names if not rules.paces_at(name, "GET")] == []


Take = Callable[[Client], Any]
PUBLIC: dict[str, tuple[int, Take]] = {
    "registration": (422, lambda client: client.post("/register", with_token())),
    "registration_code": (200, lambda client: client.get("/register/code", {"uscc": "91"})),
    "forgotten": (200, lambda client: client.post("/accounts/password/reset/", with_token())),
    "track": (200, lambda client: client.get("/track/", {"number": "SP2026-00001", "code": "123456"})),
    "rating": (404, lambda client: client.post("/r/nothing/", with_token())),
    "appointment_code": (422, lambda client: client.post("/appointments/mine", with_token())),
    "unified_login": (404, lambda client: client.get("/accounts/unified/nothing/")),
}
"""What anybody may do, what it answers to nonsense, and how it is done."""


@pytest.mark.parametrize("code", PUBLIC)
def test_public_pages_at_the_number_and_one_more(code: str, client: Client, monkeypatch: Any) -> None:
    """At the declared number all is well, one more is refused; most of the turns are put in by hand."""
    pace, (_usual, take) = rules.pace_of(code), PUBLIC[code]
    rules.forget_numbers()
    first = take(client)
    assert first.status_code < 429, first.status_code
    Turns.objects.filter(what=code).update(number=pace.most - 1)
    assert take(client).status_code == first.status_code
    refused = take(client)
    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (429, True)
