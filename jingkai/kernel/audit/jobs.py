"""Background work of the trail: checkpoints while there is news, and verifications asked for."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.operations import run_check, write_checkpoints
from jingkai.kernel.events.api import Backoff, job, periodic


@periodic("* * * * * */10", name="audit.checkpoint", priority=10, label=_("Sign the trail's latest entries"))
def checkpoint() -> None:
    """Sign what was written since the last checkpoint."""
    write_checkpoints(at=timezone.now())


@job("audit.check", backoff=Backoff(attempts=2), label=_("Verify the trail"))
def check(check_id: int) -> None:
    """Verify the trail for the page that asked."""
    run_check(check_id=check_id, clock=timezone.now)
