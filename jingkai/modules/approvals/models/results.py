"""Decisions, their documents, the licence read from the province, and the applicant's rating."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext
from uuid6 import uuid7

from jingkai.kernel.parties.models import Party
from jingkai.modules.approvals.models.application import Application, ApplicationItem
from jingkai.modules.approvals.models.powers import Power
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.files.models import Attachment


class Decision(models.Model):
    """The decision on the deciding item: who signed, under which power, and the sealed result."""

    class Outcome(models.TextChoices):
        GRANTED = "granted", "合格"
        DENIED = "denied", "不合格"

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    item = models.OneToOneField(ApplicationItem, on_delete=models.PROTECT, related_name="decision")
    power = models.ForeignKey(Power, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    text = models.TextField()
    signed_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    document = models.OneToOneField(IssuedDocument, null=True, on_delete=models.PROTECT, related_name="+")
    sealed_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)

    @property
    def outcome_words(self) -> str:
        """The outcome in the reader's language."""
        if self.outcome == self.Outcome.GRANTED:
            return pgettext("decision", "passed")
        return pgettext("decision", "not passed")

    def __str__(self) -> str:
        return f"{self.item} {self.outcome}"


class ConstructionPermit(models.Model):
    """The construction permit (施工许可证) of the provincial electronic licence system, as read from it."""

    class State(models.TextChoices):
        ASKED = "asked", "已请求"
        ISSUED = "issued", "已取得"
        FAILED = "failed", "未取得"

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="permit")
    state = models.CharField(max_length=20, choices=State.choices, default=State.ASKED)
    number = models.CharField(max_length=60, blank=True)
    issued_on = models.DateField(null=True)
    issuer = models.CharField(max_length=120, blank=True)
    attachment = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.number or self.state


class Rating(models.Model):
    """The applicant's rating of the service (好差评, GB/T 39735): one per matter, five levels."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="rating")
    level = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    comment = models.TextField(blank=True)
    rated_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    rated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="rating_level_1_to_5")
        ]

    def __str__(self) -> str:
        return str(self.level)
