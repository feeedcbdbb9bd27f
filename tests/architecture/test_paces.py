"""Anybody may do a thing only so often, whoever declared it; the security administrator sets how often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.exchange.testing import ApiClient
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.pace import rules
from jingkai.kernel.pace.data import Pace
from jingkai.kernel.pace.models import Turns
from jingkai.kernel.submissions.testing import with_token
from tests.architecture.pages import all_pages

pytestmark = pytest.mark.django_db


def test_logins_of_one_address_do_not_add_up(cast: Cast, tight_search: Any) -> None:
    people = [Client(), Client(), Client()]
    log_in(people[1], cast.clerk)
    log_in(people[2], cast.clerk_2)
    assert [[tight_search(one).status_code for _turn in range(3)] for one in people] == [[200, 200, 429]] * 3


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
LETTERS = "ABCDEFGHJKLMNPQRSTUV"
PACES: dict[str, Take] = {
    "registration": lambda client: client.post("/register", with_token()),
    "registration_code": lambda client: client.get("/register/code", {"uscc": "91"}),
    "forgotten": lambda client: client.post("/accounts/password/reset/", with_token()),
    "passkeys": lambda client: client.post("/accounts/2fa/passkeys/login/", {"credential": "{}"}),
    "unified_login": lambda client: client.get("/accounts/unified/nothing/"),
    "unified_logout": lambda client: client.post("/accounts/unified/nothing/ended/"),
    "track": lambda client: client.get("/track/", {"number": "SP2026-00001", "code": "123456"}),
    "rating": lambda client: client.post("/r/nothing/", with_token()),
    "appointments": lambda client: client.post("/appointments/for/nothing/", with_token()),
    "appointment_code": lambda client: client.post("/appointments/mine", with_token()),
    "search": lambda client: client.get("/search", {"q": "施工"}),
    "documents_verify": lambda client: client.get("/verify", {"number": "1", "code": LETTERS}),
    "documents_misses": lambda client: client.get(f"/v/{LETTERS}"),
    "documents_copy": lambda client: client.put(f"/v/{LETTERS}/copy"),
    "wrong_tokens": lambda _client: ApiClient("jk_" + "x" * 40).get("items"),
    "exports": lambda client: client.get("/cases/export/"),
}
"""What is done at each pace: nonsense by anybody, or the real thing by somebody who is logged in."""
LOGGED_IN = ("exports",)


def test_every_pace_is_walked() -> None:
    assert set(PACES) == {pace.code for pace in rules.paces.all() if not pace.alarm}


@pytest.mark.parametrize("code", PACES)
def test_at_the_number_and_one_more_through_a_restart(code: str, cast: Cast) -> None:
    """At the declared number all is well, one more is refused, though every process has begun anew between.

    Most of the turns are put in by hand.
    """
    pace, take = rules.pace_of(code), PACES[code]
    client = _begun_anew(cast, code)
    first = take(client)
    assert first.status_code < 429, first.status_code
    assert Turns.objects.filter(what=code).update(number=pace.most - 1) == 1
    client = _begun_anew(cast, code)
    assert take(client).status_code == first.status_code
    client = _begun_anew(cast, code)
    refused = take(client)
    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (429, True)


def _begun_anew(cast: Cast, code: str) -> Client:
    """A browser at a product that remembers nothing but what is in the database."""
    rules.forget_numbers()
    rules.paces_at.cache_clear()
    client = Client()
    if code in LOGGED_IN:
        log_in(client, cast.clerk)
    return client


def exceeded(user_id: int) -> list[dict[str, Any]]:
    """What the trail says of a login that went over a pace."""
    return [entry.facts for entry in entries_of(("pace.exceeded", user_id))]


def test_the_first_turn_too_many_leaves_an_entry_and_no_further_one(
    client: Client, cast: Cast, tight_search: Any
) -> None:
    user = log_in(client, cast.clerk)
    for _turn in range(2):
        tight_search(client)
    assert exceeded(user.pk) == []
    for _turn in range(4):
        assert tight_search(client).status_code == 429
    assert exceeded(user.pk) == [{"pace": "tight", "most": 2}]
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert [tight_search(client).status_code for _turn in range(4)] == [200, 200, 429, 429]
    assert len(exceeded(user.pk)) == 2
    visitor = Client()
    assert [tight_search(visitor).status_code for _turn in range(4)] == [200, 200, 429, 429]
    assert exceeded(0) == [{"pace": "tight", "most": 2}]


def test_many_refused_pages_are_counted_once_and_refuse_nothing(client: Client, cast: Cast) -> None:
    user = log_in(client, cast.clerk)
    most = rules.pace_of("refusals").most
    for _turn in range(most):
        assert client.get("/system/roles").status_code == 403
    assert exceeded(user.pk) == []
    for _turn in range(3):
        assert client.get("/system/roles").status_code == 403
    assert exceeded(user.pk) == [{"pace": "refusals", "most": most}]
    assert client.get("/desk/").status_code == 200
