"""Background work of files."""

from __future__ import annotations

from django.utils import timezone

from jingkai.kernel.events.api import periodic
from jingkai.records.files.operations import collect_garbage


@periodic("23 19 * * *", name="files.collect_garbage")
def collect() -> None:
    """Remove what nobody owns, every night at 03:23 in the zone."""
    collect_garbage(at=timezone.now())
