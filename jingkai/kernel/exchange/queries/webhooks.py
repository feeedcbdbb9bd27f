"""Lists of webhooks and of what they were told."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from jingkai.kernel.exchange.models import Webhook, WebhookDelivery

State = WebhookDelivery.State


def filtered_webhooks(*, text: str = "", state: str = "", event: str = "") -> QuerySet[Webhook]:
    """Webhooks, narrowed by words, by whether they are on, and by event."""
    found = Webhook.objects.all()
    if state == "on":
        found = found.filter(active=True, failing_since=None)
    elif state == "failing":
        found = found.filter(active=True).exclude(failing_since=None)
    elif state == "off":
        found = found.filter(active=False)
    if event:
        found = found.filter(events__contains=[event])
    if text:
        found = found.filter(Q(name__icontains=text) | Q(url__icontains=text))
    return found


def filtered_deliveries(
    *,
    text: str = "",
    state: str = "",
    event: str = "",
    webhook: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[WebhookDelivery]:
    """Tellings, narrowed."""
    found = WebhookDelivery.objects.select_related("webhook")
    if state:
        found = found.filter(state=state)
    if event:
        found = found.filter(event=event)
    if webhook.isdigit():
        found = found.filter(webhook_id=int(webhook[:18]))
    if since:
        found = found.filter(created_at__gte=since)
    if until:
        found = found.filter(created_at__lt=until)
    if text:
        words = Q(key__icontains=text) | Q(problem__icontains=text) | Q(webhook__name__icontains=text)
        found = found.filter(words)
    return found


def count_troubled() -> tuple[int, int]:
    """How many webhooks are switched off for silence, and how many tellings were given up."""
    off = Webhook.objects.filter(active=False).exclude(disabled_at=None).count()
    lost = WebhookDelivery.objects.filter(state=State.GIVEN_UP, webhook__active=True).aggregate(n=Count("pk"))
    return off, int(lost["n"])
