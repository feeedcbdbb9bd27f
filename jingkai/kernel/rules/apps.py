"""Registration of the effective-dated rules with Django."""

from django.apps import AppConfig


class RulesConfig(AppConfig):
    """Effective-dated rules."""

    name = "jingkai.kernel.rules"
    label = "rules"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the right, the menu entry and the words of the trail."""
        from django.utils.translation import gettext_lazy as _

        from jingkai.kernel.audit.api import describe_actions, describe_stream
        from jingkai.kernel.hooks.api import menu
        from jingkai.kernel.permissions.api import declare
        from jingkai.kernel.rules import panels
        from jingkai.kernel.rules.rules import PERMISSIONS

        declare(*PERMISSIONS)
        menu.register(panels.MENU)
        describe_actions(panels.ACTIONS)
        describe_stream("rules.rule", _("Rule"))
