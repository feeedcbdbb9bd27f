"""Registration of work orders with Django and with the lower strata."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HotlineConfig(AppConfig):
    """Work orders of the 12345 line."""

    name = "jingkai.modules.hotline"
    label = "hotline"
    verbose_name = _("12345 work orders")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare rights, terms and exchanges, and listen to what comes in."""
        from jingkai.kernel.events.api import subscribe
        from jingkai.kernel.exchange.events import WorkOrderReceived
        from jingkai.kernel.organisation.api import grant_by_default
        from jingkai.kernel.permissions.api import declare
        from jingkai.kernel.rules.api import declare_kind
        from jingkai.modules.hotline import operations, rules
        from jingkai.modules.hotline.web import panels

        declare(*rules.PERMISSIONS)
        declare_kind(rules.TERMS_RULE)
        for role in ("clerk", "officer", "unit_head", "leader"):
            grant_by_default(role, rules.ANSWER)
        operations.declare_exchanges()
        operations.declare_notices()
        panels.register()
        subscribe(WorkOrderReceived, "jingkai.modules.hotline.handlers.on_work_order")
