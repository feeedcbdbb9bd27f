"""Cases, tasks, opinions, clocks of a case, and who may see it.

State lives in rows only: a case has no serialised engine memory. A task's `scope` says in which branch of
which fork it stands, and a join waits for nothing but "no open task under the fork".
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from uuid6 import uuid7

from jingkai.casework.cases.data import FAR, CaseState, TaskKind, TaskState
from jingkai.casework.clock.models import Clock
from jingkai.casework.flow.models import FlowVersion
from jingkai.kernel.hooks.api import QuickRows
from jingkai.kernel.parties.models import Party


class Case(QuickRows, models.Model):
    """One matter on its way. `pins` holds the versions (item, form, rules, calendar) that it began with.

    `variables` are the few declared values that conditions ask for; forms and opinions have their own
    tables. `due_at`, `yellow_at` and `suspended` repeat the most urgent running clock for lists and lights.
    `parent_task` is the place in another case that waits for this one.
    """

    class State(models.TextChoices):
        """The same words as `data.CaseState`, with labels."""

        OPEN = CaseState.OPEN.value, pgettext_lazy("state of a case", "Open")
        CLOSED = CaseState.CLOSED.value, pgettext_lazy("state of a case", "Closed")
        WITHDRAWN = CaseState.WITHDRAWN.value, pgettext_lazy("state of a case", "Withdrawn")
        VOID = CaseState.VOID.value, pgettext_lazy("state of a case", "Void")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("title"), max_length=300)
    title_en = models.CharField(_("English title"), max_length=300, blank=True, default="")
    flow_version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="+")
    applicant = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("applicant")
    )
    starter = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("started by")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True, default="")
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    yellow_at = models.DateTimeField(null=True, blank=True)
    suspended = models.BooleanField(_("suspended"), default=False)
    updated_at = models.DateTimeField(_("last change"))
    pins = models.JSONField(default=dict, blank=True)
    variables = models.JSONField(default=dict, blank=True)
    words = SearchVectorField(null=True, editable=False)
    parent_task = models.ForeignKey(
        "Task",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("sub-case of"),
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=CaseState.OPEN.value, closed_at__isnull=True)
                | (~Q(state=CaseState.OPEN.value) & Q(closed_at__isnull=False)),
                name="cases_closed_case_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["starter", "-opened_at", "-id"], name="cases_by_starter"),
            GinIndex(fields=["words"], name="cases_by_words"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class Task(QuickRows, models.Model):
    """One piece of work at one node: for `assignee`, or for whoever of `pool` claims it.

    A task is opened, then done or cancelled, and stays for ever. Names are kept as they were. `role` narrows
    a pool to posts that carry this role. `previous` is the task whose completion opened this one.

    Rows of another `kind` than work are places where the case waits: for a moment, for the message or signal
    `waits_for`, for a sub-case, or at its end for side paths. Rows of one `group` belong to one round of one
    step: several people who decide together, or a task with further signers (`added`, asked by `added_by`).
    A planned row opens when the row whose uuid it `awaits` is through. `owner` entrusted the task to its
    present holder for an opinion and gets it back.
    """

    class State(models.TextChoices):
        """The same words as `data.TaskState`, with labels."""

        OPEN = TaskState.OPEN.value, pgettext_lazy("state of a task", "Open")
        PLANNED = TaskState.PLANNED.value, pgettext_lazy("state of a task", "Planned")
        DONE = TaskState.DONE.value, pgettext_lazy("state of a task", "Done")
        CANCELLED = TaskState.CANCELLED.value, pgettext_lazy("state of a task", "Cancelled")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    node_id = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True, default="")
    scope = models.TextField(blank=True, default="")
    branch = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    assignee = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("held by")
    )
    pool = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("pool")
    )
    role = models.CharField(max_length=60, blank=True, default="")
    clock_key = models.CharField(max_length=40, blank=True, default="")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    yellow_at = models.DateTimeField(null=True, blank=True)
    suspended = models.BooleanField(_("suspended"), default=False)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True, default="")
    opened_at = models.DateTimeField(_("opened"))
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("done by")
    )
    on_behalf_of = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("on behalf of"),
    )
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("came from")
    )
    kind = models.CharField(max_length=10, default=TaskKind.WORK.value)
    waits_for = models.CharField(max_length=80, blank=True, default="")
    group = models.CharField(max_length=36, blank=True, default="")
    awaits = models.UUIDField(null=True, blank=True)
    added = models.CharField(max_length=8, blank=True, default="")
    added_by = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    owner = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("entrusted by"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "scope", "node_id"],
                condition=Q(state=TaskState.OPEN.value),
                name="cases_one_open_task_per_place",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[TaskState.OPEN.value, TaskState.PLANNED.value], closed_at__isnull=True)
                | Q(state__in=[TaskState.DONE.value, TaskState.CANCELLED.value], closed_at__isnull=False),
                name="cases_closed_task_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=TaskState.OPEN.value)
                | ~Q(kind=TaskKind.WORK.value)
                | Q(assignee__isnull=False)
                | Q(pool__isnull=False),
                name="cases_open_task_is_on_somebody",
            ),
        ]
        indexes = [
            models.Index(
                "assignee",
                Coalesce("due_at", FAR),
                "id",
                condition=Q(state=TaskState.OPEN.value),
                name="cases_open_by_assignee",
            ),
            models.Index(
                "pool",
                Coalesce("due_at", FAR),
                "id",
                condition=Q(state=TaskState.OPEN.value, assignee__isnull=True),
                name="cases_open_by_pool",
            ),
            models.Index(fields=["closed_by", "-closed_at", "-id"], name="cases_done_by_person"),
            models.Index(
                fields=["waits_for", "kind", "case"],
                condition=Q(state=TaskState.OPEN.value) & ~Q(waits_for=""),
                name="cases_waiting_for",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class Opinion(models.Model):
    """What a person wrote when finishing a task, under his name and, for a deputy, the principal's too."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="opinions")
    author = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=40, blank=True, default="")
    text = models.TextField(_("opinion"), blank=True, default="")
    at = models.DateTimeField(_("written"))

    def __str__(self) -> str:
        return f"{self.outcome}: {self.text[:40]}"


class CaseAccess(models.Model):
    """One grantee who may see one case, with the columns that lists sort and filter by.

    Written in the same transaction as the case. A page takes the first rows of each grantee and merges
    them, so it costs the same for a leader who sees everything as for an officer with two grants.
    """

    grantee = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    updated = models.DateTimeField()
    opened = models.DateTimeField()
    due = models.DateTimeField(default=FAR)
    yellow = models.DateTimeField(default=FAR)
    suspended = models.BooleanField(default=False)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grantee", "case"], name="cases_one_access_per_grantee")
        ]
        indexes = [
            models.Index(fields=["grantee", "-updated", "-case"], name="cases_access_updated"),
            models.Index(fields=["grantee", "state", "-updated", "-case"], name="cases_access_state"),
            models.Index(fields=["grantee", "kind", "-updated", "-case"], name="cases_access_kind"),
            models.Index(fields=["grantee", "-opened", "-case"], name="cases_access_opened"),
            models.Index(fields=["grantee", "due", "case"], name="cases_access_due"),
            models.Index(
                fields=["grantee", "due", "case"],
                condition=Q(state=CaseState.OPEN.value),
                include=["yellow", "suspended"],
                name="cases_access_open_due",
            ),
            models.Index(fields=["case"], name="cases_access_case"),
        ]

    def __str__(self) -> str:
        return f"{self.grantee_id} sees {self.case_id}"


class CaseClock(QuickRows, models.Model):
    """A clock that runs for a case: acceptance, decision, or one department's branch.

    A second submission starts another clock under the same key: the newest row of a key is the current one.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    key = models.CharField(max_length=40)
    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="+")
    branch = models.CharField(max_length=40, blank=True, default="")
    label = models.CharField(max_length=200, blank=True, default="")
    label_en = models.CharField(max_length=200, blank=True, default="")
    attached_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "key", "-id"], name="cases_clock_by_key")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.key}"
