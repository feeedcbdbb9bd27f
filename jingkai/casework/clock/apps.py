"""Registration of clock with Django."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    """Clock."""

    name = "jingkai.casework.clock"
    label = "clock"
    default_auto_field = "django.db.models.BigAutoField"
