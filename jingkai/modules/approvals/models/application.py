"""What an enterprise asks for: the application, its items and submissions."""

from __future__ import annotations

from django.db import models
from uuid6 import uuid7

from jingkai.casework.cases.models import Case
from jingkai.casework.clock.models import Clock
from jingkai.kernel.parties.models import Party
from jingkai.modules.approvals.models.catalogue import Item, Package
from jingkai.modules.approvals.models.items import ItemVersion
from jingkai.records.documents.models import IssuedDocument


class Application(models.Model):
    """One application for a package, from the first draft to the result.

    `facts` are what the form has passed. `typed` is what stands in the form but did not go into the facts:
    it has faults, or it was saved while typing; None where nothing is open.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待受理"
        CORRECTING = "correcting", "待补正"
        ACCEPTED = "accepted", "审查中"
        DECIDED = "decided", "已办结"
        REFUSED = "refused", "不予受理"
        WITHDRAWN = "withdrawn", "已撤回"
        HANDED = "handed", "已移送"
        DISCARDED = "discarded", "已删除草稿"

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="+")
    enterprise = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    handler = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    facts = models.JSONField(default=dict)
    typed = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    acceptance_notice = models.ForeignKey(
        IssuedDocument, null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=("enterprise", "-updated_at", "-id"), name="application_by_enterprise")
        ]

    def __str__(self) -> str:
        return f"{self.project_name} · {self.package.name}"

    @property
    def project_name(self) -> str:
        """The project's name as the applicant wrote it, or an empty text in a fresh draft."""
        return str(self.facts.get("project_name") or (self.typed or {}).get("project_name") or "")


class ApplicationItem(models.Model):
    """One item inside an accepted application: its branch, its clock and its conclusion.

    `item_version` is the version of the item that was in force when the application was handed in.
    """

    class State(models.TextChoices):
        RUNNING = "running", "审查中"
        AGREED = "agreed", "同意"
        OBJECTED = "objected", "不同意"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    item_version = models.ForeignKey(ItemVersion, null=True, on_delete=models.PROTECT, related_name="+")
    branch = models.SlugField(max_length=40)
    unit = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="+")
    decides = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=State.choices, default=State.RUNNING)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order",)
        constraints = [
            models.UniqueConstraint(fields=("application", "branch"), name="application_branch_once")
        ]

    def __str__(self) -> str:
        return self.item.name

    @property
    def result_name(self) -> str:
        """What the result is called by the version with which the matter began."""
        return self._told("result_name")

    @property
    def result_name_en(self) -> str:
        """The same in English."""
        return self._told("result_name_en")

    def _told(self, name: str) -> str:
        begun = self.item_version.content if self.item_version else {}
        return str(begun.get(name) or getattr(self.item, name))


class Submission(models.Model):
    """One submission of the application, with the acceptance clock that it started.

    行政许可法 32: five working days to accept or to ask, once, for all corrections.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", "待受理"
        CORRECTION = "correction", "一次性告知补正"
        ACCEPTED = "accepted", "受理"
        REFUSED = "refused", "不予受理"
        WITHDRAWN = "withdrawn", "撤回"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="submissions")
    sequence = models.PositiveSmallIntegerField()
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome.choices, default=Outcome.WAITING)

    class Meta:
        ordering = ("sequence",)
        constraints = [
            models.UniqueConstraint(fields=("application", "sequence"), name="submission_sequence_once")
        ]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.sequence}"
