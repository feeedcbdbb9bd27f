"""What is said of an item over time: its versions, and what was checked against local instruments."""

from __future__ import annotations

from datetime import date

from django.db import models
from uuid6 import uuid7

from jingkai.kernel.parties.models import Party
from jingkai.modules.approvals.models.catalogue import Item


class ItemVersion(models.Model):
    """One version of an item's implementing list (实施清单), from its draft to its publication.

    `content` holds every field by its name, as `rules.fields` lists them. A published version applies from
    `starts_on` to `ends_on`; one that was replaced on its first day ends the day before it began. Matters
    keep the version that was in force when they were handed in.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        REVIEWED = "reviewed", "已审核"
        PUBLISHED = "published", "已发布"
        DISCARDED = "discarded", "已作废"

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    content = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    edited_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=("item", "number"), name="item_version_number_once"),
            models.UniqueConstraint(
                fields=("item",),
                condition=models.Q(state__in=("draft", "reviewed")),
                name="one_open_item_version",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(starts_on__isnull=False),
                name="published_version_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.number}"

    def applies(self, on: date) -> bool:
        """Whether this version is the published one of that day."""
        begun = self.starts_on is not None and self.starts_on <= on
        return self.state == self.State.PUBLISHED and begun and (self.ends_on is None or on <= self.ends_on)


class ItemConfirmation(models.Model):
    """The zone has checked one legal statement of an item against a local instrument: who, when, which.

    `digest` is that of the text that was checked; where the text changes the confirmation no longer counts.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="confirmations")
    section = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    instrument = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    confirmed_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-confirmed_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("item", "section"),
                condition=models.Q(withdrawn_at=None),
                name="one_confirmation_per_section",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.section}"


class ItemImport(models.Model):
    """Items taken in from a spreadsheet or from the provincial platform: what was read, refused and changed.

    `rows` are the contents as they were read; `plan` says per item whether it is new, changed or the same;
    `faults` say why a row was refused. Nothing counts until the import is applied.
    """

    class State(models.TextChoices):
        REFUSED = "refused", "未通过检查"
        READY = "ready", "待确认"
        APPLIED = "applied", "已导入"
        DISCARDED = "discarded", "已放弃"

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    source = models.CharField(max_length=20)
    file_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=State.choices)
    rows = models.JSONField(default=list)
    plan = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    created_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.source} {self.created_at:%Y-%m-%d}"
