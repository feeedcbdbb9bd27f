"""Background work of the trail: checkpoints while there is news, and verifications asked for."""

from __future__ import annotations

import logging

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.operations import CheckpointsWait, run_check, write_checkpoints
from jingkai.kernel.events.api import Backoff, job, periodic
from jingkai.kernel.hooks.data import ShelfAway

logger = logging.getLogger(__name__)


@periodic("* * * * * */10", name="audit.checkpoint", priority=10, label=_("Sign the trail's latest entries"))
def checkpoint() -> None:
    """Sign what was written since the last checkpoint; where that must wait, the doctor says why."""
    try:
        write_checkpoints(at=timezone.now())
    except (ShelfAway, CheckpointsWait) as error:
        logger.warning("The trail's newest entries wait for their checkpoint: %s", error)


@job("audit.check", backoff=Backoff(attempts=2), label=_("Verify the trail"))
def check(check_id: int) -> None:
    """Verify the trail for the page that asked."""
    run_check(check_id=check_id, clock=timezone.now)
