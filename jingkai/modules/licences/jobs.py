"""Background work of the licence library."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events.api import periodic
from jingkai.modules.licences import operations


@periodic("5 22 * * *", name="licences.watch_expiry", label=_("Announce licences that end"))
def watch() -> None:
    """Announce last days, every morning at 06:05 in the zone."""
    operations.watch_expiry(at=timezone.now())
