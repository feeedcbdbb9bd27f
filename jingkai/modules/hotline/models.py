"""Work orders of the 12345 line, each with its case."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.casework.cases.models import Case
from jingkai.kernel.exchange.models import Exchange
from jingkai.kernel.parties.models import Party


class WorkOrder(models.Model):
    """One work order. What the caller said lies encrypted in the journal of exchanges, not here."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    exchange = models.OneToOneField(Exchange, on_delete=models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(_("Work order number"), max_length=120, unique=True)
    title = models.CharField(_("Title"), max_length=200)
    due_on = models.DateField()
    told = models.PositiveIntegerField(default=0)
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number
