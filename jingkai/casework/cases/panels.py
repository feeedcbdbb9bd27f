"""What cases hang into others' pages: words for the acts of the engine in the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit

ACTIONS = {
    "task.skipped": _("Task finished by the system for the same person"),
    "task.entrusted": _("Opinion asked for"),
    "task.returned": _("Task back from opinion"),
    "task.recalled": _("Finished task taken back"),
    "task.urged": _("Holder urged"),
    "task.handed_over": _("Task moved from a former holder"),
    "signer.added": _("Further signer asked"),
    "signer.removed": _("Signer taken off"),
    "timer.fired": _("Time-out or timer"),
    "timer.moved": _("Timers follow a time limit"),
    "timer.recounted": _("Timers counted anew with the changed calendar"),
    "message.kept": _("Message came early and is kept"),
    "wait.ended": _("Waiting ended"),
    "case.circulated": _("Sent to read"),
    "case.read": _("Case read"),
    "case.resubmitted": _("Case submitted again"),
    "case.migrated": _("Case moved to another version of its flow"),
}


def register() -> None:
    """Make the words known; called once while the product starts."""
    audit.describe_actions(ACTIONS)
