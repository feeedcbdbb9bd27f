"""Tokens of other systems, and how often each has called in a minute."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.parties.models import Party


class ApiToken(models.Model):
    """The key of one other system: what it may do, for whom, from where, how often, until when.

    The token itself is shown once and lies here as a hash only. `enterprise` empty means all of the zone.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("Name of the system"), max_length=120)
    contact = models.CharField(_("Who answers for it"), max_length=120)
    enterprise = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    scopes = ArrayField(models.CharField(max_length=60), verbose_name=_("May"))
    addresses = ArrayField(models.CharField(max_length=50), default=list, verbose_name=_("From addresses"))
    rate = models.PositiveIntegerField(_("Calls a minute"), default=120)
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(_("Begins with"), max_length=12)
    created_at = models.DateTimeField(_("Made at"))
    created_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("Good until"))
    last_used_at = models.DateTimeField(_("Last used"), null=True)
    last_used_from = models.CharField(max_length=45, blank=True, default="")
    revoked_at = models.DateTimeField(_("Withdrawn at"), null=True)
    revoke_reason = models.CharField(_("Reason"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("Access token")
        indexes = [models.Index(fields=["-created_at", "-id"], name="exchange_token_newest")]

    def __str__(self) -> str:
        return f"{self.name} {self.hint}…"


class ApiWindow(models.Model):
    """How often a token has called in one minute; in the database, so that no restart forgets it."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    minute = models.DateTimeField()
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "minute"], name="exchange_window_once")]
        indexes = [models.Index(fields=["minute"], name="exchange_window_old")]

    def __str__(self) -> str:
        return f"{self.token_id} {self.minute:%H:%M} {self.calls}"
