"""Requests to use a seal (用印审批单), and results that take another's place (补发、换发)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from uuid6 import uuid7

from jingkai.casework.cases.models import Case
from jingkai.kernel.parties.models import Party
from jingkai.modules.approvals.models.application import Application
from jingkai.modules.approvals.models.results import Decision
from jingkai.modules.approvals.models.runs import Reissue
from jingkai.records.documents.models import IssuedDocument


class Replacement(models.Model):
    """One result that shall take the place of another: lost, damaged, changed, or wrong.

    Asked for by the enterprise, checked by the window, approved and sealed under a request to use the seal;
    the old document's public page then points to the new one. `reissue` is set where the old document is the
    entrusting department's own (见文换文): then the new one is that department's as well, under its seal.
    """

    class Ground(models.TextChoices):
        LOST = "lost", "遗失补发"
        DAMAGED = "damaged", "损毁换发"
        CHANGED = "changed", "变更换发"
        MISTAKE = "corrected", "更正换发"

    class State(models.TextChoices):
        ASKED = "asked", "待核对"
        SEALING = "sealing", "待用印"
        DONE = "done", "已换发"
        REFUSED = "refused", "不予换发"

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="replacements")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="replacements")
    reissue = models.ForeignKey(Reissue, null=True, on_delete=models.PROTECT, related_name="replacements")
    old = models.ForeignKey(IssuedDocument, on_delete=models.PROTECT, related_name="+")
    new = models.OneToOneField(IssuedDocument, null=True, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=10, choices=Ground.choices)
    reason = models.CharField(max_length=500)
    correction = models.CharField(max_length=1000, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    checked_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True, default="")
    done_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=("-asked_at", "-id"), name="replacement_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=("old",), condition=Q(state__in=("asked", "sealing", "done")), name="replaced_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(new__isnull=False, done_at__isnull=False),
                name="replacement_done_with",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_id} {self.ground} {self.state}"


class SealRequest(models.Model):
    """A request to put a seal on one prepared paper, by whoever may not apply that seal themselves.

    The approval authorises the seal's custodian, once (用印审批单). `reissue` or `replacement` says what goes
    on when the paper is sealed.
    """

    class State(models.TextChoices):
        ASKED = "asked", "待审批"
        APPROVED = "approved", "待用印"
        SEALED = "sealed", "已用印"
        REFUSED = "refused", "未批准"

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="seal_requests")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    document = models.OneToOneField(IssuedDocument, on_delete=models.PROTECT, related_name="+")
    seal_code = models.CharField(max_length=20)
    purpose = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    raised_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    decided_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    opinion = models.CharField(max_length=500, blank=True, default="")
    sealed_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(null=True)
    replacement = models.OneToOneField(
        Replacement, null=True, on_delete=models.PROTECT, related_name="request"
    )
    reissue = models.ForeignKey(Reissue, null=True, on_delete=models.PROTECT, related_name="seal_requests")

    class Meta:
        indexes = [models.Index(fields=("-raised_at", "-id"), name="seal_request_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=("reissue",),
                condition=Q(reissue__isnull=False) & ~Q(state="refused"),
                name="seal_request_per_reissue",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "sealed")) | Q(decided_by__isnull=False),
                name="seal_request_approved_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.seal_code} {self.state}"
