"""The loaded years, and in each the days that differ from the plain week or carry a name."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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

    class Meta:
        ordering = ["on"]

    def __str__(self) -> str:
        return self.on.isoformat()
