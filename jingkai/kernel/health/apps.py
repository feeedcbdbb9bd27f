"""Registration of health with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HealthConfig(AppConfig):
    """Health: is the installation well, and what is to be done if not."""

    name = "jingkai.kernel.health"
    label = "health"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hand the doctor his questions, and hang the page in."""
        from django.conf import settings

        from jingkai.kernel.exchange.api import endpoints
        from jingkai.kernel.exchange.data import Endpoint
        from jingkai.kernel.health import jobs
        from jingkai.kernel.health.panels import CHECKS, MENU, register
        from jingkai.kernel.health.rules import PERMISSIONS, SEE
        from jingkai.kernel.hooks.api import doctor_checks, menu
        from jingkai.kernel.organisation.api import grant_by_default
        from jingkai.kernel.permissions.api import declare

        endpoints.register(Endpoint("traces", _("Traces"), lambda: settings.TRACES_URL))
        jobs.declare()
        declare(*PERMISSIONS)
        grant_by_default("system_admin", SEE)
        menu.register(MENU)
        register()
        for check in CHECKS:
            doctor_checks.register(check)
