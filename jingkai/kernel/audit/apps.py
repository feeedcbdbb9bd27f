"""Registration of the trail with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """The trail: who did what, when, from where, in chains that show tampering."""

    name = "jingkai.kernel.audit"
    label = "audit"
    verbose_name = _("Trail")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang the trail into menu, doctor and the job queue."""
        from jingkai.kernel.audit import panels
        from jingkai.kernel.audit.rules import PERMISSIONS
        from jingkai.kernel.events.api import on_admin_action
        from jingkai.kernel.hooks.api import doctor_checks, menu
        from jingkai.kernel.permissions.api import declare

        declare(*PERMISSIONS)
        menu.register(panels.MENU)
        for check in panels.DOCTOR:
            doctor_checks.register(check)
        on_admin_action(panels.record_job_act)
        panels.describe()
