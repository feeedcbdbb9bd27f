"""Background work of paces."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events.api import periodic
from jingkai.kernel.pace import operations


@periodic("23 * * * *", name="pace.forget_turns", label=_("Forget how often things were done"))
def forget_turns() -> None:
    """Forget the counts of yesterday."""
    operations.forget_turns(at=timezone.now())
