"""There and back: what proves nobody never counts, whatever the platform or the browser do."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.federation.connectors import oidc
from jingkai.kernel.federation.models import Arrival, Attempt, Link, Provider
from jingkai.kernel.federation.testing import ENGLISH, Identities

pytestmark = pytest.mark.django_db


def told(client: Client) -> str:
    """The log-in page, with what was said to the browser."""
    return client.get("/accounts/login/", headers=ENGLISH).content.decode()


def test_the_browser_is_sent_with_pkce_state_and_nonce(client: Client, identities: Identities) -> None:
    sent = parse_qs(urlsplit(identities.go(client)).query)
    assert sent["code_challenge_method"] == ["S256"]
    assert sent["response_type"] == ["code"]
    assert sent["redirect_uri"] == ["http://testserver/accounts/unified/province/back/"]
    attempt = Attempt.objects.get()
    assert sent["state"][0] not in attempt.state_hash
    assert sent["nonce"][0] in attempt.kept
    again = parse_qs(urlsplit(identities.go(client)).query)
    assert all(sent[name] != again[name] for name in ("state", "nonce", "code_challenge"))


@pytest.mark.parametrize(
    ("language", "asked", "heading"),
    [("zh-hans", "zh-CN en", "统一身份认证（替身）"), ("en", "en zh-CN", "Unified log-in (stand-in)")],
)
def test_the_platform_is_asked_for_pages_in_the_persons_language(
    client: Client, identities: Identities, language: str, asked: str, heading: str
) -> None:
    client.cookies["django_language"] = language
    address = identities.go(client)
    assert parse_qs(urlsplit(address).query)["ui_locales"] == [asked]
    with urlopen(address) as page:
        assert f"<h1>{heading}</h1>" in page.read().decode()


@pytest.mark.parametrize(
    "fault",
    ["signature", "issuer", "audience", "expired", "nonce", "unsigned", "shared", "unknown_key", "nobody"],
)
def test_a_token_that_proves_nothing_signs_nobody_in(
    client: Client, identities: Identities, fault: str
) -> None:
    identities.platform.fault = fault
    answer = identities.sign_in(client, "zhang")
    assert answer["Location"] == "/accounts/login/"
    assert "did not confirm who you are" in told(client)
    assert not Arrival.objects.exists()
    assert not Link.objects.exists()
    assert "_auth_user_id" not in client.session
    found = [entry for entry in entries_of(identities.provider) if entry.action == "federation.refused"]
    assert len(found) == 1
    assert found[0].result == "failed"


@pytest.mark.parametrize(
    ("demanded", "told_there", "comes_in"),
    [
        ({"levels": "2 3"}, {"acr": "2"}, True),
        ({"levels": "2 3"}, {"acr": "1"}, False),
        ({"levels": "2 3"}, {"acr": None}, False),
        ({"methods": "otp face"}, {"amr": ["pwd", "face"]}, True),
        ({"methods": "otp face"}, {"amr": ["pwd"]}, False),
        ({"methods": "otp face"}, {"amr": "face"}, False),
        ({"max_age_minutes": 10}, {}, True),
        ({"max_age_minutes": 10}, {"auth_time": 1}, False),
        ({"max_age_minutes": 10}, {"auth_time": None}, False),
        ({"max_age_minutes": 10}, {"auth_time": 2**33}, False),
        ({}, {"acr": None, "amr": None, "auth_time": None}, True),
    ],
)
def test_a_log_in_there_that_is_too_weak_or_too_old_signs_nobody_in(
    client: Client,
    identities: Identities,
    demanded: dict[str, Any],
    told_there: dict[str, Any],
    comes_in: bool,
) -> None:
    Provider.objects.update(**demanded)
    identities.platform.how |= told_there
    answer = identities.sign_in(client, "zhang")
    assert answer["Location"] == ("/accounts/unified-first/" if comes_in else "/accounts/login/")
    assert Arrival.objects.exists() == comes_in
    refused = [entry for entry in entries_of(identities.provider) if entry.action == "federation.refused"]
    assert len(refused) == (0 if comes_in else 1)
    assert ("weaker or is older than asked for" in told(client)) != comes_in


def test_the_platform_is_asked_for_the_level_and_the_age_that_count(
    client: Client, identities: Identities
) -> None:
    sent = parse_qs(urlsplit(identities.go(client)).query)
    assert "acr_values" not in sent
    assert "max_age" not in sent
    Provider.objects.update(levels="2 3", max_age_minutes=10)
    sent = parse_qs(urlsplit(identities.go(client)).query)
    assert (sent["acr_values"], sent["max_age"]) == (["2 3"], ["600"])


def test_the_userinfo_end_point_makes_no_log_in_stronger(client: Client, identities: Identities) -> None:
    Provider.objects.update(ask_userinfo=True, levels="3")
    identities.platform.people["zhang"] = {**identities.platform.people["zhang"], "acr": "3"}
    identities.platform.token_hides = ("acr",)
    assert identities.sign_in(client, "zhang")["Location"] == "/accounts/login/"


def test_a_token_counts_a_minute_beyond_its_end_and_no_longer(client: Client, identities: Identities) -> None:
    back = identities.choose("zhang", identities.go(client))
    with time_machine.travel(timezone.now() + timedelta(seconds=330), tick=False):
        identities.platform.now = lambda: time.time() - 330
        assert identities.come_back(client, back)["Location"] == "/accounts/unified-first/"
    back = identities.choose("zhang", identities.go(client))
    with time_machine.travel(timezone.now() + timedelta(seconds=390), tick=False):
        identities.platform.now = lambda: time.time() - 390
        assert identities.come_back(client, back)["Location"] == "/accounts/login/"


def test_a_state_counts_once_and_only_in_its_own_browser(client: Client, identities: Identities) -> None:
    back = identities.choose("zhang", identities.go(client))
    other = Client()
    assert identities.come_back(other, back)["Location"] == "/accounts/login/"
    assert identities.come_back(client, back)["Location"] == "/accounts/unified-first/"
    paths = len(identities.platform.paths)
    assert identities.come_back(client, back)["Location"] == "/accounts/login/"
    assert "begun elsewhere" in told(client)
    assert len(identities.platform.paths) == paths  # a replay asks the platform nothing


def test_a_state_is_spent_though_the_browser_forgot_so(client: Client, identities: Identities) -> None:
    back = identities.choose("zhang", identities.go(client))
    session = client.session
    kept = list(session["federation_states"])
    identities.come_back(client, back)
    session = client.session
    session["federation_states"] = kept
    session.save()
    assert identities.come_back(client, back)["Location"] == "/accounts/login/"


def test_a_state_is_too_old_after_ten_minutes(client: Client, identities: Identities) -> None:
    back = identities.choose("zhang", identities.go(client))
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert identities.come_back(client, back)["Location"] == "/accounts/login/"


def test_a_code_of_another_attempt_fails_by_pkce(client: Client, identities: Identities) -> None:
    """Somebody who caught a code cannot use it in an attempt of their own."""
    caught = parse_qs(urlsplit(identities.choose("zhang", identities.go(Client()))).query)["code"][0]
    own = urlsplit(identities.choose("wen", identities.go(client)))
    state = parse_qs(own.query)["state"][0]
    answer = client.get(f"{own.path}?code={caught}&state={state}")
    assert answer["Location"] == "/accounts/login/"
    assert not Arrival.objects.exists()


def test_an_answer_of_another_issuer_is_refused(client: Client, identities: Identities) -> None:
    own = urlsplit(identities.choose("zhang", identities.go(client)))
    query = parse_qs(own.query)
    answer = client.get(
        own.path, {"code": query["code"], "state": query["state"], "iss": "https://evil.example"}
    )
    assert answer["Location"] == "/accounts/login/"


def test_turning_back_on_the_platforms_page_is_no_fault(client: Client, identities: Identities) -> None:
    answer = identities.come_back(client, identities.choose("nobody", identities.go(client)))
    assert answer["Location"] == "/accounts/login/"
    assert "was given up" in told(client)
    assert [entry.result for entry in entries_of(identities.provider)] == ["done", "done"]


@pytest.mark.parametrize("fault", ["down", "broken", "nonsense", "page", "cut"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_platform_that_fails_is_told_in_words(
    client: Client, identities: Identities, fault: str, when: str
) -> None:
    if when == "before":
        identities.platform.fault = fault
        answer = client.get("/accounts/unified/province/", headers=ENGLISH)
    else:
        back = identities.choose("zhang", identities.go(client))
        identities.platform.fault = fault
        answer = identities.come_back(client, back)
    assert answer["Location"] == "/accounts/login/"
    assert "does not answer at the moment" in told(client)


def test_a_slow_platform_is_waited_for_no_longer_than_the_limit(
    client: Client, identities: Identities, monkeypatch: Any
) -> None:
    from jingkai.kernel.exchange.data import Limits

    monkeypatch.setattr(oidc, "LIMITS", Limits(seconds=0.3, connect=0.3))
    identities.platform.fault = "hang"  # for half a minute
    began = time.monotonic()
    assert client.get("/accounts/unified/province/", headers=ENGLISH)["Location"] == "/accounts/login/"
    assert time.monotonic() - began < 15


def test_a_platform_off_the_allow_list_is_never_called(client: Client, identities: Identities) -> None:
    oidc.forget()
    Provider.objects.update(issuer="http://169.254.169.254")
    assert client.get("/accounts/unified/province/", headers=ENGLISH)["Location"] == "/accounts/login/"


def test_a_new_key_of_the_platform_is_looked_for(
    client: Client, identities: Identities, monkeypatch: Any
) -> None:
    identities.sign_in(client, "zhang")
    monkeypatch.setattr(oidc, "NOT_OFTENER", 0.0)
    identities.platform.kid = "k2"
    assert identities.sign_in(Client(), "zhang")["Location"] == "/accounts/unified-first/"


def test_facts_of_another_person_by_userinfo_are_refused(client: Client, identities: Identities) -> None:
    Provider.objects.update(ask_userinfo=True, proof=Provider.Proof.BASIC)
    assert identities.sign_in(client, "zhang")["Location"] == "/accounts/unified-first/"
    identities.platform.fault = "other_person"
    assert identities.sign_in(Client(), "zhang")["Location"] == "/accounts/login/"


def test_a_description_of_another_issuer_is_refused(client: Client, identities: Identities) -> None:
    oidc.forget()
    identities.platform.issuer = "https://other.example"
    assert client.get("/accounts/unified/province/", headers=ENGLISH)["Location"] == "/accounts/login/"
    assert "did not confirm" in told(client)


def test_a_platform_that_is_off_or_unknown_is_no_address(client: Client, identities: Identities) -> None:
    assert client.get("/accounts/unified/nothing/").status_code == 404
    Provider.objects.update(active=False)
    assert client.get("/accounts/unified/province/").status_code == 404
    assert "Provincial log-in" not in told(client)
