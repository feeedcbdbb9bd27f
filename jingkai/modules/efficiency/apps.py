"""Registration of efficiency with Django and with the lower strata."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EfficiencyConfig(AppConfig):
    """Statutory, promised, actual: what became of the items handled."""

    name = "jingkai.modules.efficiency"
    label = "efficiency"
    verbose_name = _("Efficiency")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare rights, hang menus and the tile in, and follow the service hall."""
        from jingkai.kernel.events.api import subscribe
        from jingkai.kernel.exchange import api as exchange
        from jingkai.kernel.exchange import data as exchange_data
        from jingkai.kernel.organisation.api import grant_by_default
        from jingkai.kernel.permissions.api import declare
        from jingkai.modules.approvals.events import ItemConcluded, ResultSealed
        from jingkai.modules.efficiency import rules
        from jingkai.modules.efficiency.web import panels

        declare(*rules.PERMISSIONS)
        reading = exchange_data.Scope("efficiency:read", "读取效能数据", "Read figures of efficiency")
        exchange.scopes.register(reading)
        place = "jingkai.modules.efficiency.rest.figures.efficiency"
        exchange.routers.register(exchange_data.RouterEntry("efficiency", place, 20))
        rights = {
            "officer": (rules.SEE,),
            "unit_head": (rules.SEE, rules.SEE_PEOPLE),
            "signer": (rules.SEE, rules.SEE_ZONE),
            "leader": (rules.SEE, rules.SEE_ZONE, rules.SEE_PEOPLE, rules.REPORT),
            "catalogue_editor": (rules.SEE, rules.SEE_ZONE, rules.REPORT),
        }
        for role, codes in rights.items():
            grant_by_default(role, *codes)
        panels.register()
        subscribe(ItemConcluded, "jingkai.modules.efficiency.handlers.on_item_concluded")
        subscribe(ResultSealed, "jingkai.modules.efficiency.handlers.on_result_sealed")
