"""Clocks, and the ledger from which every due date can be computed again."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.casework.clock.data import EntryKind, LimitValue, State
from jingkai.kernel.calendar.data import DaySpan
from jingkai.kernel.parties.models import Party
from jingkai.kernel.rules.models import RuleVersion

STATES = [
    (State.RUNNING.value, _("Counting")),
    (State.SUSPENDED.value, _("On hold")),
    (State.STOPPED.value, _("Ended")),
]
KINDS = [
    (EntryKind.START.value, _("Clock started")),
    (EntryKind.SUSPEND.value, _("Put on hold")),
    (EntryKind.RESUME.value, _("Resumed")),
    (EntryKind.EXTEND.value, _("Extended")),
    (EntryKind.STOP.value, _("Ended")),
    (EntryKind.REPROJECT.value, _("Computed anew")),
]


class Clock(models.Model):
    """One limit running for one matter or one department's part of it.

    The limit is pinned as data; the dates are columns, so lists and lights need no arithmetic. Everything
    computed here follows from the limit, the start, the ledger and the calendar named by its fingerprint. A
    clock with `overall` is a part: the overall clock leaves out every day on which any of its parts stands
    still.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    label = models.CharField(_("Clock"), max_length=200)
    label_en = models.CharField(_("Clock in English"), max_length=200, blank=True)
    limit = models.JSONField(editable=False)
    limit_rule = models.ForeignKey(
        RuleVersion, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    overall = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    state = models.CharField(_("State"), max_length=10, choices=STATES, default=State.RUNNING.value)
    started_on = models.DateField(_("Day zero"))
    due_on = models.DateField(_("Due day"))
    due_at = models.DateTimeField()
    yellow_at = models.DateTimeField()
    promised_due_on = models.DateField(_("Promised"), null=True)
    suspended_since = models.DateField(_("On hold since"), null=True)
    suspended_until = models.DateField(null=True)
    reason_code = models.CharField(max_length=40, blank=True)
    excluded = models.JSONField(default=list, editable=False)
    extended_days = models.PositiveSmallIntegerField(default=0)
    calendar_fingerprint = models.CharField(max_length=32, editable=False)
    stopped_on = models.DateField(_("Ended on"), null=True)
    outcome = models.CharField(max_length=40, blank=True)
    used_days = models.IntegerField(null=True)
    on_time = models.BooleanField(null=True)
    warned = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("started_on")), name="clock_due_after_start"
            ),
            models.CheckConstraint(
                condition=Q(state=State.SUSPENDED.value, suspended_since__isnull=False)
                | (~Q(state=State.SUSPENDED.value) & Q(suspended_since__isnull=True)),
                name="clock_hold_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state=State.STOPPED.value, stopped_on__isnull=False)
                | (~Q(state=State.STOPPED.value) & Q(stopped_on__isnull=True)),
                name="clock_end_has_its_day",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=~Q(state=State.STOPPED.value), name="clock_open"),
            models.Index(
                fields=["yellow_at"], condition=Q(state="running", warned=0), name="clock_yellow_next"
            ),
            models.Index(
                fields=["due_at"], condition=Q(state="running", warned__lt=2), name="clock_red_next"
            ),
            models.Index(
                fields=["suspended_until"], condition=Q(suspended_until__isnull=False), name="clock_hold_ends"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def limit_value(self) -> LimitValue:
        """The pinned limit as a value."""
        return LimitValue.from_json(self.limit)

    @property
    def excluded_spans(self) -> tuple[DaySpan, ...]:
        """The days that do not count, as far as they are known."""
        return tuple(DaySpan(_day(first), _day(last)) for first, last in self.excluded)


class LedgerEntry(models.Model):
    """One act on a clock, with its legal basis; lines are only ever added (a trigger refuses the rest)."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="ledger")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(_("Act"), max_length=10, choices=KINDS)
    on = models.DateField(_("Day"))
    at = models.DateTimeField()
    by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    basis = models.TextField(_("Legal basis"), blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    days = models.IntegerField(default=0)
    note = models.TextField(_("Note"), blank=True)
    due_before = models.DateField(null=True)
    due_after = models.DateField(null=True)

    class Meta:
        ordering = ["clock", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["clock", "sequence"], name="clock_ledger_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind} {self.on}"


def _day(text: str) -> date:
    return date.fromisoformat(text)
