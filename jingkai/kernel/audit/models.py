"""The tables of the trail: entries in chains, the streams with news, and the signed checkpoints."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class TrailEntry(models.Model):
    """One thing that somebody did, in the chain of its stream; written once, never changed.

    The party numbers are no foreign keys: an entry outlives what it tells about, and parties stand above.
    """

    stream_kind = models.CharField(_("Kind of subject"), max_length=64, db_collation="C")
    stream_id = models.BigIntegerField(_("Number of subject"))
    sequence = models.BigIntegerField(_("Place in the chain"))
    at = models.DateTimeField(_("When"))
    actor_id = models.BigIntegerField(_("Who"), null=True)
    actor_kind = models.CharField(max_length=16)
    actor_mark = models.CharField(max_length=64, blank=True)
    user_id = models.BigIntegerField(null=True)
    for_id = models.BigIntegerField(_("For whom"), null=True)
    action = models.CharField(_("What"), max_length=100)
    facts = models.JSONField(_("Facts"), default=dict)
    result = models.CharField(_("Result"), max_length=32)
    ip = models.CharField(_("Network address"), max_length=45, blank=True)
    request_id = models.CharField(_("Request"), max_length=64, blank=True)
    agent = models.CharField(_("Browser's mark"), max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(_("Fingerprint"), max_length=64)

    class Meta:
        verbose_name = _("Trail entry")
        constraints = [
            models.UniqueConstraint(
                fields=["stream_kind", "stream_id", "sequence"], name="audit_entry_place"
            ),
            models.CheckConstraint(condition=models.Q(sequence__gt=0), name="audit_entry_counts_from_one"),
        ]
        indexes = [
            models.Index(fields=["at", "id"], name="audit_entry_at"),
            models.Index(fields=["actor_id", "at", "id"], name="audit_entry_actor"),
            models.Index(fields=["action", "at", "id"], name="audit_entry_action"),
        ]

    def __str__(self) -> str:
        return f"{self.stream_kind}:{self.stream_id} #{self.sequence} {self.action}"


class TrailNews(models.Model):
    """Entries of one stream that no checkpoint has signed yet; filled by the database, emptied by the job.

    A list rather than a watermark: a long transaction may commit low numbers late, and none may be missed.
    """

    stream_kind = models.CharField(max_length=64, db_collation="C")
    stream_id = models.BigIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()

    class Meta:
        verbose_name = _("Unsigned entries")

    def __str__(self) -> str:
        return f"{self.stream_kind}:{self.stream_id} {self.first}-{self.last}"


class Checkpoint(models.Model):
    """The database's own note of a checkpoint that was written outside; a missing file is missed by it."""

    number = models.BigIntegerField(_("Number"), unique=True)
    at = models.DateTimeField(_("When"))
    entries = models.BigIntegerField(_("Entries signed so far"))
    streams = models.IntegerField(_("Subjects in it"))
    hash = models.CharField(_("Fingerprint"), max_length=64)
    key = models.CharField(_("Key"), max_length=64)

    class Meta:
        verbose_name = _("Checkpoint")

    def __str__(self) -> str:
        return f"{self.number} {self.at:%Y-%m-%d %H:%M:%S}"


class TrailCheck(models.Model):
    """One verification that somebody asked for on the page: how far it is, and what it found."""

    class State(models.TextChoices):
        """Where a verification stands."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        INTACT = "intact", _("intact")
        ALTERED = "altered", _("altered")
        BROKEN = "broken", _("broken off")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    asked_at = models.DateTimeField(_("Asked for"))
    asked_by = models.BigIntegerField(_("By"), null=True)
    state = models.CharField(_("State"), max_length=8, choices=State, default=State.WAITING)
    total = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Verification")

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M} {self.state}"
