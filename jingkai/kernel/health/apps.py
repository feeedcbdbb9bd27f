"""Registration of health with Django."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    """Health."""

    name = "jingkai.kernel.health"
    label = "health"
    default_auto_field = "django.db.models.BigAutoField"
