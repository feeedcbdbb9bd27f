"""Mandates (委托代办书): an enterprise lets an agent of the zone act for it on one project."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from uuid6 import uuid7

from jingkai.kernel.parties.models import Party
from jingkai.modules.approvals.models.application import Application
from jingkai.records.documents.models import IssuedDocument


class MandateAct(models.TextChoices):
    """What an agent may be let do."""

    DRAFT = "draft", "填写申请"
    UPLOAD = "upload", "上传材料"
    SUBMIT = "submit", "提交申请"
    SUPPLY = "supply", "补正、补充材料"
    ANSWER = "answer", "答复询问"


class Mandate(models.Model):
    """One mandate: who lets whom do what, for which project, from when to when (民法典 165: in writing).

    It counts from the agent's acceptance on, inside its period, until it is ended by either side.
    """

    class State(models.TextChoices):
        OFFERED = "offered", "待接受"
        ACTIVE = "active", "有效"
        DECLINED = "declined", "未接受"
        ENDED = "ended", "已终止"

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    enterprise = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    project_name = models.CharField(max_length=120)
    acts = ArrayField(models.CharField(max_length=10, choices=MandateAct.choices))
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    given_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    document = models.OneToOneField(IssuedDocument, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    end_reason = models.TextField(blank=True)
    matters: models.ManyToManyField[Application, models.Model] = models.ManyToManyField(
        Application, related_name="mandates"
    )

    class Meta:
        ordering = ("-given_at", "-id")
        indexes = [
            models.Index(fields=("agent", "-given_at", "-id"), name="mandate_by_agent"),
            models.Index(fields=("enterprise", "-given_at", "-id"), name="mandate_by_enterprise"),
        ]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="mandate_dates")]

    def __str__(self) -> str:
        return f"{self.project_name} · {self.enterprise}"
