"""How a result reached the applicant: downloaded, handed over at the window, or sent by post."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from uuid6 import uuid7

from jingkai.kernel.parties.models import EncryptedTextField, Party
from jingkai.modules.approvals.models.application import Application
from jingkai.records.documents.models import IssuedDocument


class Delivery(models.Model):
    """What became of one result on its way to the applicant (行政许可法 44: within ten days).

    The electronic document may be downloaded at once; a paper is handed over or posted when it is asked for.
    Whoever collects or signs for it is named, with what identified them; of its number the last four signs
    and a salted mark are kept.
    """

    class Way(models.TextChoices):
        NONE = "", "电子文书"
        WINDOW = "window", "窗口领取"
        POST = "post", "邮寄送达"

    class State(models.TextChoices):
        OPEN = "open", "待下载"
        ASKED = "asked", "待领取或者待寄出"
        SENT = "sent", "邮寄途中"
        RETURNED = "returned", "邮件退回"
        DONE = "done", "已送达"

    class Capacity(models.TextChoices):
        REPRESENTATIVE = "representative", "法定代表人"
        HANDLER = "handler", "经办人"
        AGENT = "agent", "带办专员"
        ENTRUSTED = "entrusted", "受委托的人"

    class Identity(models.TextChoices):
        CARD = "card", "居民身份证"
        PASSPORT = "passport", "护照"
        PERMIT = "permit", "港澳台居民居住证或者通行证"
        OTHER = "other", "其他有效证件"

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="deliveries")
    document = models.OneToOneField(IssuedDocument, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    way = models.CharField(max_length=10, choices=Way.choices, default="", blank=True)
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    delivered_at = models.DateTimeField(null=True)
    downloaded_at = models.DateTimeField(null=True)
    downloaded_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=80, blank=True, default="")
    phone = EncryptedTextField(blank=True, default="")
    address = EncryptedTextField(blank=True, default="")
    carrier = models.CharField(max_length=20, blank=True, default="")
    waybill = models.CharField(max_length=40, blank=True, default="")
    sent_on = models.DateField(null=True)
    sent_at = models.DateTimeField(null=True)
    return_reason = models.CharField(max_length=300, blank=True, default="")
    receiver = models.CharField(max_length=80, blank=True, default="")
    capacity = models.CharField(max_length=20, choices=Capacity.choices, blank=True, default="")
    identity = models.CharField(max_length=10, choices=Identity.choices, blank=True, default="")
    identity_tail = models.CharField(max_length=4, blank=True, default="")
    identity_mark = models.CharField(max_length=64, blank=True, default="")
    received_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=("-opened_at", "-id"), name="delivery_newest"),
            models.Index(fields=("state", "-opened_at", "-id"), name="delivery_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | Q(delivered_at__isnull=False), name="delivery_done_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("asked", "sent", "returned")) | ~Q(way=""), name="delivery_has_a_way"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_on__isnull=False) & ~Q(waybill=""),
                name="delivery_sent_under_a_number",
            ),
            models.UniqueConstraint(
                fields=("carrier", "waybill"), condition=~Q(waybill=""), name="delivery_waybill_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.way} {self.state}"
