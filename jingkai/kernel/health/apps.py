"""Registration of health with Django."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    """Health: is the installation well, and what is to be done if not."""

    name = "jingkai.kernel.health"
    label = "health"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hand the doctor his questions."""
        from jingkai.kernel.health.panels import CHECKS
        from jingkai.kernel.hooks.api import doctor_checks

        for check in CHECKS:
            doctor_checks.register(check)
