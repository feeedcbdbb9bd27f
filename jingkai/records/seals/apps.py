"""Registration of seals with Django."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class SealsConfig(AppConfig):
    """Seals: custody, authorised use, ledger, signatures."""

    name = "jingkai.records.seals"
    label = "seals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the rights, the menu entry and the doctor's question."""
        from jingkai.kernel.audit.api import describe_actions, describe_stream
        from jingkai.kernel.exchange.api import endpoints
        from jingkai.kernel.exchange.data import Endpoint
        from jingkai.kernel.hooks.api import doctor_checks, menu
        from jingkai.kernel.organisation.api import grant_by_default
        from jingkai.kernel.permissions.api import declare
        from jingkai.records.seals import panels, rules
        from jingkai.records.seals.operations import outside

        declare(*rules.PERMISSIONS)
        grant_by_default("custodian", rules.SEE, rules.APPLY)
        grant_by_default("leader", rules.SEE, rules.AUTHORISE)
        grant_by_default("security_admin", rules.MANAGE)
        menu.register(panels.MENU)
        doctor_checks.register(panels.KEYS_CHECK)
        doctor_checks.register(panels.CERTIFICATES_CHECK)
        describe_actions(panels.ACTIONS)
        describe_stream("seals.seal", _("Seal"))
        endpoints.register(Endpoint("seals", _("State seal service"), lambda: settings.SEALS_URL))
        outside.declare_exchange()
