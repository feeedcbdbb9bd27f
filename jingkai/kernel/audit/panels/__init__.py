"""What the trail hangs into the pages of others: its menu entry, the doctor's checks, its own words."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.operations import COMMAND, CONFIGURED, INSTALLATION, UPGRADED, record
from jingkai.kernel.audit.panels.checks import check_checkpoints, check_guards
from jingkai.kernel.audit.rules import SEE
from jingkai.kernel.audit.rules.names import describe_actions, describe_stream
from jingkai.kernel.events.api import AdminAct
from jingkai.kernel.hooks.data import DoctorCheck, MenuEntry
from jingkai.kernel.permissions.data import Actor

MENU = MenuEntry(
    label=_("Trail"),
    url_name="audit_trail",
    icon="shield-check",
    group=_("System"),
    order=930,
    permission=SEE,
)
DOCTOR = (DoctorCheck("trail-guards", check_guards), DoctorCheck("trail-checkpoints", check_checkpoints))

QUEUE = ("events.queue", 1)


def record_job_act(act: AdminAct, by: Actor, at: datetime) -> None:
    """Write what an administrator did to background jobs into the trail."""
    record(QUEUE, action=act.action, by=by, at=at, facts={"job": act.job_id, **act.facts})


def describe() -> None:
    """Name the trail's own actions and those of the apps beneath it."""
    describe_stream("audit.trail", _("Trail"))
    describe_stream(INSTALLATION[0], _("Installation"))
    describe_stream("events.queue", _("Background jobs"))
    describe_stream("permissions.refusal", _("Refused pages of login"))
    describe_actions(
        {
            "trail.check_asked": _("Verification of the trail asked for"),
            "trail.checked": _("Trail verified"),
            "trail.exported": _("Trail exported"),
            "trail.set_aside": _("Checkpoints set aside after a restore"),
            COMMAND: _("Command run on the machine"),
            UPGRADED: _("Release taken up"),
            CONFIGURED: _("Settings of the environment changed"),
            "page.refused": _("Page refused: no right"),
            "job.retried": _("Job repeated"),
            "job.cancelled": _("Job cancelled"),
            "jobs.retried": _("Failed jobs repeated"),
        }
    )
