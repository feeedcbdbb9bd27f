"""Tables that the peers' adapters need beside what the peers bring."""

from django.db import models


class SpiffCase(models.Model):
    """A case of SpiffWorkflow: its serialised state."""

    state = models.JSONField()
    closed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.pk)


class SpiffTask(models.Model):
    """One row of the inbox for a user task of SpiffWorkflow."""

    case = models.ForeignKey(SpiffCase, on_delete=models.CASCADE)
    task = models.CharField(max_length=40)
    node = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    pool = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["pool", "id"], condition=models.Q(closed_at__isnull=True), name="spiff_open")
        ]

    def __str__(self) -> str:
        return self.name
