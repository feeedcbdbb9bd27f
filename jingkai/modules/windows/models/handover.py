"""Hand-over between shifts (交接班): papers lying at a window, and what was left, signed by both."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.parties.models import Party
from jingkai.modules.windows.models.counters import Window


class CounterPaper(models.Model):
    """A paper taken in at a counter, until it is passed on."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="papers")
    name = models.CharField(_("Paper"), max_length=160)
    copies = models.PositiveSmallIntegerField(_("Copies"), default=1)
    giver = models.CharField(_("Handed in by"), max_length=100)
    ticket_number = models.CharField(_("Ticket number"), max_length=8, blank=True)
    received_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    passed_to = models.CharField(_("Passed on to"), max_length=100, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class HandOver(models.Model):
    """What one clerk left to the next at a window, frozen as it was; both sign.

    No cash is taken at windows; the sheet says so (`cash_none`), so that nobody need ask.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("Day"))
    giver = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    waiting = models.JSONField(default=list)
    matters = models.JSONField(default=list)
    papers = models.JSONField(default=list)
    cash_none = models.BooleanField(default=True)
    note = models.TextField(_("Note"), blank=True)
    given_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(_("Remark of the one who takes over"), max_length=300, blank=True)

    class Meta:
        ordering = ("-given_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=models.F("taker")), name="windows_handed_to_somebody_else"
            ),
            models.UniqueConstraint(
                fields=("window",), condition=Q(taken_at=None), name="windows_one_open_handover"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.window_id}"
