"""Webhooks: told once, signed, tried again, given up, switched off, replayed; and never pointed inside."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.exchange.connectors.standin import Call, serving
from jingkai.kernel.exchange.data import Limits, PublicEvent
from jingkai.kernel.exchange.models import Webhook, WebhookDelivery
from jingkai.kernel.exchange.operations import webhooks
from jingkai.kernel.exchange.operations.webhooks import WebhookDraft, WebhookUnfit, add_webhook, announce
from jingkai.kernel.exchange.panels import check_webhooks
from jingkai.kernel.exchange.rules import public_events
from jingkai.kernel.exchange.testing import list_address, list_host
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db
EVENT = PublicEvent("thing.made", "做成一物", "A thing was made")
State = WebhookDelivery.State


class Receiver:
    """Another system: takes tellings, or refuses them."""

    def __init__(self) -> None:
        self.fault, self.status, self.seen = "", 200, []

    def answer(self, call: Call) -> tuple[int, Any]:
        """Take one telling."""
        self.seen.append(call)
        return self.status, {}


@pytest.fixture
def receiver() -> Iterator[Any]:
    """A running receiver on the allow-list, and the event declared."""
    standin = Receiver()
    with serving(standin) as address, public_events.including(EVENT):
        list_address(address, "webhook")
        standin.url = f"{address}/hook"  # type: ignore[attr-defined]
        yield standin


def add(receiver: Any, **more: Any) -> Webhook:
    """A webhook that points at the receiver."""
    draft = WebhookDraft(name="企业服务云", url=receiver.url, events=["thing.made"], **more)
    return add_webhook(draft=draft, by=SYSTEM, at=timezone.now())


def tell(key: str = "1") -> int:
    """Something happened."""
    return announce(event="thing.made", key=key, data={"id": "x"}, at=timezone.now())


def verified(header: str, body: bytes, secret: str) -> bool:
    """The ten lines of docs/how-to/api.md."""
    parts = dict(part.split("=", 1) for part in header.split(","))
    name = "sm3" if "sm3" in parts else "sha256"
    wanted = hmac.new(secret.encode(), parts["t"].encode() + b"." + body, lambda d=b"": hashlib.new(name, d))
    return hmac.compare_digest(wanted.hexdigest(), parts[name])


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_an_event_is_told_once_and_signed(receiver: Any, algorithm: str) -> None:
    webhook = add(receiver, algorithm=algorithm)
    assert (tell(), tell(), tell("2")) == (1, 0, 1)
    run_jobs()
    assert len(receiver.seen) == 2
    call = receiver.seen[0]
    assert call.json()["event"] == "thing.made"
    assert call.json()["data"] == {"id": "x"}
    assert call.headers["x-jingkai-delivery"] == call.json()["id"]
    assert verified(call.headers["x-jingkai-signature"], call.body, webhook.secret)
    assert not verified(call.headers["x-jingkai-signature"], call.body + b" ", webhook.secret)
    assert not verified(call.headers["x-jingkai-signature"], call.body, "another")
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {State.SENT}


def test_a_failed_telling_is_tried_again_with_growing_waits(receiver: Any) -> None:
    add(receiver)
    receiver.status = 500
    with time_machine.travel("2026-11-23 10:00+08:00", tick=False) as clock:
        tell()
        run_jobs()
        row = WebhookDelivery.objects.get()
        assert (row.state, row.tries, row.status) == (State.FAILED, 1, 500)
        run_jobs()
        assert len(receiver.seen) == 1, "not before its time"
        clock.shift(31)
        run_jobs()
        assert len(receiver.seen) == 2
        receiver.status = 204
        clock.shift(timedelta(minutes=3))
        run_jobs()
    row.refresh_from_db()
    assert (row.state, row.tries, row.problem) == (State.SENT, 3, "")
    assert Webhook.objects.get().failing_since is None


class Killed(BaseException):
    """The worker ended here, without warning."""


@pytest.mark.parametrize("arrived", [False, True], ids=["before-it-was-sent", "before-the-answer-was-kept"])
def test_a_dead_workers_telling_is_taken_over_under_its_old_number(
    receiver: Any, monkeypatch: Any, arrived: bool
) -> None:
    """Nobody else sends it while the dead worker's claim lasts; twice sent, the receiver knows it again."""
    add(receiver)
    tell()
    row = WebhookDelivery.objects.get()
    call = webhooks.egress.call

    def killed(*given: Any, **named: Any) -> None:
        if arrived:
            call(*given, **named)
        raise Killed

    with time_machine.travel("2026-11-23 10:00+08:00", tick=False) as clock:
        with monkeypatch.context() as worker:
            worker.setattr(webhooks.egress, "call", killed)
            with pytest.raises(Killed):
                webhooks.tell(delivery_id=row.pk, clock=timezone.now)
        clock.shift(timedelta(minutes=1))
        webhooks.tell(delivery_id=row.pk, clock=timezone.now)
        assert len(receiver.seen) == arrived, "the claim still lasts"
        clock.shift(timedelta(minutes=5))
        assert webhooks.resume(at=timezone.now()) == 1
        run_jobs()
        assert webhooks.resume(at=timezone.now()) == 0
    row.refresh_from_db()
    assert (row.state, row.tries) == (State.SENT, 2)
    assert {one.headers["x-jingkai-delivery"] for one in receiver.seen} == {str(row.uuid)}
    assert len(receiver.seen) == 1 + arrived


def test_silence_for_days_switches_it_off_and_keeps_what_waits(receiver: Any, cast: Any) -> None:
    webhook = add(receiver)
    receiver.status = 503
    with time_machine.travel("2026-11-23 10:00+08:00", tick=False) as clock:
        tell()
        for _step in range(30):
            run_jobs()
            clock.shift(timedelta(hours=6))
        webhook.refresh_from_db()
        assert not webhook.active
        assert check_webhooks().state == "warn"
        assert [entry.action for entry in entries_of(webhook)].count("webhook.disabled") == 1
        assert tell("2") == 0, "nothing is kept for a webhook that is off"
        before = len(receiver.seen)
        run_jobs()
        assert len(receiver.seen) == before
        receiver.status = 200
        draft = WebhookDraft(name=webhook.name, url=webhook.url, events=webhook.events)
        webhooks.change_webhook(
            webhook=webhook, draft=draft, version=webhook.version, by=SYSTEM, at=timezone.now()
        )
        webhooks.resume(at=timezone.now() + timedelta(days=1))
        run_jobs()
    assert WebhookDelivery.objects.get().state == State.SENT


def test_a_target_that_hangs_holds_nobody(receiver: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(webhooks, "LIMITS", Limits(seconds=0.3, redirects=0))
    add(receiver)
    receiver.fault = "slow"
    tell()
    run_jobs()
    row = WebhookDelivery.objects.get()
    assert row.state == State.FAILED
    assert row.problem


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5432/",
        "http://169.254.169.254/latest/meta-data/",
        "https://not-listed.example/hook",
        "file:///etc/passwd",
        "https://listed.example:8443/",
        "http://listed.example/",
        "https://listed.example@127.0.0.1/",
    ],
)
def test_a_webhook_never_points_inside(receiver: Any, url: str) -> None:
    list_host("listed.example", "webhook")
    with pytest.raises(WebhookUnfit):
        add_webhook(
            draft=WebhookDraft(name="x", url=url, events=["thing.made"]), by=SYSTEM, at=timezone.now()
        )
    with pytest.raises(WebhookUnfit):
        add(receiver, active=True) and add_webhook(
            draft=WebhookDraft(name="x", url=receiver.url, events=[]), by=SYSTEM, at=timezone.now()
        )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254 属于网络或本机自身的地址"),
        ("http://10.0.0.8/hook", "10.0.0.8 不在"),
        ("https://not-listed.example/hook", "not-listed.example 不在"),
        ("http://listed.example/", "listed.example 只能加密调用"),
        ("file:///etc/passwd", "这不是网络服务的地址"),
    ],
)
def test_a_refused_address_is_told_in_words(receiver: Any, url: str, said: str) -> None:
    """No code of the program stands in the sentence, and nobody is sent to a list that would not help."""
    list_host("listed.example", "webhook", port=80)
    with pytest.raises(WebhookUnfit) as refused:
        add_webhook(
            draft=WebhookDraft(name="x", url=url, events=["thing.made"]), by=SYSTEM, at=timezone.now()
        )
    assert str(refused.value).startswith(said)
    assert "not-listed:" not in str(refused.value)


def test_the_administrator_adds_watches_and_replays(receiver: Any, cast: Any) -> None:
    browser = Client()
    user = log_in(browser, cast.system_admin)
    form = {"name": "企业服务云", "url": "http://10.0.0.1/", "events": ["thing.made"], "algorithm": "sha256"}
    form |= {"active": "on", "version": "0"}
    assert browser.post("/system/webhooks/new", with_token(form, user=user)).status_code == 422
    made = browser.post("/system/webhooks/new", with_token({**form, "url": receiver.url}, user=user))
    webhook = Webhook.objects.get()
    assert webhook.secret in browser.get(made["Location"]).content.decode()
    assert webhook.secret not in browser.get(made["Location"]).content.decode(), "shown once"
    tell()
    run_jobs()
    row = WebhookDelivery.objects.get()
    page = browser.get(f"/system/webhooks/deliveries/{row.uuid}")
    assert page.status_code == 200
    again = browser.post(f"/system/webhooks/deliveries/{row.uuid}/replay", with_token(user=user))
    assert again.status_code == 302
    run_jobs()
    assert len(receiver.seen) == 2
    assert receiver.seen[0].json()["id"] == receiver.seen[1].json()["id"], "the receiver can tell"
    journal = browser.get("/system/webhooks/deliveries?state=sent&event=thing.made&sort=-tries&q=企业")
    assert len(journal.context["table"].rows) == 1
    assert browser.get("/system/webhooks?state=on").status_code == 200
    for path in ("/system/webhooks/export", "/system/webhooks/deliveries/export?state=sent"):
        assert browser.get(path)["Content-Type"].endswith("sheet")
    assert browser.get(f"/system/webhooks/{webhook.uuid}/edit").status_code == 200
    old = webhook.secret
    browser.post(f"/system/webhooks/{webhook.uuid}/secret", with_token(user=user))
    webhook.refresh_from_db()
    assert webhook.secret != old
    assert json.dumps(row.payload)
