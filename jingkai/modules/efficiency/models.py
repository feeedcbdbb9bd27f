"""One row per item handled, the days left out, names as they are read, and the monthly reports."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy
from uuid6 import uuid7

from jingkai.casework.cases.models import Case
from jingkai.kernel.parties.models import Party
from jingkai.records.documents.models import IssuedDocument


class MatterFact(models.Model):
    """One item handled to its end, copied from its matter so that figures never walk running matters.

    Days are in `day_unit`, the limit's own: working and natural days are never added up. `promised` is empty
    where the zone promises nothing shorter. `trips` is how often the applicant had to come.
    """

    item_id = models.BigIntegerField(unique=True)
    application_id = models.BigIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    enterprise = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    package = models.CharField(max_length=60)
    item = models.CharField(max_length=60)
    unit = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField()
    concluded_on = models.DateField()
    month = models.DateField()
    outcome = models.CharField(max_length=40)
    day_unit = models.CharField(max_length=12)
    statutory = models.PositiveIntegerField()
    promised = models.PositiveIntegerField(null=True)
    actual = models.PositiveIntegerField()
    extended = models.PositiveIntegerField(default=0)
    on_time = models.BooleanField()
    trips = models.PositiveSmallIntegerField()
    one_visit = models.BooleanField()
    corrections = models.PositiveSmallIntegerField()
    returned = models.PositiveSmallIntegerField()
    held_days = models.PositiveIntegerField(default=0)
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="fact_month_is_a_first"),
        ]
        indexes = [
            models.Index(fields=("month", "unit"), name="fact_by_month"),
            models.Index(fields=("unit", "month"), name="fact_by_unit"),
            models.Index(fields=("-concluded_on", "-id"), name="fact_newest"),
            models.Index(fields=("application_id",), name="fact_of_application"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.item}"


class HeldDays(models.Model):
    """Days of one item that did not count, by their reason (行政许可法 45)."""

    fact = models.ForeignKey(MatterFact, on_delete=models.CASCADE, related_name="holds")
    reason = models.CharField(max_length=40)
    days = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("fact", "reason"), name="held_days_reason_once")]

    def __str__(self) -> str:
        return f"{self.reason} {self.days}"


class Name(models.Model):
    """How an item or package is called now; units and persons have their names in the register of parties."""

    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=60)
    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=240, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("kind", "key"), name="efficiency_name_once")]

    def __str__(self) -> str:
        return self.name


class Report(models.Model):
    """One monthly report (效能月报): versions are kept; the document is prepared, then issued by a person."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("report", "Waiting")
        RUNNING = "running", pgettext_lazy("report", "Being made")
        DRAFT = "draft", pgettext_lazy("report", "Draft")
        ISSUED = "issued", pgettext_lazy("report", "Issued")
        FAILED = "failed", pgettext_lazy("report", "Failed")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    month = models.DateField()
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    percent = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    document = models.OneToOneField(IssuedDocument, null=True, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    issued_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("month", "version"), name="report_version_once")]
        indexes = [models.Index(fields=("-month", "-version", "-id"), name="report_newest")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} v{self.version}"
