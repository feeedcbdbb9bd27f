"""The loaded years, and in each the days that differ from the plain week or carry a name."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class CalendarYear(models.Model):
    """A year whose holiday notice was loaded; a year without a row does not exist for any deadline."""

    year = models.PositiveSmallIntegerField(_("Year"), unique=True)
    source = models.CharField(_("Source"), max_length=200)
    fingerprint = models.CharField(max_length=32, editable=False)
    loaded_by_id = models.BigIntegerField(null=True, editable=False)
    loaded_by_name = models.CharField(max_length=100, editable=False)
    loaded_at = models.DateTimeField(editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year__gte=1949, year__lte=2200), name="calendar_year_plausible"
            )
        ]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """One day that the notice, or the zone with a reason, says something about."""

    year = models.ForeignKey(CalendarYear, on_delete=models.PROTECT, related_name="days")
    on = models.DateField(_("Day"), unique=True)
    working = models.BooleanField(_("Worked"))
    name = models.CharField(_("Name"), max_length=60, blank=True)
    name_en = models.CharField(_("Name in English"), max_length=60, blank=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    by_year = models.PositiveSmallIntegerField(null=True, editable=False)
    """The year whose notice arranges this day, where it is not the day's own: 12-31 by that of 元旦."""

    class Meta:
        ordering = ["on"]

    def __str__(self) -> str:
        return self.on.isoformat()


class CalendarVersion(models.Model):
    """What a year said from one change to the next; kept for ever, so that it can be put in force again."""

    year = models.ForeignKey(CalendarYear, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("Version"))
    source = models.CharField(_("Source"), max_length=200)
    days = models.JSONField(default=list, editable=False)
    fingerprint = models.CharField(max_length=32, editable=False)
    by_name = models.CharField(_("Entered by"), max_length=100)
    at = models.DateTimeField(_("In force since"))

    class Meta:
        ordering = ["year", "-number"]
        constraints = [models.UniqueConstraint(fields=["year", "number"], name="calendar_version_once")]

    def __str__(self) -> str:
        return f"{self.year} v{self.number}"


class CalendarDraft(models.Model):
    """A year as it would be: read from a notice, a table or an old version, looked at before it counts.

    `based_on` is the version of the year that was in force when it was made (null: none); `beside` are the
    days of the years before and after that the same notice arranges.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    year = models.PositiveSmallIntegerField(_("Year"))
    source = models.CharField(_("Source"), max_length=200)
    days = models.JSONField(default=list, editable=False)
    beside = models.JSONField(default=list, editable=False)
    based_on = models.PositiveIntegerField(null=True, editable=False)
    made_by_name = models.CharField(max_length=100)
    made_at = models.DateTimeField()
    in_force_at = models.DateTimeField(null=True)
    in_force_as = models.PositiveIntegerField(null=True, editable=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.year} {self.source}"
