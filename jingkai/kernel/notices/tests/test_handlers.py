"""Administrators hear of what goes wrong at the door to other systems, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jingkai.kernel.accounts.events import LoginLocked
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.testing import log_in, login_of
from jingkai.kernel.events.api import enqueue, run_jobs
from jingkai.kernel.exchange.events import ExchangeNeedsHand, WebhookDisabled
from jingkai.kernel.exchange.models import Exchange, Webhook
from jingkai.kernel.notices.handlers import on_exchange_needs_hand, on_login_locked, on_webhook_disabled
from jingkai.kernel.notices.models import Notice

pytestmark = pytest.mark.django_db


def test_the_system_administrator_is_told_once(cast: Any) -> None:
    at = timezone.now()
    webhook = Webhook.objects.create(
        name="企业服务云", url="https://x.example/", events=[], secret="s", created_at=at
    )
    row = Exchange.objects.create(
        direction="out",
        system="hall",
        kind="x",
        key="1",
        subject="办件 1",
        digest="",
        payload="{}",
        problem="项目代码不存在",
        created_at=at,
    )
    for _time in range(2):
        on_webhook_disabled(WebhookDisabled(webhook_id=webhook.pk))
        on_exchange_needs_hand(ExchangeNeedsHand(exchange_id=row.pk))
    told = Notice.objects.filter(to_id=cast.system_admin.party_id).order_by("pk")
    assert [one.kind for one in told] == ["webhook_disabled", "exchange_needs_hand"]
    assert "企业服务云" in told[0].title
    assert told[1].body == "项目代码不存在"
    assert Notice.objects.count() == 2, "nobody else"


def test_the_security_administrator_hears_of_attempts_to_get_in(cast: Any, client: Any) -> None:
    """Five wrong passwords lock a login, known or not; once an hour it is told, with where to look."""
    user = login_of(cast.clerk)
    for name in (user.username, "nobody-here"):
        for _time in range(5):
            client.post(
                "/accounts/login/", {"login": name, "password": "wrong"}, REMOTE_ADDR=f"10.0.0.{_time}"
            )
    assert run_jobs() >= 2
    on_login_locked(LoginLocked(user_id=user.pk, failures_id=0))
    told = Notice.objects.filter(to_id=cast.security_admin.party_id).order_by("pk")
    assert [one.kind for one in told] == ["login_locked", "unknown_login_tried"]
    assert user.username in told[0].title
    assert str(user.uuid) in told[0].url
    assert Notice.objects.count() == 2, "nobody else"


def test_unused_logins_are_told_to_their_persons_and_then_to_the_security_administrator(cast: Any) -> None:
    at = timezone.now()
    user, other = login_of(cast.clerk), login_of(cast.clerk_2)
    User.objects.filter(pk=user.pk).update(created_at=at - timedelta(days=80))
    User.objects.filter(pk=other.pk).update(
        created_at=at - timedelta(days=95), unused_told_at=at - timedelta(days=20)
    )
    enqueue("accounts.disable_unused")
    assert run_jobs() == 3
    told = {one.kind: one for one in Notice.objects.all()}
    assert sorted(told) == ["login_unused", "unused_logins_disabled"]
    assert told["login_unused"].to_id == cast.clerk.party_id
    assert f"{timezone.localdate(at + timedelta(days=14)):%Y-%m-%d}" in told["login_unused"].body
    assert told["unused_logins_disabled"].to_id == cast.security_admin.party_id
    assert told["unused_logins_disabled"].url == "/system/logins?state=unused"
    assert Notice.objects.count() == 2, "once, nobody else"


def test_the_security_administrator_hears_of_many_refused_pages(cast: Any, client: Any) -> None:
    """Somebody who tries page after page without a right is told once, by login and hour."""
    user = log_in(client, cast.clerk)
    for _time in range(13):
        assert client.get("/system/roles").status_code == 403
    assert run_jobs() == 1
    told = Notice.objects.get()
    assert (told.kind, told.to_id) == ("many_refusals", cast.security_admin.party_id)
    assert user.username in told.title
    assert str(user.uuid) in told.url
