"""The tables of notices: what was told, how it went out, the texts, and phone checks."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.notices.data import EMAIL, SMS
from jingkai.kernel.parties.models import EncryptedTextField


class Notice(models.Model):
    """One thing told to one person, as it was worded for them at that moment."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    to = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("Kind"), max_length=64)
    key = models.CharField(max_length=120, blank=True)
    title = models.CharField(_("Title"), max_length=200)
    body = models.TextField(_("Text"), blank=True)
    url = models.CharField(max_length=500, blank=True)
    case_ref = models.CharField(_("Matter"), max_length=100, blank=True)
    at = models.DateTimeField(_("At"))
    is_read = models.BooleanField(default=False)
    read_at = models.DateTimeField(_("Read at"), null=True)

    class Meta:
        verbose_name = _("Notice")
        constraints = [
            models.UniqueConstraint(
                fields=["to", "key"], condition=~models.Q(key=""), name="notices_told_once"
            ),
        ]
        indexes = [
            models.Index(fields=["to", "is_read", "-at", "-id"], name="notices_unread_first"),
            models.Index(fields=["to", "kind", "is_read", "-at", "-id"], name="notices_of_a_kind"),
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """One message that leaves the zone: an e-mail or a text message, told apart from all others by `uuid`.

    Addresses are read from the person when it is sent and never stored here; `to_hint` is masked.
    """

    class Channel(models.TextChoices):
        """How it goes out."""

        EMAIL = EMAIL, _("E-mail")
        SMS = SMS, _("Text message")

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed, will be tried again")
        PERMANENT = "permanent", _("given up")
        OFF = "off", _("channel not set up")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="deliveries")
    check_of = models.ForeignKey("PhoneCheck", null=True, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(_("Channel"), max_length=8, choices=Channel)
    sms_code = models.CharField(max_length=60, blank=True)
    params = models.JSONField(default=dict)
    to_hint = models.CharField(_("To"), max_length=120, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.QUEUED)
    tries = models.PositiveIntegerField(_("Tries"), default=0)
    is_unclear = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("Made at"))
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("Sent at"), null=True)
    next_at = models.DateTimeField(_("Next try"), null=True)
    receipt = models.CharField(_("Provider's number"), max_length=100, blank=True)
    error = models.CharField(_("Error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("Delivery")
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "channel"],
                condition=models.Q(notice__isnull=False),
                name="notices_sent_once_per_channel",
            ),
            models.CheckConstraint(
                condition=models.Q(notice__isnull=False) ^ models.Q(check_of__isnull=False),
                name="notices_delivery_has_one_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="notices_delivery_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="notices_delivery_state"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.uuid} {self.state}"


class DeliveryTry(models.Model):
    """One failed try to deliver: when, and the error's code and words."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="failures")
    at = models.DateTimeField(_("At"))
    number = models.PositiveIntegerField(_("Try"))
    code = models.CharField(max_length=100)
    error = models.CharField(_("Error"), max_length=500)

    class Meta:
        verbose_name = _("Failed try")

    def __str__(self) -> str:
        return f"{self.number}: {self.error}"


class NoticeTemplate(models.Model):
    """One version of the text of a kind; the newest counts, older ones stay to be read."""

    kind = models.CharField(_("Kind"), max_length=64)
    version = models.PositiveIntegerField(_("Version"))
    title = models.CharField(_("Title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=160)
    body = models.TextField(_("Text"))
    body_en = models.TextField(_("English text"))
    sms = models.CharField(_("Text message"), max_length=300, blank=True)
    sms_en = models.CharField(_("English text message"), max_length=300, blank=True)
    sms_code = models.CharField(_("Provider's template"), max_length=60, blank=True)
    sms_code_en = models.CharField(_("Provider's English template"), max_length=60, blank=True)
    channels = ArrayField(models.CharField(max_length=8), verbose_name=_("Channels"))
    edited_by = models.BigIntegerField(null=True)
    edited_at = models.DateTimeField(_("Edited at"))

    class Meta:
        verbose_name = _("Notice text")
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="notices_template_version"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"


class PhoneCheck(models.Model):
    """Proof that somebody holds a phone: a code sent to it, good for a few minutes and a few tries.

    The code stays as a hash; in the clear it lies encrypted only until it is sent.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    purpose = models.CharField(max_length=32)
    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=64)
    code = EncryptedTextField(null=True)
    code_hash = models.CharField(max_length=64)
    ip = models.CharField(max_length=45, blank=True)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    passed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Phone check")
        indexes = [
            models.Index(fields=["phone_hash", "started_at"], name="notices_check_phone"),
            models.Index(fields=["ip", "started_at"], name="notices_check_ip"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.started_at:%Y-%m-%d %H:%M}"
