"""What went wrong in background work; the queue itself keeps only that it failed."""

from __future__ import annotations

from django.db import models


class JobFailure(models.Model):
    """One failed try of a job: the error in one line, and where it came from.

    The job's row belongs to the queue and is deleted by it, so this points to it by number only; the
    cleaning job removes failures whose job is gone.
    """

    job_id = models.BigIntegerField()
    attempt = models.PositiveIntegerField()
    at = models.DateTimeField()
    error = models.TextField()
    trace = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["job_id", "-id"], name="events_failure_by_job")]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.attempt}: {self.error}"
