"""Registration of evaluations with Django and with the lower strata."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationsConfig(AppConfig):
    """Ratings of the service and what follows from them."""

    name = "jingkai.modules.evaluations"
    label = "evaluations"
    verbose_name = _("Ratings")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare rights, rules, notices, and react to the service hall."""
        from jingkai.kernel.events.api import subscribe
        from jingkai.kernel.organisation.api import grant_by_default
        from jingkai.kernel.permissions.api import declare
        from jingkai.modules.approvals.events import ResultSealed, ServiceRated
        from jingkai.modules.evaluations import rules
        from jingkai.modules.evaluations.operations.telling import declare_notices
        from jingkai.modules.evaluations.web import panels
        from jingkai.modules.windows.events import TicketServed

        declare(*rules.PERMISSIONS)
        rights = {
            "clerk": (rules.SEE, rules.INVITE, rules.VISIT),
            "officer": (rules.SEE,),
            "unit_head": (rules.SEE, rules.HANDLE, rules.VISIT, rules.APPEAL),
            "signer": (rules.SEE, rules.SEE_ALL),
            "leader": (rules.SEE, rules.SEE_ALL, rules.HANDLE, rules.VISIT, rules.RECHECK),
            "catalogue_editor": (rules.SEE, rules.SEE_ALL, rules.REVIEW),
            "enterprise_handler": (rules.RATE,),
            "enterprise_legal_representative": (rules.RATE,),
        }
        for role, codes in rights.items():
            grant_by_default(role, *codes)
        rules.declare_kinds()
        declare_notices()
        panels.register()
        subscribe(ResultSealed, "jingkai.modules.evaluations.handlers.on_result_sealed")
        subscribe(TicketServed, "jingkai.modules.evaluations.handlers.on_ticket_served")
        subscribe(ServiceRated, "jingkai.modules.evaluations.handlers.on_service_rated")
