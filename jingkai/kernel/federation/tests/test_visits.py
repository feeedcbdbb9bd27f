"""What ends at the platform ends here at once; nothing but the platform's own fresh word ends anything."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from jingkai.kernel.accounts import api as accounts
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.testing import code_of, log_in, login_of
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.federation.models import Arrival, Provider, Visit
from jingkai.kernel.federation.testing import Identities
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db
ENDED = "/accounts/unified/province/ended/"


def say(token: str, path: str = ENDED) -> Any:
    """What the platform sends, without a session and without a form's secret."""
    return Client(enforce_csrf_checks=True).post(path, {"logout_token": token})


def is_in(client: Client) -> bool:
    return client.get("/accounts/").status_code == 200


def come_in(client: Client, identities: Identities, cast: Cast, *, first: bool = True) -> None:
    """The handler comes in by the platform, the first time after linking on the own page."""
    if first:
        other = Client()
        log_in(other, cast.handler)
        identities.come_back(other, identities.choose("zhang", identities.go(other, link=True)))
        page = other.get("/accounts/unified-first/").content.decode()
        once = page.split('action="/accounts/unified-first/own/"', 1)[1].split('name="_once" value="', 1)[1]
        other.post("/accounts/unified-first/own/", {"_once": once.split('"', 1)[0]})
        other.logout()
    assert identities.sign_in(client, "zhang")["Location"] == "/enterprise/"
    assert is_in(client)


def test_signing_out_there_ends_what_came_of_it_here(
    client: Client, identities: Identities, cast: Cast
) -> None:
    come_in(client, identities, cast)
    by_password = Client()
    user = log_in(by_password, cast.handler)
    answer = say(identities.platform.logout_token(sub="zhang", sid="sid-zhang"))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert not is_in(client)
    assert is_in(by_password), "a session of the password is none of the platform's"
    assert Visit.objects.get().ended_at is not None
    assert "login.sessions_ended" in [entry.action for entry in entries_of(user)]
    found = [entry for entry in entries_of(identities.provider) if entry.action == "federation.signed_out"]
    assert [entry.facts["sessions"] for entry in found] == [1]


def test_one_log_in_there_or_all_of_a_person(client: Client, identities: Identities, cast: Cast) -> None:
    come_in(client, identities, cast)
    identities.platform.how["sid"] = "another"
    second = Client()
    come_in(second, identities, cast, first=False)
    assert say(identities.platform.logout_token(sid="another")).status_code == 200
    assert (is_in(client), is_in(second)) == (True, False)
    third = Client()
    come_in(third, identities, cast, first=False)
    assert say(identities.platform.logout_token(sub="zhang")).status_code == 200
    assert (is_in(client), is_in(third)) == (False, False)
    assert say(identities.platform.logout_token(sub="nobody-here")).status_code == 200


def test_a_word_counts_once(client: Client, identities: Identities, cast: Cast) -> None:
    come_in(client, identities, cast)
    token = identities.platform.logout_token(sub="zhang")
    assert say(token).status_code == 200
    come_in(client, identities, cast, first=False)
    assert say(token).status_code == 400
    assert is_in(client)


@pytest.mark.parametrize(
    "fault", ["signature", "issuer", "audience", "expired", "unsigned", "shared", "unknown_key"]
)
def test_a_word_that_is_not_the_platforms_ends_nothing(
    client: Client, identities: Identities, cast: Cast, fault: str
) -> None:
    come_in(client, identities, cast)
    identities.platform.fault = fault
    answer = say(identities.platform.logout_token(sub="zhang"))
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    assert is_in(client)
    last = list(entries_of(identities.provider))[-1]
    assert (last.action, last.result) == ("federation.refused", "failed")


@pytest.mark.parametrize(
    "told",
    [
        {"events": None},
        {"events": {"http://schemas.openid.net/event/other": {}}},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": True}},
        {"events": ["http://schemas.openid.net/event/backchannel-logout"]},
        {"nonce": "x"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sid": 7},
        {"jti": None},
        {"jti": ""},
        {"exp": None},
        {"iat": 1_700_000_000},
    ],
    ids=str,
)
def test_a_token_of_another_kind_ends_nothing(
    client: Client, identities: Identities, cast: Cast, told: dict[str, Any]
) -> None:
    come_in(client, identities, cast)
    assert say(identities.platform.logout_token(**{"sub": "zhang", **told})).status_code == 400
    assert is_in(client)


def test_the_token_of_a_log_in_or_nothing_ends_nothing(
    client: Client, identities: Identities, cast: Cast
) -> None:
    come_in(client, identities, cast)
    assert say("").status_code == 400
    assert say("a.b.c").status_code == 400
    assert Client().get(ENDED).status_code == 405
    assert (
        say(identities.platform.logout_token(sub="zhang"), ENDED.replace("province", "x")).status_code == 404
    )
    Provider.objects.update(active=False)
    assert say(identities.platform.logout_token(sub="zhang")).status_code == 404
    assert is_in(client)


def test_who_is_still_to_give_the_second_factor_must_begin_anew(
    client: Client, identities: Identities, cast: Cast
) -> None:
    come_in(client, identities, cast)
    user = login_of(cast.handler)
    accounts.enrol_totp(user=user, by=SYSTEM, at=cast.at)
    other = Client()
    assert identities.sign_in(other, "zhang")["Location"] == "/accounts/2fa/authenticate/"
    say(identities.platform.logout_token(sub="zhang"))
    assert (
        other.post("/accounts/2fa/authenticate/", {"code": code_of(user)})["Location"] == "/accounts/login/"
    )
    assert "_auth_user_id" not in other.session


def test_an_identity_that_still_waits_is_forgotten(client: Client, identities: Identities) -> None:
    identities.sign_in(client, "wen")
    other = Client()
    identities.sign_in(other, "zhang")
    say(identities.platform.logout_token(sub="zhang"))
    assert [row.identity == "" for row in Arrival.objects.order_by("pk")] == [False, True]
    assert client.get("/accounts/unified-first/").status_code == 200
    assert other.get("/accounts/unified-first/")["Location"] == "/accounts/login/"
    assert not User.objects.exists()
