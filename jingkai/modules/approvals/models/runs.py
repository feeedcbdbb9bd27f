"""A package under way: each item's own course, the conditions it waits for, and what interrupts it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid6 import uuid7

from jingkai.casework.clock.models import Clock
from jingkai.kernel.parties.models import Party
from jingkai.modules.approvals.models.application import Application, ApplicationItem
from jingkai.modules.approvals.models.catalogue import Item
from jingkai.modules.approvals.models.network import Line, PackageCondition
from jingkai.records.documents.models import IssuedDocument


class ConditionRun(models.Model):
    """A condition of one application: awaited, handed in, checked, met, or given up.

    `valid_until` is set by the first conditional result: after that day the conditional results lapse.
    `turning` runs from the day on which the document is there until the results are formal.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待满足"
        ARRIVED = "arrived", "待核对"
        MET = "met", "已满足"
        LAPSED = "lapsed", "逾期未满足"
        UNNEEDED = "unneeded", "不再需要"

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="conditions")
    condition = models.ForeignKey(PackageCondition, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    valid_until = models.DateField(null=True)
    warned_at = models.DateTimeField(null=True)
    turning = models.ForeignKey(Clock, null=True, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    document_number = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("application", "condition"), name="condition_run_once")
        ]
        indexes = [
            models.Index(
                fields=("valid_until",),
                condition=models.Q(state__in=("waiting", "arrived")),
                name="condition_ends_next",
            )
        ]

    def __str__(self) -> str:
        return f"{self.condition} {self.state}"


class ItemRun(models.Model):
    """One item of a package in one application, from the acceptance on.

    Dependencies are kept as they were at the acceptance (`after`: branches). `item` exists once the item has
    begun, with its clock. `conditional` is the document of a simulated approval.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待启动"
        RUNNING = "running", "办理中"
        CONDITIONAL = "conditional", "模拟审批通过，待转正"
        GRANTED = "granted", "已准予"
        DENIED = "denied", "不予许可"
        LAPSED = "lapsed", "条件未满足，已终止"
        DROPPED = "dropped", "前置事项未通过，不再办理"

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="runs")
    catalogue_item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    item = models.OneToOneField(ApplicationItem, null=True, on_delete=models.PROTECT, related_name="run")
    branch = models.SlugField(max_length=40)
    line = models.CharField(max_length=20, choices=Line.choices)
    order = models.PositiveSmallIntegerField()
    after = ArrayField(models.CharField(max_length=40), default=list)
    condition = models.ForeignKey(ConditionRun, null=True, on_delete=models.PROTECT, related_name="runs")
    reissued_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    simulated = models.BooleanField(default=False)
    conditional = models.OneToOneField(IssuedDocument, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    concluded_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=("application", "branch"), name="item_run_once")]

    def __str__(self) -> str:
        return f"{self.branch} {self.state}"


class Reissue(models.Model):
    """A county department's own document on the zone's (见文换文), with a clock and an organ of its own."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    run = models.OneToOneField(ItemRun, on_delete=models.PROTECT, related_name="reissue")
    unit = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    document = models.OneToOneField(IssuedDocument, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=("unit", "-opened_at", "-id"), name="reissue_by_unit")]

    def __str__(self) -> str:
        return f"{self.run} {self.unit}"


class Hearing(models.Model):
    """A hearing (听证) during which the item's clock stands still, 行政许可法 45 to 48.

    On request (47): asked for in five working days of being told, held in twenty. `notice` is the written
    notice with place and time, given seven days before (48).
    """

    class Kind(models.TextChoices):
        REQUESTED = "requested", "依申请"
        OFFICIAL = "official", "依职权"

    item = models.ForeignKey(ApplicationItem, on_delete=models.PROTECT, related_name="hearings")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    told_on = models.DateField(null=True)
    requested_on = models.DateField(null=True)
    hold_until = models.DateField()
    held_on = models.DateField()
    place = models.CharField(max_length=120)
    reason = models.TextField()
    notice = models.OneToOneField(IssuedDocument, on_delete=models.PROTECT, related_name="+")
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
                fields=("item",), condition=models.Q(ended_at=None), name="one_open_hearing"
            )
        ]

    def __str__(self) -> str:
        return self.reason


class ItemExtension(models.Model):
    """More days for one item, approved by the head, with the notice that tells the applicant why (42)."""

    item = models.ForeignKey(ApplicationItem, on_delete=models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField()
    reason = models.TextField()
    notice = models.OneToOneField(IssuedDocument, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        ordering = ("approved_at", "id")

    def __str__(self) -> str:
        return f"{self.item} +{self.days}"
