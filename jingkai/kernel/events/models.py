"""What went wrong in background work; the queue itself keeps only that it failed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobFailure(models.Model):
    """One failed try of a job: the error in one line, and where it came from.

    The job's row belongs to the queue and is deleted by it, so this points to it by number only; the
    cleaning job removes failures whose job is gone.
    """

    job_id = models.BigIntegerField(_("job"))
    attempt = models.PositiveIntegerField(_("attempt"))
    at = models.DateTimeField(_("at"))
    error = models.TextField(_("error"))
    trace = models.TextField(_("trace"), blank=True)

    class Meta:
        verbose_name = _("job failure")
        verbose_name_plural = _("job failures")
        indexes = [models.Index(fields=["job_id", "-id"], name="events_failure_by_job")]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.attempt}: {self.error}"
