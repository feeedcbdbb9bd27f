"""Rules that apply from one day to another, each with its source; a past version is never rewritten."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class Rule(models.Model):
    """What a rule is about, under a kind and a key, independent of what it says at a time."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(_("Kind"), max_length=40)
    key = models.CharField(_("Rule key"), max_length=80)
    name = models.CharField(_("Name"), max_length=200)
    name_en = models.CharField(_("Name in English"), max_length=200)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["kind", "key"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="rules_rule_once_per_kind_and_key")
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


class RuleVersion(models.Model):
    """What a rule says from `starts_on` to `ends_on`, both included; no end means until further notice.

    The database refuses two versions of one rule on one day unless one of them is void.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions")
    starts_on = models.DateField(_("Applies from"))
    ends_on = models.DateField(_("Applies until"), null=True, blank=True)
    value = models.JSONField(_("Value"))
    source = models.CharField(_("Legal source"), max_length=200)
    source_article = models.CharField(_("Article"), max_length=60, blank=True)
    note = models.CharField(_("Note"), max_length=500, blank=True)
    confirmed = models.BooleanField(_("Verified locally"), default=False)
    created_by_id = models.BigIntegerField(null=True, editable=False)
    created_by_name = models.CharField(max_length=100, editable=False)
    created_at = models.DateTimeField(editable=False)
    voided_at = models.DateTimeField(null=True, editable=False)
    void_reason = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        ordering = ["rule", "-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="rules_version_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="rules_one_version_a_day",
                expressions=[
                    # A range of one number: plain GiST compares it without the extension btree_gist.
                    (
                        Func(F("rule_id"), F("rule_id"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(voided_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["rule", "-starts_on"], name="rules_version_newest_first")]

    def applies(self, on: date) -> bool:
        """Whether it is what the rule says on a day."""
        return (
            self.voided_at is None and self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)
        )

    def __str__(self) -> str:
        return f"{self.rule_id} {self.starts_on}"
