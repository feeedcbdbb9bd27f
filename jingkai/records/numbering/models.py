"""The ledger of numbers given, and the counters behind it."""

from django.db import models
from django.db.models import Q
from uuid6 import uuid7


class Counter(models.Model):
    """The last sequence given in a series and year; its row is the lock that makes the series gapless."""

    series = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()  # 0 where the series runs on over the years
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="numbering_one_counter")]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"


class IssuedNumber(models.Model):
    """One number that was given, and to what; a void number stays here and is never given again."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    series = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    text = models.CharField(max_length=100, unique=True)
    pattern = models.ForeignKey("rules.RuleVersion", on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        "parties.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    subject_kind = models.CharField(max_length=60, blank=True, default="")
    subject_id = models.BigIntegerField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "sequence"], name="numbering_one_sequence"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="numbering_starts_at_one"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | ~Q(void_reason=""), name="numbering_void_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="numbering_by_subject")]

    def __str__(self) -> str:
        return self.text
