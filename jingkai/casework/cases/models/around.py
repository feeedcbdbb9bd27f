"""What stands beside cases: who has them to read, who urged, runs that move them to another version."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from uuid6 import uuid7

from jingkai.casework.cases.models.matter import Case, Task
from jingkai.casework.flow.models import FlowVersion
from jingkai.kernel.parties.models import Party


class Reading(models.Model):
    """A case given to somebody to read (传阅), and when that was done."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="readings")
    reader = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name=_("reader"))
    sent_by = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(_("sent"))
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "reader"], name="cases_one_reading_per_reader")
        ]
        indexes = [
            models.Index(
                fields=["reader", "-sent_at", "-id"],
                condition=Q(read_at__isnull=True),
                name="cases_to_read",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} reads {self.case_id}"


class Urge(models.Model):
    """Somebody asked the holder of a task to hurry (催办)."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="urges")
    by = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("words"), max_length=500, blank=True, default="")
    at = models.DateTimeField(_("at"))

    def __str__(self) -> str:
        return f"{self.task_id} {self.at:%Y-%m-%d %H:%M}"


class Migration(models.Model):
    """One run that moves cases of a flow to another version, in the background, with its progress."""

    class State(models.TextChoices):
        """Where the run stands."""

        RUNNING = "running", pgettext_lazy("state of a migration", "Running")
        DONE = "done", pgettext_lazy("state of a migration", "Done")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    from_version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="+")
    to_version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="+")
    mapping = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    refusals = models.JSONField(default=list, blank=True)
    last_case_id = models.BigIntegerField(default=0)
    begun_by = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(_("begun"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.from_version_id} → {self.to_version_id}"
