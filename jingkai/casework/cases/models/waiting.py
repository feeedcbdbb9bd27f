"""What a case waits for: moments, and messages that came before it was there."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.models.matter import Case, Task
from jingkai.kernel.parties.models import Party


class Timer(models.Model):
    """A moment at which something happens to a task that is then still open.

    `node_id` is the timer in the drawing; empty for a time-out of the task, whose act is `act`. A timer is
    used up once: `fired_at` when it did something, `lapsed_at` when its task was through, or a new version
    of the flow no longer has it. The moment moves when the drawing ties the timer to the clock of the case
    under `clock_key`: then it is `held` while that clock is, and counted anew from `counts_from` without the
    days left out. One of `working_days` is counted anew also when the calendar changes.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    node_id = models.CharField(max_length=80, blank=True, default="")
    act = models.CharField(max_length=10, blank=True, default="")
    target = models.CharField(max_length=120, blank=True, default="")
    due_at = models.DateTimeField(_("due"))
    clock_key = models.CharField(max_length=40, blank=True, default="")
    counts_from = models.DateTimeField(null=True, blank=True)
    working_days = models.PositiveSmallIntegerField(default=0)
    held = models.BooleanField(default=False)
    fired_at = models.DateTimeField(null=True, blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(fired_at__isnull=True, lapsed_at__isnull=True, held=False),
                name="cases_timers_running",
            ),
            models.Index(
                fields=["case"],
                condition=Q(fired_at__isnull=True, lapsed_at__isnull=True) & ~Q(clock_key=""),
                name="cases_timers_of_clocks",
            ),
            models.Index(
                fields=["case"],
                condition=Q(fired_at__isnull=True, lapsed_at__isnull=True, working_days__gt=0),
                name="cases_timers_of_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.node_id or self.act} {self.due_at:%Y-%m-%d %H:%M}"


class KeptMessage(models.Model):
    """A message that came before its case was where it is waited for; taken once, when the case gets there.

    One of a name is kept for a case at a time: sent again, its values are those that came last.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    values = models.JSONField(default=dict, blank=True)
    sent_by = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    came_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "name"], condition=Q(taken_at__isnull=True), name="cases_one_message_kept"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"
