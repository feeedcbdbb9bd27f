"""The daily backup: a process of its own, started by the worker in the hour that the plan names."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.backups.models import Run
from jingkai.kernel.backups.rules import plan_on
from jingkai.kernel.events.api import periodic

logger = logging.getLogger(__name__)
APART = timedelta(hours=20)
LONGEST = 20 * 3600


def declare() -> None:
    """Look every hour whether the daily backup is due."""
    periodic("7 * * * *", name="backups.daily", label=_("Daily backup"))(daily)


def daily() -> None:
    """Make the daily backup when its hour has come."""
    if settings.BACKUP_FOLDER is not None and is_due(at=timezone.now()):
        done = subprocess.run(
            [sys.executable, "-m", "jingkai", "backup", "--json"],
            check=False,
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
        if done.returncode:
            logger.error("The daily backup failed: %s", (done.stderr or done.stdout)[-2000:])


def is_due(*, at: datetime) -> bool:
    """Whether the hour of the plan has come, or a day has passed without a backup."""
    newest = Run.objects.filter(kind=Run.Kind.BACKUP).order_by("-started_at").first()
    if newest is not None and newest.started_at > at - APART:
        return False
    late = newest is not None and newest.started_at < at - timedelta(hours=25)
    local = timezone.localtime(at)
    return late or local.hour == plan_on(local.date()).hour
