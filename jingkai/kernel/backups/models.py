"""The record of backups and restore drills: when, where, what came of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class Run(models.Model):
    """One backup or one restore drill, from its beginning to its end."""

    class Kind(models.TextChoices):
        """What was run."""

        BACKUP = "backup", _("Backup")
        DRILL = "drill", _("Restore drill")

    class State(models.TextChoices):
        """What came of it."""

        RUNNING = "running", _("running")
        GOOD = "good", _("successful")
        FAILED = "failed", _("failed")

    class Offsite(models.TextChoices):
        """What became of the copy elsewhere."""

        NONE = "", _("no copy elsewhere")
        DONE = "done", _("copied elsewhere")
        FAILED = "failed", _("copy elsewhere failed")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(_("What"), max_length=8, choices=Kind)
    state = models.CharField(_("Result"), max_length=8, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(_("Begun at"))
    ended_at = models.DateTimeField(null=True)
    folder = models.CharField(_("Folder"), max_length=500)
    size = models.BigIntegerField(_("Size"), default=0)
    files = models.IntegerField(_("Files"), default=0)
    problem = models.TextField(_("Problem"), blank=True)
    offsite = models.CharField(max_length=8, choices=Offsite, default=Offsite.NONE, blank=True)

    class Meta:
        verbose_name = _("Backup or restore drill")
        indexes = [models.Index(fields=["kind", "state", "-started_at"], name="backups_run_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%Y-%m-%d %H:%M} {self.state}"
