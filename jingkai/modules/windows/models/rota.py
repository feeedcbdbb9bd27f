"""The rota: who is at which window on which half day, who is away, who swaps."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.parties.models import Party
from jingkai.modules.windows.data import Half, SwapState
from jingkai.modules.windows.models.counters import Window


class Halves(models.TextChoices):
    """The same words as `data.Half`, with labels."""

    MORNING = Half.MORNING.value, _("morning")
    AFTERNOON = Half.AFTERNOON.value, _("afternoon")


class RotaWeek(models.Model):
    """The plan of one week, named by its Monday; a draft until it is published."""

    monday = models.DateField(unique=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=100, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(monday__week_day=2), name="windows_monday")]

    def __str__(self) -> str:
        return f"{self.monday}"


class Shift(models.Model):
    """One person at one window on one half day; nobody sits at two windows."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    week = models.ForeignKey(RotaWeek, on_delete=models.CASCADE, related_name="shifts")
    on = models.DateField()
    half = models.CharField(max_length=2, choices=Halves)
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("on", "half", "window__number")
        constraints = [
            models.UniqueConstraint(
                fields=("on", "half", "window"),
                name="windows_shift_window",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=("on", "half", "person"),
                name="windows_shift_person",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.half} {self.window_id}"


class Absence(models.Model):
    """Somebody away on days, both included."""

    person = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(_("Reason"), max_length=100)
    noted_by = models.CharField(max_length=100)
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ("-starts_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="windows_absence_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.starts_on}–{self.ends_on}"


class Swap(models.Model):
    """A wish to swap two shifts, which the other one agrees to or not."""

    class States(models.TextChoices):
        """The same words as `data.SwapState`, with labels."""

        ASKED = SwapState.ASKED.value, _("asked, no answer yet")
        AGREED = SwapState.AGREED.value, _("agreed")
        DECLINED = SwapState.DECLINED.value, _("declined")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    mine = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="+")
    theirs = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    asked_of = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("Reason"), max_length=200)
    state = models.CharField(max_length=10, choices=States, default=States.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.mine_id} ⇄ {self.theirs_id}"
