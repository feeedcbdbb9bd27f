"""Registration of health with Django."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    """Health: is the installation well, and what is to be done if not."""

    name = "jingkai.kernel.health"
    label = "health"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hand the doctor his questions, and hang the page in."""
        from jingkai.kernel.health.panels import CHECKS, MENU
        from jingkai.kernel.health.rules import PERMISSIONS, SEE
        from jingkai.kernel.hooks.api import doctor_checks, menu
        from jingkai.kernel.organisation.api import grant_by_default
        from jingkai.kernel.permissions.api import declare

        declare(*PERMISSIONS)
        grant_by_default("system_admin", SEE)
        menu.register(MENU)
        for check in CHECKS:
            doctor_checks.register(check)
