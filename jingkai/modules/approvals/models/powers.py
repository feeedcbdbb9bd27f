"""The register of powers (赋权清单) under which the zone decides."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy
from uuid6 import uuid7

from jingkai.kernel.parties.models import Party
from jingkai.modules.approvals.models.catalogue import Item


class Power(models.Model):
    """A power that the zone exercises, with the instrument it rests on.

    行政许可法 24 (委托: decided in the entrusting organ's name, published, no sub-entrustment),
    25 (集中), or 派驻: the department's own officer decides in the zone. `organ` is the organ in whose
    name the result stands; `respondent` is whom a review or a suit must name; both follow from the basis
    (`rules.competence`). `entruster` is the organ that entrusts or sends its officers. `announced_days`
    is the last notice before the end that went out.
    """

    class Basis(models.TextChoices):
        DISPATCHED = "dispatched", "派驻"
        ENTRUSTED = "entrusted", "委托"
        CONCENTRATED = "concentrated", "集中"

    class State(models.TextChoices):
        ACTIVE = "active", "有效"
        SUSPENDED = "suspended", "中止"
        ENDED = "ended", "终止"

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.PositiveSmallIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="powers")
    basis = models.CharField(max_length=20, choices=Basis.choices)
    organ = models.CharField(max_length=120)
    organ_en = models.CharField(max_length=200)
    respondent = models.CharField(max_length=120)
    respondent_en = models.CharField(max_length=200)
    exercised_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    entruster = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    instrument = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.ACTIVE)
    state_reason = models.TextField(blank=True)
    announced_days = models.PositiveSmallIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="power_dates"
            ),
        ]

    @property
    def basis_words(self) -> str:
        """The basis in the reader's language."""
        words = {
            self.Basis.DISPATCHED: pgettext_lazy("basis of a power", "dispatched"),
            self.Basis.ENTRUSTED: pgettext_lazy("basis of a power", "entrusted"),
            self.Basis.CONCENTRATED: pgettext_lazy("basis of a power", "concentrated"),
        }
        return str(words[self.Basis(self.basis)])

    def __str__(self) -> str:
        return f"{self.number} {self.item}"


class PowerGap(models.Model):
    """A matter that lost its power on the way: nobody may sign until the power is renewed or it is handed on.

    One open gap per matter; the head is told when it opens.
    """

    class Ending(models.TextChoices):
        RENEWED = "renewed", "赋权已恢复"
        HANDED = "handed", "已移送"
        CLOSED = "closed", "办件已结束"

    application = models.ForeignKey(
        "approvals.Application", on_delete=models.PROTECT, related_name="power_gaps"
    )
    power = models.ForeignKey(Power, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    told_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=20, choices=Ending.choices, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-since", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("application",), condition=models.Q(settled_at=None), name="one_open_power_gap"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.since}"
