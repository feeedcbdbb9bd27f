"""Registration of the effective-dated rules with Django."""

from django.apps import AppConfig


class RulesConfig(AppConfig):
    """Effective-dated rules."""

    name = "jingkai.kernel.rules"
    label = "rules"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the right to manage rules."""
        from jingkai.kernel.permissions.api import declare
        from jingkai.kernel.rules.rules import PERMISSIONS

        declare(*PERMISSIONS)
