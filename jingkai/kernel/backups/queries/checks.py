"""Whether the last good backup and the last restore drill are young enough, in words for an operator."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from jingkai.kernel.backups.data import Plan, Standing
from jingkai.kernel.backups.models import Run
from jingkai.kernel.backups.queries import get_standing
from jingkai.kernel.backups.rules import plan_on
from jingkai.kernel.hooks.data import CheckResult

HOW = "docs/how-to/back-up.md"


def check_backup(*, at: datetime, standing: Standing | None = None, plan: Plan | None = None) -> CheckResult:
    """See that the last good backup is young enough and that its copy elsewhere was made."""
    standing, plan = standing or get_standing(), plan or plan_on(timezone.localdate(at))
    last: Run | None = standing.backup
    if last is None:
        return CheckResult("warn", _("There is no backup yet."), _("Set one up: %(page)s") % {"page": HOW})
    message = _("The last good backup is of %(moment)s.") % {"moment": moment(last.started_at)}
    if standing.failed and standing.failed.kind == Run.Kind.BACKUP:
        problem = _("%(message)s A later one failed: %(problem)s")
        told = {"message": message, "problem": standing.failed.problem.splitlines()[0][:300]}
        return CheckResult("warn", problem % told, _("Mend the cause, then run “jingkai backup”."))
    if last.started_at < at - timedelta(hours=plan.warn_hours):
        return CheckResult(
            "warn", message, _("It is too old: see that the worker runs and the disk has room.")
        )
    if last.offsite == Run.Offsite.FAILED or (settings.BACKUP_HOOK and not last.offsite):
        return CheckResult("warn", message, _("Its copy elsewhere failed: look at JINGKAI_BACKUP_HOOK."))
    return CheckResult("ok", message)


def check_drill(*, at: datetime, standing: Standing | None = None, plan: Plan | None = None) -> CheckResult:
    """See that a restore was tried lately: a backup that nobody has restored is a hope."""
    standing, plan = standing or get_standing(), plan or plan_on(timezone.localdate(at))
    advice = _("Run “jingkai restore DIR --drill” with the newest backup.")
    if standing.drill is None:
        return CheckResult("warn", _("No backup has ever been restored on trial."), advice)
    message = _("The last good restore drill is of %(moment)s.") % {
        "moment": moment(standing.drill.started_at)
    }
    if standing.failed and standing.failed.kind == Run.Kind.DRILL:
        return CheckResult("fail", _("The last restore drill failed."), advice)
    old = standing.drill.started_at < at - timedelta(days=plan.drill_days)
    return CheckResult("warn", message, advice) if old else CheckResult("ok", message)


def moment(at: datetime) -> str:
    """A moment in the zone's time, as lists show it."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
