"""Webhooks: kept, told of events, signed, tried again, switched off when nobody answers for days."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.connectors import egress
from jingkai.kernel.exchange.data import CallFailed, CallRefused, Limits, wait_after
from jingkai.kernel.exchange.events import WebhookDisabled
from jingkai.kernel.exchange.models import Webhook, WebhookDelivery
from jingkai.kernel.exchange.rules.addresses import is_number, may_connect
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import check_version
from jingkai.kernel.permissions.data import SYSTEM, Actor

JOB = "exchange.tell"
SIGNATURE = "X-Jingkai-Signature"
LIMITS = Limits(seconds=10, connect=3, most_bytes=64 * 1024, redirects=0)
CLAIM = timedelta(minutes=2)
DISABLE_AFTER = timedelta(days=3)
"""Nobody has answered for so long: the webhook is switched off, and the administrator is told."""

MOST_TRIES = 20
State = WebhookDelivery.State


class WebhookUnfit(PersonFacingError):
    """What was filled in makes no webhook."""

    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDraft:
    """What an administrator fills in for a webhook."""

    name: str
    url: str
    events: Sequence[str]
    algorithm: str = Webhook.Algorithm.SHA256
    active: bool = True


@transaction.atomic
def add_webhook(*, draft: WebhookDraft, by: Actor, at: datetime) -> Webhook:
    """Keep a new webhook with a secret of its own. Error: WebhookUnfit."""
    _check(draft)
    webhook = Webhook.objects.create(
        name=draft.name,
        url=draft.url,
        events=sorted(set(draft.events)),
        algorithm=draft.algorithm,
        active=draft.active,
        secret=new_secret(),
        created_at=at,
        created_by_id=by.party_id,
    )
    audit.record(webhook, action="webhook.added", by=by, at=at, facts=_facts(webhook))
    return webhook


@transaction.atomic
def change_webhook(
    *, webhook: Webhook, draft: WebhookDraft, version: int, by: Actor, at: datetime
) -> Webhook:
    """Change a webhook; switched on again it begins afresh. Errors: WebhookUnfit, ChangedMeanwhile."""
    locked = Webhook.objects.select_for_update().get(pk=webhook.pk)
    check_version(row_version=locked.version, form_version=version)
    _check(draft)
    locked.name, locked.url, locked.algorithm = draft.name, draft.url, draft.algorithm
    locked.events, locked.active = sorted(set(draft.events)), draft.active
    if draft.active:
        locked.failing_since = locked.disabled_at = None
    locked.version += 1
    locked.save()
    audit.record(locked, action="webhook.changed", by=by, at=at, facts=_facts(locked))
    return locked


@transaction.atomic
def renew_secret(*, webhook: Webhook, by: Actor, at: datetime) -> Webhook:
    """Give a webhook another secret; the former one signs nothing any more."""
    locked = Webhook.objects.select_for_update().get(pk=webhook.pk)
    locked.secret = new_secret()
    locked.version += 1
    locked.save(update_fields=["secret", "version"])
    audit.record(locked, action="webhook.secret_renewed", by=by, at=at)
    return locked


def new_secret() -> str:
    """A secret of 256 bits."""
    return "whs_" + secrets.token_urlsafe(32)


def _check(draft: WebhookDraft) -> None:
    if not draft.events or set(draft.events) - {event.code for event in rules.public_events.all()}:
        raise WebhookUnfit(_("Choose at least one event."))
    try:
        egress.check(draft.url, purpose="webhook")
    except CallRefused as error:
        raise _unfit(draft.url, error.reason) from error


def _unfit(url: str, reason: str) -> WebhookUnfit:
    """Say in words why an address can't be told of events, and what may be done about it."""
    host = (urlsplit(url).hostname or "") if reason in ("not-listed", "not-encrypted") else ""
    if reason == "not-encrypted":
        return WebhookUnfit(
            _("%(host)s is called encrypted only."), _("Begin the address with https://."), host=host
        )
    if not host:
        return WebhookUnfit(
            _("This is not the address of a web service."),
            _("Write it as https://host/path, without user name and password."),
        )
    if is_number(host) and not may_connect(host, internal=True):
        return WebhookUnfit(
            _("%(host)s belongs to the network or the machine itself; it is never called."),
            _("Ask the other system for the address of its own host."),
            host=host,
        )
    return WebhookUnfit(
        _("%(host)s is not on the list of hosts that may be called for webhooks."),
        _("Put its host and port on the allow-list first (System › Rules); say there whether it is inside."),
        host=host,
    )


def _facts(webhook: Webhook) -> dict[str, Any]:
    host = urlsplit(webhook.url).netloc
    return {"name": webhook.name, "host": host, "events": webhook.events, "active": webhook.active}


# --- telling --------------------------------------------------------------------------------------


@transaction.atomic
def announce(*, event: str, key: str, data: Mapping[str, Any], at: datetime) -> int:
    """Tell every active webhook that wants this event; the same key is told once. Gives the new tellings.

    `data` holds ids and addresses of the interface only: whoever is told asks with a token of its own.
    """
    if rules.public_events.get(event) is None:
        raise LookupError(f"no public event {event!r} is declared")
    made = 0
    for webhook in Webhook.objects.filter(active=True, events__contains=[event]):
        row, is_new = WebhookDelivery.objects.get_or_create(
            webhook=webhook,
            event=event,
            key=key,
            defaults={"payload": {}, "created_at": at, "next_at": at},
        )
        if is_new:
            row.payload = {"id": str(row.uuid), "event": event, "at": at.isoformat(), "data": dict(data)}
            row.save(update_fields=["payload"])
            events.enqueue(JOB, delivery_id=row.pk)
            made += 1
    return made


def sign(secret: str, *, algorithm: str, timestamp: int, body: bytes) -> str:
    """Sign one telling: HMAC over the time, a dot and the body, as `t=…,<algorithm>=<hex>`."""
    text = str(timestamp).encode() + b"." + body
    digest = "sm3" if algorithm == Webhook.Algorithm.SM3 else "sha256"
    return f"t={timestamp},{algorithm}={hmac.new(secret.encode(), text, digest).hexdigest()}"


def tell(*, delivery_id: int, clock: Callable[[], datetime]) -> None:
    """Send one telling; claimed by one worker, sent outside any transaction."""
    row = _claim(delivery_id, clock())
    if row is None:
        return
    body = json.dumps(row.payload, ensure_ascii=False, separators=(",", ":")).encode()
    now = clock()
    signature = sign(
        row.webhook.secret, algorithm=row.webhook.algorithm, timestamp=int(now.timestamp()), body=body
    )
    headers = {"content-type": "application/json", SIGNATURE: signature, "X-Jingkai-Event": row.event}
    headers["X-Jingkai-Delivery"] = str(row.uuid)
    try:
        answer = egress.call(
            row.webhook.url, purpose="webhook", method="POST", content=body, headers=headers, limits=LIMITS
        )
    except CallFailed as error:
        _failed(row, None, str(error), at=clock())
        return
    if answer.ok:
        _sent(row, answer.status, at=clock())
    else:
        _failed(row, answer.status, f"HTTP {answer.status}", at=clock())


def _claim(delivery_id: int, now: datetime) -> WebhookDelivery | None:
    mine = WebhookDelivery.objects.filter(pk=delivery_id)
    free = Q(state__in=(State.WAITING, State.FAILED)) | Q(state=State.SENDING, claimed_at__lt=now - CLAIM)
    taken = mine.filter(free, webhook__active=True).update(
        state=State.SENDING, tries=F("tries") + 1, claimed_at=now, next_at=None
    )
    return mine.select_related("webhook").first() if taken else None


@transaction.atomic
def _sent(row: WebhookDelivery, status: int, *, at: datetime) -> None:
    WebhookDelivery.objects.filter(pk=row.pk).update(
        state=State.SENT, status=status, sent_at=at, problem="", next_at=None
    )
    Webhook.objects.filter(pk=row.webhook_id).exclude(failing_since=None).update(failing_since=None)


@transaction.atomic
def _failed(row: WebhookDelivery, status: int | None, problem: str, *, at: datetime) -> None:
    """Note why, and when it is tried again; an address that is silent for days is switched off."""
    again = at + wait_after(row.tries) if row.tries < MOST_TRIES else None
    WebhookDelivery.objects.filter(pk=row.pk).update(
        state=State.FAILED if again else State.GIVEN_UP,
        status=status,
        problem=problem[:300].replace("\x00", ""),
        next_at=again,
    )
    webhook = Webhook.objects.select_for_update().get(pk=row.webhook_id)
    if webhook.failing_since is None:
        webhook.failing_since = at
        webhook.save(update_fields=["failing_since"])
    elif webhook.active and at - webhook.failing_since >= DISABLE_AFTER:
        _disable(webhook, at)
        return
    if again:
        events.enqueue(JOB, at=again, delivery_id=row.pk)


def _disable(webhook: Webhook, at: datetime) -> None:
    webhook.active, webhook.disabled_at = False, at
    webhook.version += 1
    webhook.save(update_fields=["active", "disabled_at", "version"])
    audit.record(webhook, action="webhook.disabled", by=SYSTEM, at=at, facts={"days": DISABLE_AFTER.days})
    events.publish(WebhookDisabled(webhook_id=webhook.pk))


@transaction.atomic
def replay(*, delivery: WebhookDelivery, by: Actor, at: datetime) -> bool:
    """Have a telling sent again, whatever became of it; False while it waits or is on its way."""
    row = WebhookDelivery.objects.select_for_update().get(pk=delivery.pk)
    if row.state in (State.WAITING, State.SENDING):
        return False
    row.state, row.tries, row.next_at, row.problem = State.WAITING, 0, at, ""
    row.save(update_fields=["state", "tries", "next_at", "problem"])
    events.enqueue(JOB, delivery_id=row.pk)
    audit.record(row.webhook, action="webhook.replayed", by=by, at=at, facts={"delivery": row.pk})
    return True


def resume(*, at: datetime, most: int = 500) -> int:
    """Put tellings back to work whose job was lost with its worker, or whose webhook is on again."""
    late = at - timedelta(minutes=5)
    dead = Q(state=State.SENDING, claimed_at__lt=late)
    lost = Q(state__in=(State.WAITING, State.FAILED), next_at__lt=late)
    rows = WebhookDelivery.objects.filter(dead | lost, webhook__active=True).order_by("pk")
    numbers = list(rows.values_list("pk", flat=True)[:most])
    for number in numbers:
        events.enqueue(JOB, unless_waiting=f"tell:{number}", delivery_id=number)
    return len(numbers)
