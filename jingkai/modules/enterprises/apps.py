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
        from jingkai.modules.enterprises.operations.telling import declare_kinds
        from jingkai.records.files.api import register_owner
        from jingkai.records.files.data import OwnerKind

        declare(*rules.PERMISSIONS)
        grant_by_default("clerk", rules.SEE, rules.MANAGE, rules.ALLOW_CODE)
        grant_by_default("clerk", rules.SEE_FEES, rules.CHARGE, rules.SETTLE)
        for role in ("officer", "unit_head", "leader", "signer"):
            grant_by_default(role, rules.SEE, rules.SEE_FEES)
        grant_by_default("officer", rules.CHARGE)
        grant_by_default("catalogue_editor", rules.SEE_FEES, rules.MANAGE_FEES)
        for role in ("enterprise_handler", "enterprise_legal_representative"):
            grant_by_default(role, rules.MANAGE_OWN, rules.PAY_OWN)
        declare_kinds()
        register_owner(
            OwnerKind(code=rules.SLIP_OWNER, may_read=rules.may_read_slip, may_write=rules.may_add_slip)
        )
        register_owner(
            OwnerKind(
                code=rules.HAND_OVER_OWNER,
                may_read=rules.may_read_evidence,
                may_write=rules.may_add_evidence,
            )
        )
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
