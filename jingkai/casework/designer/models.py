"""Flows as they are being drawn: the present draft with its forms, every saved state, who may start them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.casework.flow.models import FlowVersion
from jingkai.kernel.parties.models import Party


class Design(models.Model):
    """One flow in the designer. `bpmn` and `forms` are the draft; `published` is what staff start now.

    `version` counts the saved states; `published_state` is the state that was published last.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    key = models.CharField(_("key"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True, default="")
    summary = models.CharField(_("what it is for"), max_length=200, blank=True, default="")
    summary_en = models.CharField(_("what it is for, in English"), max_length=200, blank=True, default="")
    bpmn = models.TextField(_("drawing"))
    forms = models.JSONField(_("forms"), default=dict, blank=True)
    published = models.ForeignKey(
        FlowVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_state = models.PositiveIntegerField(default=0)
    is_open = models.BooleanField(_("can be started"), default=True)
    everyone = models.BooleanField(_("everybody of the staff may start it"), default=True)
    start_units = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    start_roles = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    updated_by = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("last change"))
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class DesignState(models.Model):
    """One saved state of a draft, so that who saves too late is told what changed and nothing is lost."""

    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="states")
    version = models.PositiveIntegerField()
    bpmn = models.TextField()
    forms = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["design", "version"], name="designer_one_row_per_state")
        ]

    def __str__(self) -> str:
        return f"{self.design_id} state {self.version}"
