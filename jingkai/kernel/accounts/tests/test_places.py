"""Administrators' pages from certain networks only; daily work stays open, nobody locks themselves out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from django.test import Client

from jingkai.kernel.accounts import operations as ops
from jingkai.kernel.accounts import rules
from jingkai.kernel.accounts.data import SecurityPolicy, is_from
from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}
INSIDE, OUTSIDE = {"REMOTE_ADDR": "10.20.3.4"}, {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def limited(cast: Cast) -> Any:
    """Administrators' pages open from 10.20.0.0/16 alone."""
    policy = SecurityPolicy(admin_networks="10.20.0.0/16 192.0.2.7")
    ops.set_policy(policy=policy, source="令", by=SYSTEM, at=cast.at)
    rules.forget_policy()
    yield
    rules.forget_policy()


@pytest.mark.parametrize(
    ("ip", "networks", "inside"),
    [
        ("10.20.3.4", "10.20.0.0/16", True),
        ("10.21.3.4", "10.20.0.0/16", False),
        ("192.0.2.7", "10.20.0.0/16 192.0.2.7", True),
        ("192.0.2.8", "10.20.0.0/16, 192.0.2.7", False),
        ("::ffff:10.20.3.4", "10.20.0.0/16", True),
        ("2001:db8::5", "2001:db8::/32", True),
        ("2001:db9::5", "2001:db8::/32", False),
        ("", "10.20.0.0/16", False),
        ("10.20.3.4", "nonsense", False),
    ],
)
def test_an_address_lies_in_a_network_or_not(ip: str, networks: str, inside: bool) -> None:
    assert is_from(ip, networks) == inside


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("system_admin", "/system/people/new"),
        ("security_admin", "/system/logins"),
        ("security_admin", "/system/logins/policy"),
        ("audit_admin", "/system/trail"),
    ],
)
def test_administrators_pages_open_from_inside_only(
    client: Client, cast: Cast, limited: Any, who: str, page: str
) -> None:
    user = log_in(client, cast.actor(who))
    assert client.get(page, **INSIDE).status_code == 200
    refused = client.get(page, headers=EN, **OUTSIDE)
    assert refused.status_code == 403
    assert "cannot be opened from where you are" in refused.content.decode()
    assert client.post(page, **OUTSIDE).status_code == 403
    last = list(entries_of(("permissions.refusal", user.pk)))[-1]
    assert (last.action, last.facts["path"]) == ("page.refused", page)
    assert client.get("/accounts/", **OUTSIDE).status_code == 200


def test_daily_work_and_visitors_are_not_concerned(client: Client, cast: Cast, limited: Any) -> None:
    assert client.get("/", **OUTSIDE).status_code == 200
    user = log_in(client, cast.clerk)
    assert client.get("/desk/", **OUTSIDE).status_code == 200
    ops.enrol_totp(user=user, by=SYSTEM, at=cast.at)
    cast.empower("clerk", "organisation.manage_roles")
    assert client.get("/system/roles", **OUTSIDE).status_code == 403
    assert client.get("/system/roles", **INSIDE).status_code == 200


def test_nobody_locks_themselves_out_and_what_cannot_be_read_is_refused(client: Client, cast: Cast) -> None:
    user = log_in(client, cast.security_admin)

    def send(networks: str) -> Any:
        given = {**asdict(SecurityPolicy()), "admin_networks": networks, "source": "令"}
        given = {name: value for name, value in given.items() if value is not False}
        answer = client.post("/system/logins/policy", with_token(given, user=user), headers=EN, **INSIDE)
        rules.forget_policy()
        return answer

    assert "you would lock yourself out" in send("10.99.0.0/16").content.decode()
    assert "is written like 10.20.0.0/16" in send("10.20.0.0/99").content.decode()
    assert rules.policy_at(cast.at).admin_networks == ""
    assert send("10.99.0.0/16 10.20.3.4").status_code == 302
    assert rules.policy_at(cast.at).admin_networks == "10.99.0.0/16 10.20.3.4"
    rules.forget_policy()


def test_the_operator_opens_them_again(client: Client, cast: Cast, limited: Any) -> None:
    log_in(client, cast.security_admin)
    assert client.get("/system/logins", **OUTSIDE).status_code == 403
    ops.open_administration(at=cast.at)
    rules.forget_policy()
    assert client.get("/system/logins", **OUTSIDE).status_code == 200
