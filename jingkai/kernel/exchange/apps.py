"""Registration of the door to other systems with Django and with the lower apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    """The one door to other systems."""

    name = "jingkai.kernel.exchange"
    label = "exchange"
    verbose_name = _("Data exchange")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare rights and rules, and hang pages and checks in."""
        from jingkai.kernel.exchange import panels, rules
        from jingkai.kernel.exchange.rules.certificates import WATCH_RULE
        from jingkai.kernel.exchange.rules.targets import EGRESS_RULE
        from jingkai.kernel.permissions.api import declare
        from jingkai.kernel.rules.api import declare_kind

        declare(*rules.PERMISSIONS)
        declare_kind(EGRESS_RULE)
        declare_kind(WATCH_RULE)
        panels.register()
