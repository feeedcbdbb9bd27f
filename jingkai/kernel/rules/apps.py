"""Registration of rules with Django."""

from django.apps import AppConfig


class RulesConfig(AppConfig):
    """Rules."""

    name = "jingkai.kernel.rules"
    label = "rules"
    default_auto_field = "django.db.models.BigAutoField"
