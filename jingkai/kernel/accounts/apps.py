"""Registration of accounts with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Accounts: who may sign in, with what, and for how long."""

    name = "jingkai.kernel.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare rights, the policy's rule and menu entries."""
        from jingkai.kernel.accounts import operations, panels, rules
        from jingkai.kernel.permissions.api import after_the_guard, declare
        from jingkai.kernel.rules.api import declare_kind

        declare(*rules.PERMISSIONS)
        declare_kind(rules.POLICY_RULE)
        after_the_guard(operations.look_at_place)
        panels.register()
