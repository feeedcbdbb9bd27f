"""Registration of flow with Django."""

from django.apps import AppConfig


class FlowConfig(AppConfig):
    """Flow."""

    name = "jingkai.casework.flow"
    label = "flow"
    default_auto_field = "django.db.models.BigAutoField"
