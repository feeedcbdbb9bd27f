"""The tables of published flows and decision tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.hooks.api import QuickRows
from jingkai.kernel.parties.models import Party


class FlowVersion(QuickRows, models.Model):
    """One published version of a flow: the BPMN text as it was, never changed afterwards.

    A running case keeps the version that it began with, so a row here is only ever added. `public` says
    whether the drawing may be read without an account (the catalogue publishes it with the guide).
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    key = models.CharField(_("key"), max_length=80)
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True, default="")
    bpmn = models.TextField(_("drawing"))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the drawing"))
    public = models.BooleanField(_("readable without an account"), default=False)
    published_by = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("published by"),
    )
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="flow_one_row_per_version")]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class DecisionVersion(models.Model):
    """One published version of a decision table: the DMN text as it was, never changed afterwards.

    A running case is decided by the version that was in force when it began, so a row is only ever added.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    key = models.CharField(_("key"), max_length=80)
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True, default="")
    dmn = models.TextField(_("table"))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the table"))
    published_by = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("published by"),
    )
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="flow_one_row_per_decision_version")
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"
