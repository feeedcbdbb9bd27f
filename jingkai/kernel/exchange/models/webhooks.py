"""Who is told of what by webhook, and each telling."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.parties.models import EncryptedTextField, Party


class Webhook(models.Model):
    """An address that wants to be told of some events; each telling is signed with its secret."""

    class Algorithm(models.TextChoices):
        """How tellings are signed."""

        SHA256 = "sha256", "HMAC-SHA256"
        SM3 = "sm3", "HMAC-SM3"

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("Name of the system"), max_length=120)
    url = models.CharField(_("Address"), max_length=500)
    events = ArrayField(models.CharField(max_length=60), verbose_name=_("Events"))
    secret = EncryptedTextField()
    algorithm = models.CharField(
        _("Signature"), max_length=10, choices=Algorithm.choices, default=Algorithm.SHA256
    )
    active = models.BooleanField(_("Active"), default=True)
    failing_since = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("Made at"))
    created_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("Webhook")

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """One event told, or to be told, to one webhook; the same event is never stored twice for it."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed, will be tried again")
        GIVEN_UP = "given_up", _("given up")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    event = models.CharField(_("Event"), max_length=60)
    key = models.CharField(max_length=120)
    payload = models.JSONField()
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(_("Tries"), default=0)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    problem = models.CharField(_("Last problem"), max_length=300, blank=True, default="")
    created_at = models.DateTimeField(_("Made at"))
    claimed_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(_("Next try"), null=True)
    sent_at = models.DateTimeField(_("Sent at"), null=True)

    class Meta:
        verbose_name = _("Telling")
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event", "key"], name="exchange_told_once"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="exchange_delivery_newest"),
            models.Index(fields=["state", "next_at"], name="exchange_delivery_due"),
            models.Index(fields=["webhook", "-created_at", "-id"], name="exchange_delivery_of"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.state}"
