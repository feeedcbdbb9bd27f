"""Published forms, filled sheets, their answers as typed rows, and what people are still writing."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.casework.cases.models import Case, Task
from jingkai.kernel.parties.models import Party, Person


class FormVersion(models.Model):
    """One published version of a form, never changed afterwards. The key reads `flow.form`."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    key = models.CharField(_("key"), max_length=130)
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True, default="")
    definition = models.JSONField()
    digest = models.CharField(max_length=64)
    published_by = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="forms_one_row_per_version")]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class Sheet(models.Model):
    """One form filled for one case (单据). Before the case is started it belongs to `owner` alone."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    key = models.CharField(max_length=130)
    form = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="forms_one_sheet_per_case"),
            models.UniqueConstraint(
                fields=["owner", "key"], condition=Q(case__isnull=True), name="forms_one_beginning_per_person"
            ),
        ]
        indexes = [models.Index(fields=["key", "-id"], name="forms_sheets_by_key")]

    def __str__(self) -> str:
        return f"{self.key} {self.uuid}"


class Answer(models.Model):
    """One typed answer; a table's cells are rows `table.column` numbered from one, a choice of several too.

    `written` is the version of the sheet with which it last changed, so that two who write at once are told.
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="answers")
    name = models.CharField(max_length=90)
    row = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True, default="")
    number = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    truth = models.BooleanField(null=True, blank=True)
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    written = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "name", "row"], name="forms_one_answer")]
        indexes = [
            models.Index(
                fields=["name", "number"], name="forms_by_number", condition=Q(number__isnull=False)
            ),
            models.Index(fields=["name", "day"], name="forms_by_day", condition=Q(day__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.sheet_id}"


class Draft(models.Model):
    """What a person has typed at a step and not yet sent, as it was typed; gone once it is sent."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="drafts")
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "task", "person"], name="forms_one_draft", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"draft of {self.sheet_id} by {self.person_id}"
