"""Registration of the unified log-in with Django and with the lower apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FederationConfig(AppConfig):
    """The unified log-in."""

    name = "jingkai.kernel.federation"
    label = "federation"
    verbose_name = _("Unified log-in")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare rights, and hang the log-in page's buttons and the account's section in."""
        from jingkai.kernel.federation import panels, rules
        from jingkai.kernel.organisation.api import grant_by_default
        from jingkai.kernel.permissions.api import declare

        declare(*rules.PERMISSIONS)
        grant_by_default("security_admin", rules.MANAGE)
        panels.register()
