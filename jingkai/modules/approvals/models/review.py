"""What happens between submission and decision: corrections, questions, expert reviews."""

from __future__ import annotations

from django.db import models
from uuid6 import uuid7

from jingkai.kernel.parties.models import Party
from jingkai.modules.approvals.models.application import Application, ApplicationItem, Submission
from jingkai.modules.approvals.models.catalogue import Material
from jingkai.records.documents.models import IssuedDocument


class Correction(models.Model):
    """The once-only correction notice (一次性告知) of one application, 行政许可法 32 (四).

    The unique application is the law's "once": a second notice cannot be stored.
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="correction")
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(IssuedDocument, on_delete=models.PROTECT, related_name="+")
    issued_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.document)


class CorrectionFault(models.Model):
    """One material that is missing or wrong, and what the applicant must do about it."""

    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="faults")
    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("correction", "material"), name="fault_material_once")]

    def __str__(self) -> str:
        return self.text


class Question(models.Model):
    """A question to the applicant during review. It never stops the clock: 行政许可法 45 is closed."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    item = models.ForeignKey(ApplicationItem, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    text = models.TextField()
    answered_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ("asked_at", "id")

    def __str__(self) -> str:
        return self.text


class ExpertReview(models.Model):
    """An expert review (专家评审) during which the item's clock stands still, 行政许可法 45."""

    item = models.ForeignKey(ApplicationItem, on_delete=models.PROTECT, related_name="expert_reviews")
    reason = models.TextField()
    basis = models.CharField(max_length=200)
    started_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    conclusion = models.TextField(blank=True)
    excluded_days = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("started_at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("item",), condition=models.Q(ended_at=None), name="one_open_expert_review"
            )
        ]

    def __str__(self) -> str:
        return self.reason
