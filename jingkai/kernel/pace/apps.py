"""Registration of paces with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaceConfig(AppConfig):
    """Paces: what may be done how often."""

    name = "jingkai.kernel.pace"
    label = "pace"
    verbose_name = _("How often")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare rights, the rule of numbers and what every list has; look at what passes a guard."""
        from jingkai.kernel.audit.api import refusal_looks
        from jingkai.kernel.pace import operations, panels, rules
        from jingkai.kernel.pace.data import Pace
        from jingkai.kernel.permissions.api import after_the_guard, declare
        from jingkai.kernel.rules.api import declare_kind

        declare(*rules.PERMISSIONS)
        declare_kind(rules.PACE_RULE)
        panels.register()
        after_the_guard(operations.look)
        refusal_looks.register(operations.count_refusal)
        rules.paces.register(
            Pace(
                code=operations.REFUSALS,
                label=_("Pages refused to one person, before the security administrator is told"),
                most=10,
                minutes=10,
                alarm=True,
            )
        )
        rules.paces.register(
            Pace(
                code="exports",
                label=_("Take lists and registers along as files"),
                most=60,
                minutes=10,
                pages=("*_export", "*:export"),
                when=lambda request: request.resolver_match.view_name != "exchange:export",
                methods=("GET", "POST"),
            )
        )
