"""One row per form or API call that had an effect, and what people typed before their session ended."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Submission(models.Model):
    """A form or an API call that was carried out once: a repetition finds this row and has no effect.

    `token` is unique in the database; of parallel repetitions all but one wait for the first and then read
    what it led to. `user_id` names no table, because the accounts stand above this app.
    """

    token = models.CharField(_("mark"), max_length=128, unique=True)
    user_id = models.BigIntegerField(_("user"), null=True)
    path = models.CharField(_("path"), max_length=500)
    digest = models.CharField(_("digest"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), default=0)
    location = models.TextField(_("location"), blank=True)
    body = models.JSONField(_("body"), null=True)
    at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")

    def __str__(self) -> str:
        return f"{self.path} {self.token}"


class HeldPost(models.Model):
    """The fields of a form that arrived after its session had ended, kept for 24 hours for the same person.

    `fields` is encrypted with a key that only the person's cookie holds, `owner` is that key's digest: the
    database alone does not give the text away.
    """

    owner = models.CharField(_("owner"), max_length=64)
    token = models.CharField(_("mark"), max_length=128, unique=True)
    user_id = models.BigIntegerField(_("user"), null=True)
    path = models.CharField(_("path"), max_length=500)
    page = models.CharField(_("page"), max_length=2000)
    fields = models.BinaryField(_("fields"))
    at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("held form")
        verbose_name_plural = _("held forms")
        indexes = [models.Index(fields=["owner", "-at"], name="submissions_held_by_owner")]

    def __str__(self) -> str:
        return f"{self.path} {self.at}"
