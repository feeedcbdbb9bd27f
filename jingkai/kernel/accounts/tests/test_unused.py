"""Logins that nobody uses: first their person is told, then they end; somebody can always put them back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jingkai.kernel.accounts import operations as ops
from jingkai.kernel.accounts import rules
from jingkai.kernel.accounts.data import SecurityPolicy
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.testing import log_in, login_of
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.organisation.api import appoint
from jingkai.kernel.organisation.testing import SINCE, Cast
from jingkai.kernel.permissions.data import SYSTEM, Actor

pytestmark = pytest.mark.django_db
NOW = timezone.now()
EN = {"accept-language": "en"}


def unused(actor: Actor, days: int, *, told: int | None = None, at: datetime = NOW) -> User:
    """The login of somebody who logged in so many days ago for the last time, and was told so many ago."""
    user = login_of(actor)
    last, told_at = at - timedelta(days=days), at - timedelta(days=told) if told is not None else None
    User.objects.filter(pk=user.pk).update(created_at=last, last_login=last, unused_told_at=told_at)
    return user


def actions(user: User) -> list[str]:
    return [entry.action for entry in entries_of(user)]


@pytest.mark.parametrize(
    ("days", "told", "is_told", "is_disabled"),
    [
        (75, None, False, False),
        (76, None, True, False),
        (400, None, True, False),  # long unused before this counted: told first, all the same
        (89, 13, False, False),
        (90, 13, False, False),
        (89, 14, False, False),
        (90, 14, False, True),
        (90, 91, True, False),  # told of an earlier time, then used
    ],
)
def test_its_person_is_told_first_and_has_the_days_of_the_notice(
    cast: Cast, days: int, told: int | None, is_told: bool, is_disabled: bool
) -> None:
    user = unused(cast.clerk, days, told=told)
    assert ops.settle_unused(at=NOW) == (int(is_told), int(is_disabled))
    user.refresh_from_db()
    assert user.is_active != is_disabled
    assert ("login.unused_told" in actions(user)) == is_told
    assert ("login.disabled" in actions(user)) == is_disabled
    assert ops.settle_unused(at=NOW) == (0, 0), "once"


def test_it_ends_sessions_says_so_in_the_trail_and_counts_anew_when_put_back(
    client: Client, cast: Cast
) -> None:
    log_in(client, cast.clerk)
    assert client.get("/accounts/").status_code == 200
    user = unused(cast.clerk, 120, told=20)
    assert ops.settle_unused(at=NOW) == (0, 1)
    assert client.get("/accounts/").status_code == 302
    last = list(entries_of(user))[-1]
    assert (last.action, last.facts["unused_days"]) == ("login.disabled", 120)
    user.refresh_from_db()
    ops.set_login_active(user=user, active=True, by=SYSTEM, at=NOW)
    assert ops.settle_unused(at=NOW) == (0, 0)
    later = NOW + timedelta(days=76)
    assert ops.settle_unused(at=later) == (1, 0)
    assert ops.settle_unused(at=later + timedelta(days=14)) == (0, 1)


def test_logging_in_once_is_enough(client: Client, cast: Cast) -> None:
    user = unused(cast.clerk, 89, told=13)
    log_in(client, cast.clerk)
    assert ops.settle_unused(at=NOW + timedelta(days=2)) == (0, 0)
    user.refresh_from_db()
    assert user.is_active


def test_enterprises_only_where_the_policy_says_so_and_nobody_where_it_says_never(cast: Cast) -> None:
    enterprise, staff = unused(cast.handler, 500, told=100), unused(cast.clerk, 500, told=100)
    ops.set_policy(policy=SecurityPolicy(unused_days=0), source="令", by=SYSTEM, at=NOW)
    rules.forget_policy()
    assert ops.settle_unused(at=NOW) == (0, 0)
    policy = SecurityPolicy(unused_days=0, enterprise_unused_days=365)
    ops.set_policy(policy=policy, source="令", by=SYSTEM, at=NOW)
    rules.forget_policy()
    assert ops.settle_unused(at=NOW) == (0, 1)
    rules.forget_policy()
    found = {row.pk: row.is_active for row in User.objects.filter(pk__in=[enterprise.pk, staff.pk])}
    assert found == {enterprise.pk: False, staff.pk: True}


@pytest.mark.parametrize("who", ["system_admin", "security_admin", "audit_admin"])
def test_the_last_administrator_of_a_kind_stays(cast: Cast, who: str) -> None:
    user = unused(cast.actor(who), 200, told=100)
    assert ops.settle_unused(at=NOW) == (0, 0)
    second = cast.person("stranger")
    post = cast.post(who)
    appoint(person=second, post=post, starts_on=SINCE, by=SYSTEM, at=NOW)
    assert ops.settle_unused(at=NOW) == (0, 0), "the second one has no login"
    other = unused(cast.actor("stranger"), 100, told=30)
    assert ops.settle_unused(at=NOW) == (0, 1), "the longest unused goes, the other is now the last"
    rows = User.objects.in_bulk([user.pk, other.pk])
    assert (rows[user.pk].is_active, rows[other.pk].is_active) == (False, True)


def test_the_list_shows_them(client: Client, cast: Cast) -> None:
    log_in(client, cast.security_admin)
    lying, fresh = unused(cast.clerk, 100), login_of(cast.clerk_2)
    closed = login_of(cast.leader)
    ops.set_login_active(user=closed, active=False, by=SYSTEM, at=NOW)

    def names(state: str) -> list[bool]:
        page = client.get("/system/logins", {"state": state}, headers=EN).content.decode()
        return [f"/system/logins/{row.uuid}" in page for row in (lying, fresh, closed)]

    assert names("unused") == [True, False, False]
    assert names("open") == [True, True, False]
    assert names("closed") == [False, False, True]
    assert names("") == [True, True, True]
    page = client.get("/system/logins", {"state": "unused"}, headers=EN).content.decode()
    assert "unused for 100 days" in page


def test_the_security_administrator_sets_the_days(
    client: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    log_in(client, cast.security_admin)
    page = client.get("/system/logins/policy", headers=EN).content.decode()
    assert all(
        f'name="{name}"' in page for name in ("unused_days", "enterprise_unused_days", "unused_notice")
    )
    client.get("/system/logins")
    with django_assert_max_num_queries(8):
        client.get("/system/logins", {"state": "unused"})
