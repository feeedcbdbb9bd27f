"""How often something was done of late."""

from __future__ import annotations

from django.db import models


class Turns(models.Model):
    """What one login or address has done how often since a moment; nothing of it says who that is.

    One row for each, overwritten when its time is over. No column that changes is indexed: a turn rewrites
    the row in its place.
    """

    what = models.CharField(max_length=40)
    who = models.CharField(max_length=64)
    since = models.DateTimeField()
    number = models.PositiveIntegerField(default=0)

    class Meta:
        """A single row for each; kept with room to be rewritten."""

        constraints = [models.UniqueConstraint(fields=["what", "who"], name="pace_turns_of_one")]

    def __str__(self) -> str:
        return f"{self.what} {self.number}"
