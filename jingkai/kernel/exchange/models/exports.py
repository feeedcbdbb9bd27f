"""Lists that somebody takes along whole, written by a job however long they are."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.parties.models import Party


class Export(models.Model):
    """One list as a file: for whom, narrowed by what, how far, and the proof that nothing is missing.

    The file lies in the machine's folder, or on the shelf that machines share, for a week and is given to
    nobody else.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being written")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")
        GONE = "gone", _("File removed")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    query = models.CharField(max_length=2000, blank=True, default="")
    language = models.CharField(max_length=10, default="zh-hans")
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(null=True)
    written = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    problem = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(_("Made at"))
    finished_at = models.DateTimeField(null=True)
    as_of = models.DateTimeField(null=True)
    """The moment that its rows are of, where they came from a replica."""

    class Meta:
        verbose_name = _("Export")
        indexes = [models.Index(fields=["person", "-created_at", "-id"], name="exchange_own_exports")]

    def __str__(self) -> str:
        return f"{self.source} {self.created_at:%Y-%m-%d %H:%M}"
