"""Background work of the unified log-in."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events.api import periodic
from jingkai.kernel.federation import operations


@periodic("23 * * * *", name="federation.forget_old", label=_("Forget unfinished unified log-ins"))
def forget_old() -> None:
    """Delete what was begun and not finished."""
    operations.forget_old(at=timezone.now())
