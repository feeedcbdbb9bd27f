"""What people keep for themselves on the pages of the inbox."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from uuid6 import uuid7

from jingkai.casework.cases.models import Task
from jingkai.casework.inbox.data import ListPage
from jingkai.kernel.parties.models import Party


class SavedView(models.Model):
    """A filter and order that one person named for one list; at most one per list opens by itself."""

    class Page(models.TextChoices):
        """The lists that can be saved, with their labels."""

        DESK = ListPage.DESK.value, _("Desk")
        CASES = ListPage.CASES.value, _("Cases")
        COCKPIT = ListPage.COCKPIT.value, _("Cockpit")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(_("list"), max_length=10, choices=Page.choices)
    name = models.CharField(_("name of the view"), max_length=40)
    query = models.CharField(max_length=1000, blank=True, default="")
    is_default = models.BooleanField(_("opens by itself"), default=False)
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "page", "name"], name="inbox_view_named_once"),
            models.UniqueConstraint(
                fields=["person", "page"], condition=Q(is_default=True), name="inbox_one_default_view"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarFeed(models.Model):
    """The secret address under which a person's calendar program reads the due dates of own tasks.

    The address is a signature over `uuid` and `version`: nothing secret is stored, a new version revokes it.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="+")
    with_titles = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"calendar of {self.person_id}"


class TodoPush(models.Model):
    """One task on one person, as the to-do centre (统一待办) knows it and as it should.

    `known` is what the centre was last told; a row is through when that is what `is_open` says.
    """

    class State(models.TextChoices):
        """Where the telling stands."""

        QUEUED = "queued", pgettext_lazy("to-do", "Waiting")
        SENT = "sent", pgettext_lazy("to-do", "Told")
        FAILED = "failed", pgettext_lazy("to-do", "Failed, tried again")
        GIVEN_UP = "given_up", pgettext_lazy("to-do", "Given up")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=True)
    known = models.CharField(max_length=4, blank=True, default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True, default="")
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "person"], name="inbox_one_todo_per_person"),
        ]
        indexes = [
            models.Index(
                fields=["-id"], condition=Q(state__in=["failed", "given_up"]), name="inbox_todo_failed"
            ),
            models.Index(fields=["task"], condition=Q(is_open=True), name="inbox_todo_open"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} on {self.person_id}: {self.state}"


class BoardFigures(models.Model):
    """The cockpit's figures over one set of grants, as counted some minutes ago.

    Kept only where counting looks at many cases, so that the board costs the same at any number of them. A
    derived row: it may be thrown away at any time. `scope` is the print of the grants that are counted.
    """

    scope = models.CharField(max_length=64, unique=True)
    facts = models.JSONField(encoder=DjangoJSONEncoder)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"figures of {self.counted_at}"
