"""Registration of enterprises with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnterprisesConfig(AppConfig):
    """The registry of enterprises."""

    name = "jingkai.modules.enterprises"
    label = "enterprises"
    verbose_name = _("Enterprises")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare rights, the roles that begin with them, and the menu."""
        from jingkai.kernel.federation.api import EnterprisePort, set_enterprise_port
        from jingkai.kernel.organisation.api import grant_by_default
        from jingkai.kernel.permissions.api import declare
        from jingkai.modules.enterprises import operations, panels, rules

        declare(*rules.PERMISSIONS)
        grant_by_default("clerk", rules.SEE, rules.MANAGE, rules.ALLOW_CODE)
        for role in ("officer", "unit_head", "leader", "signer"):
            grant_by_default(role, rules.SEE)
        grant_by_default("enterprise_handler", rules.MANAGE_OWN)
        grant_by_default("enterprise_legal_representative", rules.MANAGE_OWN)
        panels.register()
        set_enterprise_port(
            EnterprisePort(
                operations.code_fault,
                operations.acts_for,
                operations.name_of,
                operations.act_by_unified_login,
            )
        )
        operations.declare_notices()
