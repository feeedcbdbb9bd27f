"""Background work of the door."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events.api import periodic
from jingkai.kernel.exchange.operations import tokens


@periodic("41 * * * *", name="exchange.forget_windows", label=_("Forget the counts of calls past"))
def forget_windows() -> None:
    """Forget how often tokens called in minutes past."""
    tokens.forget_windows(at=timezone.now())
