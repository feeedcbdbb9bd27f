"""What backups hang into the pages of others: the doctor's questions, the words of the trail."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.backups.queries.checks import check_backup, check_drill
from jingkai.kernel.hooks.data import DoctorCheck

ACTIONS = {
    "backup.made": _("Backup made"),
    "backup.failed": _("Backup failed"),
    "backup.restored": _("Installation restored from a backup"),
    "backup.restore_drilled": _("Restore drill passed"),
    "backup.drill_failed": _("Restore drill failed"),
}

CHECKS = (
    DoctorCheck("backup", lambda: check_backup(at=timezone.now())),
    DoctorCheck("restore-drill", lambda: check_drill(at=timezone.now())),
)
