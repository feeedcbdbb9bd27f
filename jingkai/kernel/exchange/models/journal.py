"""The journal of what is exchanged with systems outside, and how each of those systems does."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.parties.models import EncryptedTextField, Party


class Exchange(models.Model):
    """One thing that goes out to, or came in from, a system outside; kept until it is through.

    The payload may name people, so it lies encrypted and is shown masked; `digest` proves what it was.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent, answer open")
        ANSWERED = "answered", _("Answered")
        FAILED = "failed", _("Failed")
        BY_HAND = "by_hand", _("Done by hand")

    class Direction(models.TextChoices):
        """Which way it goes."""

        IN = "in", _("In")
        OUT = "out", _("Out")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    direction = models.CharField(_("Direction"), max_length=3, choices=Direction.choices)
    system = models.CharField(_("System"), max_length=40)
    kind = models.CharField(_("Kind"), max_length=60)
    key = models.CharField(max_length=120)
    subject = models.CharField(_("Subject"), max_length=200)
    subject_url = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(_("Tries"), default=0)
    next_at = models.DateTimeField(_("Next try"), null=True)
    problem = models.CharField(_("Last problem"), max_length=500, blank=True, default="")
    needs_hand = models.BooleanField(default=False)
    digest = models.CharField(_("Digest"), max_length=64)
    payload = EncryptedTextField()
    answer = EncryptedTextField(blank=True, default="")
    outside_number = models.CharField(_("Number outside"), max_length=120, blank=True, default="")
    created_at = models.DateTimeField(_("Made at"))
    claimed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(_("Settled at"), null=True)
    settled_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("Exchange")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="exchange_once_per_kind"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="exchange_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="exchange_by_state"),
            models.Index(fields=["system", "-created_at", "-id"], name="exchange_by_system"),
            models.Index(
                fields=["next_at"],
                condition=models.Q(state__in=("waiting", "sent", "failed"), next_at__isnull=False),
                name="exchange_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class SystemState(models.Model):
    """How a system outside does: failures in a row, and until when it is left alone."""

    system = models.CharField(max_length=40, unique=True)
    failures = models.PositiveIntegerField(default=0)
    resting_until = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    last_failed_at = models.DateTimeField(null=True)
    last_problem = models.CharField(max_length=300, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.system} {self.failures}"
