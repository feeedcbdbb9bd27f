"""What each handler may do for an enterprise, and how the account passes into other hands."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.parties.models import Party, Person, Representation
from jingkai.modules.enterprises.models.registry import Enterprise, Invitation
from jingkai.records.files.models import Attachment


class HandlerRights(models.Model):
    """What a handler may do for an enterprise; who has no row here may do everything.

    The legal representative may do everything always, whatever stands here of them as a handler.
    """

    representation = models.OneToOneField(Representation, on_delete=models.PROTECT, related_name="+")
    may_apply = models.BooleanField(_("prepare applications"), default=True)
    may_sign = models.BooleanField(_("hand in for the enterprise"), default=True)
    may_pay = models.BooleanField(_("pay fees"), default=True)
    sees_all = models.BooleanField(_("see all matters"), default=True)
    set_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"rights of {self.representation_id}"


class HandOver(models.Model):
    """The account of an enterprise passes to a new representative, proven by both sides or by evidence."""

    class Way(models.TextChoices):
        """What proves the change."""

        BOTH = "both", _("Both sides agree")
        EVIDENCE = "evidence", _("Evidence at the window")

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("Waiting for the new representative")
        DONE = "done", _("Account passed on")
        CANCELLED = "cancelled", _("Called off")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=12, choices=Way.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    reason = models.CharField(_("reason"), max_length=300)
    evidence = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+")
    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="hand_over")
    from_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    to_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(state="open"), name="enterprises_one_open_hand_over"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(to_person__isnull=False),
                name="enterprises_hand_over_has_a_heir",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.state}"
