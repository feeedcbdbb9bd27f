"""What notices do when something happened at the door to other systems or at the log-in: they tell whom."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from jingkai.kernel.accounts.api import unused_until
from jingkai.kernel.accounts.events import LoginLocked, LoginUnused, UnusedLoginDisabled
from jingkai.kernel.accounts.models import User
from jingkai.kernel.exchange.events import ExchangeNeedsHand, WebhookDisabled
from jingkai.kernel.exchange.models import Exchange, Webhook
from jingkai.kernel.notices.operations import notify
from jingkai.kernel.organisation.api import people_with
from jingkai.kernel.pace.events import PaceExceeded

MANAGE_LOGINS = "accounts.manage_logins"
MANAGE_WEBHOOKS = "exchange.manage_webhooks"
WORK_EXCHANGE = "exchange.work"


def on_webhook_disabled(event: WebhookDisabled) -> None:
    """Tell who manages webhooks that one was switched off; once for each time."""
    webhook, at = Webhook.objects.get(pk=event.webhook_id), timezone.now()
    notify(
        to=people_with(MANAGE_WEBHOOKS, on=timezone.localdate(at)),
        kind="webhook_disabled",
        facts={"name": webhook.name},
        url=reverse("exchange:webhook", args=[webhook.uuid]),
        at=at,
        key=f"webhook:{webhook.pk}:{webhook.version}",
    )


def on_exchange_needs_hand(event: ExchangeNeedsHand) -> None:
    """Tell who works on exchanges that one waits for a hand; once for each."""
    row, at = Exchange.objects.get(pk=event.exchange_id), timezone.now()
    notify(
        to=people_with(WORK_EXCHANGE, on=timezone.localdate(at)),
        kind="exchange_needs_hand",
        facts={"subject": row.subject, "problem": row.problem},
        url=reverse("exchange:exchange", args=[row.uuid]),
        at=at,
        key=f"exchange:{row.pk}:{row.version}",
    )


def on_login_locked(event: LoginLocked) -> None:
    """Tell who manages logins that somebody tried to get in: of each login, and of unknown names, hourly."""
    at = timezone.now()
    user = User.objects.filter(pk=event.user_id).first() if event.user_id else None
    notify(
        to=people_with(MANAGE_LOGINS, on=timezone.localdate(at)),
        kind="login_locked" if user else "unknown_login_tried",
        facts={"name": user.username} if user else {},
        url=reverse("accounts:login", args=[user.uuid]) if user else reverse("accounts:logins"),
        at=at,
        key=f"login_locked:{event.user_id or 0}:{at:%Y%m%d%H}",
    )


def on_login_unused(event: LoginUnused) -> None:
    """Tell a person that their login lies unused and when it is disabled; once each time."""
    user, at = User.objects.get(pk=event.user_id), timezone.now()
    until = unused_until(user, at)
    if user.person_id is None or until is None:
        return
    notify(
        to=[user.person_id],
        kind="login_unused",
        facts={"name": user.username, "day": f"{timezone.localdate(until):%Y-%m-%d}"},
        url=reverse("accounts:home"),
        at=at,
        key=f"login_unused:{user.pk}:{user.unused_told_at:%Y%m%d}",
    )


def on_unused_login_disabled(event: UnusedLoginDisabled) -> None:
    """Tell who manages logins that some were disabled because nobody used them; once a day."""
    at = timezone.now()
    notify(
        to=people_with(MANAGE_LOGINS, on=timezone.localdate(at)),
        kind="unused_logins_disabled",
        facts={},
        url=f"{reverse('accounts:logins')}?state=unused",
        at=at,
        key=f"unused_logins_disabled:{timezone.localdate(at):%Y%m%d}",
    )


def on_pace_exceeded(event: PaceExceeded) -> None:
    """Tell who manages logins that somebody was refused many pages within minutes; of each login hourly."""
    user, at = User.objects.get(pk=event.user_id), timezone.now()
    notify(
        to=people_with(MANAGE_LOGINS, on=timezone.localdate(at)),
        kind="many_refusals",
        facts={"name": user.username},
        url=reverse("accounts:login", args=[user.uuid]),
        at=at,
        key=f"{event.pace}:{user.pk}:{at:%Y%m%d%H}",
    )
