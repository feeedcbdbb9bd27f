"""Clocks, and the ledger from which every due date can be computed again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.casework.clock.data import EntryKind, LimitValue, State, Step
from jingkai.kernel.calendar.data import DaySpan
from jingkai.kernel.hooks.api import QuickRows, RepeatedJSONField, Shared
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


class Clock(QuickRows, models.Model):
    """One limit running for one matter or one department's part of it.

    The limit is pinned as data; the dates are columns, so lists and lights need no arithmetic. Everything
    computed here follows from the limit, the start, the ledger and the calendar named by its fingerprint. A
    clock with `overall` is a part: the overall clock leaves out every day on which any of its parts stands
    still.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    label = models.CharField(_("Clock"), max_length=200)
    label_en = models.CharField(_("Clock in English"), max_length=200, blank=True)
    limit = RepeatedJSONField(editable=False)
    limit_rule = models.ForeignKey(
        RuleVersion, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    overall = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    limit_key = models.CharField(max_length=80, blank=True, editable=False)
    state = models.CharField(_("State"), max_length=10, choices=STATES, default=State.RUNNING.value)
    started_at = models.DateTimeField(null=True)
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
    step = models.PositiveSmallIntegerField(default=0, editable=False)
    step_at = models.DateTimeField(null=True, editable=False)
    lapsed_at = models.DateTimeField(null=True, editable=False)
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
            models.Index(fields=["step_at"], condition=Q(state="running"), name="clock_step_next"),
            models.Index(
                fields=["limit_key", "due_at"],
                condition=Q(state="running", lapsed_at__isnull=True),
                name="clock_lapse_next",
            ),
            models.Index(
                fields=["suspended_until"], condition=Q(suspended_until__isnull=False), name="clock_hold_ends"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def limit_value(self) -> LimitValue:
        """The pinned limit as a value; read once for a row, as the snapshot is only ever put in whole."""
        known: tuple[object, LimitValue] | None = self.__dict__.get("_limit_read")
        if known is None or known[0] is not self.limit:
            known = self.__dict__["_limit_read"] = self.limit, limit_of(self.limit)
        return known[1]

    @property
    def excluded_spans(self) -> tuple[DaySpan, ...]:
        """The days that do not count, as far as they are known."""
        return tuple(DaySpan(_day(first), _day(last)) for first, last in self.excluded)


def limit_of(written: Mapping[str, Any]) -> LimitValue:
    """Give a pinned limit as a value; that which thousands of clocks share is read once."""
    if not isinstance(written, Shared):
        return LimitValue.from_json(written)
    known = _READ.get(id(written))
    if known is None:
        if len(_READ) >= MOST_READ:
            _READ.clear()
        known = _READ[id(written)] = written, LimitValue.from_json(written)
    return known[1]


MOST_READ = 2048
_READ: dict[int, tuple[Shared, LimitValue]] = {}
"""By the place in memory, which stays a limit's own because it is kept here."""


class LedgerEntry(models.Model):
    """One act on a clock, with its legal basis; lines are only ever added (a trigger refuses the rest)."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="ledger")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(_("Act"), max_length=10, choices=KINDS)
    on = models.DateField(_("Day"))
    at = models.DateTimeField()
    facts = models.JSONField(default=dict, editable=False)
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


class StepTaken(models.Model):
    """A warning that was sent or a card that fell due, once for each due day of a clock."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="steps_taken")
    step = models.CharField(max_length=12, choices=[(step.value, step.value) for step in Step])
    due_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "step", "due_on"], name="clock_step_taken_once")
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.step} {self.due_on}"


class Card(models.Model):
    """A yellow or red card (督办牌) that the system issued because a limit was passed; it can be appealed.

    `holder` had the matter in hand then (a person, or nobody yet), `unit` answers for it; number and title
    are kept as they were. The rule that issued it is pinned in the clock's limit.
    """

    class Colour(models.TextChoices):
        """Yellow first, then red."""

        YELLOW = "yellow", _("Yellow card")
        RED = "red", _("Red card")

    class State(models.TextChoices):
        """Where a card stands."""

        STANDING = "standing", _("Stands")
        APPEALED = "appealed", _("Appealed")
        UPHELD = "upheld", _("Upheld on appeal")
        WITHDRAWN = "withdrawn", _("Withdrawn on appeal")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="cards")
    colour = models.CharField(_("Card"), max_length=6, choices=Colour.choices)
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.STANDING)
    reference = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    holder = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("Due day"))
    issued_at = models.DateTimeField(_("Issued"))
    appeal_until = models.DateField(_("Appeal until"), null=True)
    appeal = models.TextField(_("Appeal"), blank=True)
    appealed_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    appealed_at = models.DateTimeField(null=True)
    decision = models.TextField(_("Decision on the appeal"), blank=True)
    decided_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "colour", "due_on"], name="clock_card_issued_once"),
            models.CheckConstraint(
                condition=Q(state__in=("standing", "appealed")) | Q(decided_at__isnull=False),
                name="clock_card_decision_has_its_day",
            ),
        ]
        indexes = [
            models.Index(fields=["-issued_at", "-id"], name="clock_card_newest"),
            models.Index(fields=["holder", "-issued_at", "-id"], name="clock_card_by_holder"),
            models.Index(fields=["unit", "-issued_at", "-id"], name="clock_card_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.colour} {self.reference}"


class Reprojection(models.Model):
    """One computation of all open clocks: before a calendar counts (a preview), or because it does.

    The page shows how far it is; `moves` says which due days move or moved. There is one for each version of
    a year and one for each draft. After a crash it goes on behind the clock
    `last_id`.
    """

    class State(models.TextChoices):
        """Where the work stands."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Completed")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    year = models.PositiveSmallIntegerField()
    calendar_version = models.PositiveIntegerField(null=True)
    draft_id = models.BigIntegerField(null=True, unique=True)
    source = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    stuck = models.PositiveIntegerField(default=0)
    last_id = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["year", "calendar_version"],
                condition=Q(draft_id__isnull=True),
                name="clock_one_reprojection_per_version",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} v{self.calendar_version}"

    @property
    def is_preview(self) -> bool:
        """True while the calendar does not count."""
        return self.draft_id is not None


class ClockMove(models.Model):
    """One due day that moves or moved in a computation of all open clocks."""

    run = models.ForeignKey(Reprojection, on_delete=models.CASCADE, related_name="moves")
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="+")
    due_before = models.DateField(_("Due before"))
    due_after = models.DateField(_("Due after"))
    needs = models.PositiveSmallIntegerField(null=True)
    holders = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "clock"], name="clock_move_once")]
        indexes = [models.Index(fields=["run", "id"], name="clock_moves_in_order")]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.due_before} {self.due_after}"


def _day(text: str) -> date:
    return date.fromisoformat(text)
