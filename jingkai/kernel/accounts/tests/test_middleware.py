"""How long a session lasts, what it must prove, and what a browser keeps of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from jingkai.kernel.accounts import operations as ops
from jingkai.kernel.accounts import rules
from jingkai.kernel.accounts.data import SecurityPolicy
from jingkai.kernel.accounts.testing import BACKEND, PASSWORD, log_in, login_of
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db
PAGE = "/accounts/"


@pytest.fixture(autouse=True)
def policy_forgotten() -> Iterator[None]:
    yield
    rules.forget_policy()


def set_policy(cast: Cast, **changes: object) -> None:
    policy = replace(SecurityPolicy(), **changes)  # type: ignore[arg-type]
    ops.set_policy(policy=policy, source="管委会令", by=SYSTEM, at=cast.at)
    rules.forget_policy()


def busy_until(client: Client, *, minutes: int) -> int:
    """Open a page every ten minutes and give the status of the last answer."""
    begin, status = timezone.now(), 0
    for minute in range(0, minutes + 1, 10):
        with time_machine.travel(begin + timedelta(minutes=minute), tick=False):
            rules.forget_policy()
            status = client.get(PAGE).status_code
    return status


@pytest.mark.parametrize("name", ["clerk", "handler"])
def test_a_session_ends_however_busy_it_is(client: Client, cast: Cast, name: str) -> None:
    set_policy(cast, session_hours=2)
    user = login_of(getattr(cast, name))
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert busy_until(client, minutes=110) == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=121), tick=False):
        rules.forget_policy()
        answer = client.get(PAGE, headers={"accept-language": "en"})
        assert answer["Location"].startswith("/accounts/login/")
        page = client.get(answer["Location"], headers={"accept-language": "en"}).content.decode()
    assert "A session lasts 2 hours." in page
    assert entries_of(user).last().action == "login.ended"  # type: ignore[union-attr]


def test_a_new_log_in_begins_a_new_session(client: Client, cast: Cast) -> None:
    set_policy(cast, session_hours=1)
    user = login_of(cast.clerk)
    for minutes in (0, 50, 100):
        with time_machine.travel(cast.at + timedelta(minutes=minutes), tick=False):
            rules.forget_policy()
            client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
            assert client.get(PAGE).status_code == 200
            client.post("/accounts/logout/")


@pytest.mark.parametrize(("required", "status"), [(False, 403), (True, 302)])
def test_all_staff_set_up_a_second_factor_when_the_policy_says_so(
    client: Client, cast: Cast, required: bool, status: int
) -> None:
    set_policy(cast, second_factor_staff=required)
    log_in(client, cast.clerk)
    answer = client.get("/system/people")
    assert answer.status_code == status
    if required:
        assert answer["Location"] == "/accounts/2fa/totp/activate/"
    outside = Client()
    log_in(outside, cast.handler)
    assert outside.get("/system/people").status_code == 403


def test_with_the_factor_the_clerk_goes_on_and_cannot_take_it_away(client: Client, cast: Cast) -> None:
    set_policy(cast, second_factor_staff=True)
    user = log_in(client, cast.clerk)
    ops.enrol_totp(user=user, by=SYSTEM, at=cast.at)
    client.force_login(user, backend=BACKEND)
    assert client.get("/system/people").status_code == 403
    assert not ops.may_reset_by_phone(user, cast.at)
    page = client.get(PAGE, headers={"accept-language": "en"}).content.decode()
    assert client.post("/accounts/2fa/totp/deactivate/").status_code in (302, 403, 404)
    assert "second factor" in page.lower()


@pytest.mark.parametrize(("required", "status"), [(False, 200), (True, 302)])
def test_enterprises_set_one_up_when_the_policy_says_so_and_still_reset_by_phone(
    client: Client, cast: Cast, required: bool, status: int
) -> None:
    set_policy(cast, second_factor_enterprises=required)
    user = log_in(client, cast.handler)
    answer = client.get("/notices/")
    assert answer.status_code == status
    if required:
        assert answer["Location"] == "/accounts/2fa/totp/activate/"
    assert ops.may_reset_by_phone(user, cast.at)
    ops.enrol_totp(user=user, by=SYSTEM, at=cast.at)
    client.force_login(user, backend=BACKEND)
    assert client.get("/notices/").status_code == 200
    clerk = Client()
    log_in(clerk, cast.clerk)
    assert clerk.get("/desk/").status_code == 200


def test_a_new_zone_begins_with_a_second_factor_for_all_staff(cast: Cast) -> None:
    ops.seed_policy(by=SYSTEM, at=cast.at)
    rules.forget_policy()
    assert rules.policy_at(cast.at).second_factor_staff
    set_policy(cast, second_factor_staff=False)
    ops.seed_policy(by=SYSTEM, at=cast.at)
    rules.forget_policy()
    assert not rules.policy_at(cast.at).second_factor_staff


def test_no_browser_keeps_pages_of_who_is_logged_in(client: Client, cast: Cast) -> None:
    assert "Cache-Control" not in client.get("/catalogue/").headers
    log_in(client, cast.clerk)
    for path in (PAGE, "/desk/", "/notices/", "/system/people"):
        assert "no-store" in client.get(path)["Cache-Control"], path


def test_signing_out_clears_what_the_browser_kept(client: Client, cast: Cast) -> None:
    log_in(client, cast.clerk)
    assert "Clear-Site-Data" not in client.get(PAGE).headers
    left = client.post("/accounts/logout/")
    assert left["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.get("/").headers


def test_idling_clears_it_too(client: Client, cast: Cast) -> None:
    log_in(client, cast.clerk)
    client.get(PAGE)
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        rules.forget_policy()
        assert client.get(PAGE)["Clear-Site-Data"] == '"cache"'


@pytest.mark.parametrize(("days", "comes_in"), [(7, True), (8, False)])
def test_a_one_time_password_ends_unused(client: Client, cast: Cast, days: int, comes_in: bool) -> None:
    made = ops.reset_password(user=login_of(cast.clerk), by=cast.security_admin, at=cast.at)
    with time_machine.travel(cast.at + timedelta(days=days, minutes=-1), tick=False):
        given = {"login": made.username, "password": made.one_time_password}
        answer = client.post("/accounts/login/", given, headers={"accept-language": "en"})
    assert (answer.status_code == 302) is comes_in
    assert ("was not used in time" in answer.content.decode()) is not comes_in


def test_the_trail_names_the_factors(client: Client, cast: Cast) -> None:
    user = login_of(cast.clerk)
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    entry = entries_of(user).last()
    assert entry is not None
    assert (entry.action, entry.facts) == ("login.succeeded", {"factors": ["password"]})
