"""Appointments: a slot of a line on a day, held for one person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.parties.models import Person
from jingkai.modules.windows.data import AppointmentState
from jingkai.modules.windows.models.counters import Line


class SlotCount(models.Model):
    """How many hold a slot. Its row is locked while one books, so a slot is never given out twice."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    starts = models.TimeField()
    booked = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("line", "on", "starts"), name="windows_slot_once")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.on} {self.starts:%H:%M}: {self.booked}"


class Appointment(models.Model):
    """A slot held for a person; `code` with the last digits of the phone opens it again."""

    class States(models.TextChoices):
        """The same words as `data.AppointmentState`, with labels."""

        BOOKED = AppointmentState.BOOKED.value, _("booked")
        CAME = AppointmentState.CAME.value, _("came")
        CANCELLED = AppointmentState.CANCELLED.value, _("cancelled")
        MISSED = AppointmentState.MISSED.value, _("not taken up")

    code = models.CharField(_("Appointment code"), max_length=12, unique=True)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(_("Matter in question"), max_length=120, blank=True)
    on = models.DateField(_("Day"))
    starts = models.TimeField()
    ends = models.TimeField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("Full name"), max_length=60)
    uscc = models.CharField(_("Unified social credit code"), max_length=18, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=States, default=States.BOOKED)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    moves = models.PositiveSmallIntegerField(default=0)
    wrong_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["on", "starts", "id"], name="windows_booked_days"),
            models.Index(fields=["person", "state"], name="windows_booked_by"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.on} {self.starts:%H:%M}"
