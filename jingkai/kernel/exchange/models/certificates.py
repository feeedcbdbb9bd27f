"""What was seen of the certificates of this installation's address and of the hosts that it calls."""

from __future__ import annotations

from django.db import models


class CertificateSight(models.Model):
    """One host and when its certificate ends; a look that failed keeps what the last good one saw."""

    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    ends_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "port"], name="exchange_certificate_once")]

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        """The host as people write it."""
        return self.host if self.port == 443 else f"{self.host}:{self.port}"
