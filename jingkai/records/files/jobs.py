"""Background work of files."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events.api import periodic
from jingkai.records.files.operations import collect_garbage


@periodic("23 19 * * *", name="files.collect_garbage", label=_("Remove files that nobody owns"))
def collect() -> None:
    """Remove what nobody owns, every night at 03:23 in the zone."""
    collect_garbage(at=timezone.now())
