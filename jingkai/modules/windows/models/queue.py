"""The queue: tickets, their numbers, calls and moves, and who sits at which window."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.parties.models import EncryptedTextField, Party
from jingkai.modules.windows.data import AT_WINDOW, Outcome, Priority, TicketState
from jingkai.modules.windows.models.appointments import Appointment
from jingkai.modules.windows.models.counters import Line, Window


class DayCount(models.Model):
    """The last number given out for a line on a day. Its row is locked, so numbers have no gaps."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("line", "on"), name="windows_count_once")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.on}: {self.last}"


class Ticket(models.Model):
    """One visit to the hall, from the number to the end.

    `token` is the address of the visitor's own page (no login, nothing personal on it). `queued_at` is the
    place in the queue and stays when the ticket is handed to another window.
    """

    class States(models.TextChoices):
        """The same words as `data.TicketState`, with labels."""

        WAITING = TicketState.WAITING.value, _("waiting in the hall")
        CALLED = TicketState.CALLED.value, _("called")
        SERVING = TicketState.SERVING.value, _("at the window")
        DONE = TicketState.DONE.value, _("served")
        MISSED = TicketState.MISSED.value, _("did not come")
        LEFT = TicketState.LEFT.value, _("left without being served")

    class Priorities(models.TextChoices):
        """The same words as `data.Priority`, with labels."""

        NONE = Priority.NONE.value, _("none")
        ELDERLY = Priority.ELDERLY.value, _("elderly")
        DISABLED = Priority.DISABLED.value, _("disabled")
        SERVICE = Priority.SERVICE.value, _("serviceman or veteran")
        PREGNANT = Priority.PREGNANT.value, _("pregnant or with an infant")
        APPOINTMENT = Priority.APPOINTMENT.value, _("appointment")

    class Outcomes(models.TextChoices):
        """The same words as `data.Outcome`, with labels."""

        HANDLED = Outcome.HANDLED.value, _("handled at the window")
        CONSULTED = Outcome.CONSULTED.value, _("advice given")
        MISSING = Outcome.MISSING.value, _("materials missing")

    token = models.CharField(max_length=24, unique=True)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("Day"))
    sequence = models.PositiveIntegerField()
    number = models.CharField(_("Ticket number"), max_length=8)
    topic = models.CharField(_("Matter in question"), max_length=120, blank=True)
    phone = EncryptedTextField(blank=True, default="")
    uscc = models.CharField(_("Unified social credit code"), max_length=18, blank=True)
    enterprise = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, default="zh-hans")
    priority = models.CharField(_("Priority"), max_length=12, choices=Priorities, blank=True)
    rank = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(_("State"), max_length=8, choices=States, default=States.WAITING)
    taken_at = models.DateTimeField(_("Taken"))
    queued_at = models.DateTimeField()
    appointment = models.OneToOneField(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="ticket"
    )
    only_window = models.ForeignKey(Window, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    window = models.ForeignKey(Window, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    clerk = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    calls = models.PositiveSmallIntegerField(default=0)
    first_called_at = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("Outcome"), max_length=10, choices=Outcomes, blank=True)
    note = models.CharField(_("Note"), max_length=500, blank=True)
    application_id = models.BigIntegerField(null=True, blank=True)
    matter = models.CharField(max_length=200, blank=True)
    consent = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("line", "on", "sequence"), name="windows_number_once"),
            models.UniqueConstraint(
                fields=("window",),
                condition=Q(state__in=[state.value for state in AT_WINDOW]),
                name="windows_one_ticket_at_a_window",
            ),
        ]
        indexes = [
            models.Index(fields=["on", "state", "rank", "queued_at", "id"], name="windows_queue"),
            models.Index(fields=["-taken_at", "-id"], name="windows_newest"),
            models.Index(fields=["line", "ended_at"], name="windows_measured"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.number}"

    @property
    def visit_key(self) -> str:
        """What names this visit for ever: its day and number."""
        return f"{self.on:%Y%m%d}-{self.number}"


class TicketCall(models.Model):
    """One call of a number to a window, as the screen shows and speaks it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="call_log")
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="windows_last_calls")]

    def __str__(self) -> str:
        return f"{self.ticket_id} → {self.window_id}"


class TicketMove(models.Model):
    """A ticket handed from one window to another, and why."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="moves")
    from_window = models.ForeignKey(Window, null=True, on_delete=models.PROTECT, related_name="+")
    to_window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.from_window_id} → {self.to_window_id}"


class TicketLack(models.Model):
    """One material the visitor must still bring: named once and for all (一次性告知)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="lacks")
    name = models.CharField(_("Material"), max_length=160)
    what = models.CharField(_("What is missing"), max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class Sitting(models.Model):
    """Somebody at a window, from sitting down to getting up; one at a window, one window each."""

    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("window",), condition=Q(until=None), name="windows_one_sits"),
            models.UniqueConstraint(fields=("person",), condition=Q(until=None), name="windows_sits_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.window_id}"
