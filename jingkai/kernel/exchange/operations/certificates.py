"""Looking at certificates: that of the own address, and of every host that may be called encrypted."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from jingkai.kernel.exchange.connectors.certificates import end_of_certificate
from jingkai.kernel.exchange.data import CallFailed, Target
from jingkai.kernel.exchange.models import CertificateSight
from jingkai.kernel.exchange.queries.certificates import watched_targets
from jingkai.kernel.exchange.rules.certificates import DUE


def look_at_certificates(*, at: datetime) -> int:
    """Look at every certificate whose last look is a day old; gives how many were looked at.

    What is watched no longer is forgotten.
    """
    watched = watched_targets(on=timezone.localdate(at))
    last = {(row.host, row.port): row for row in CertificateSight.objects.all()}
    for place in last.keys() - watched.keys():
        last[place].delete()
    due = [
        target for place, target in watched.items() if place not in last or last[place].looked_at <= at - DUE
    ]
    for target in due:
        _look(target, at)
    return len(due)


def _look(target: Target, at: datetime) -> None:
    try:
        seen = {"ends_at": end_of_certificate(target), "seen_at": at, "problem": ""}
    except CallFailed as error:
        seen = {"problem": str(error)[:300]}
    CertificateSight.objects.update_or_create(
        host=target.host, port=target.port, defaults={**seen, "looked_at": at}
    )
