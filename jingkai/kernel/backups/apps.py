"""Registration of backups with Django and with the lower apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackupsConfig(AppConfig):
    """Backups and restore drills."""

    name = "jingkai.kernel.backups"
    label = "backups"
    verbose_name = _("Backups")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the plan, hand the doctor his questions, and name what the trail tells."""
        from jingkai.kernel.audit.api import describe_actions, describe_stream
        from jingkai.kernel.backups import jobs, panels
        from jingkai.kernel.backups.rules import PLAN_RULE
        from jingkai.kernel.hooks.api import doctor_checks
        from jingkai.kernel.rules.api import declare_kind

        declare_kind(PLAN_RULE)
        for check in panels.CHECKS:
            doctor_checks.register(check)
        describe_actions(panels.ACTIONS)
        describe_stream("backups.run", _("Backup"))
        jobs.declare()
