"""One row per form or API call that had an effect, and what people typed before their session ended."""

from __future__ import annotations

from django.db import models


class Submission(models.Model):
    """A form or an API call that was carried out once: a repetition finds this row and has no effect.

    `token` is unique in the database; of parallel repetitions all but one wait for the first and then read
    what it led to. `user_id` names no table, because the accounts stand above this app.
    """

    token = models.CharField(max_length=128, unique=True)
    user_id = models.BigIntegerField(null=True)
    path = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    location = models.TextField(blank=True)
    body = models.JSONField(null=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.path} {self.token}"


class HeldPost(models.Model):
    """The fields of a form that arrived after its session had ended, kept for 24 hours for the same person.

    `fields` is encrypted with a key that only the person's cookie holds, `owner` is that key's digest: the
    database alone does not give the text away.
    """

    owner = models.CharField(max_length=64)
    token = models.CharField(max_length=128, unique=True)
    user_id = models.BigIntegerField(null=True)
    path = models.CharField(max_length=500)
    page = models.CharField(max_length=2000)
    fields = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "-at"], name="submissions_held_by_owner")]

    def __str__(self) -> str:
        return f"{self.path} {self.at}"
