"""Registration of the licence library with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LicencesConfig(AppConfig):
    """The library of licences and materials of every enterprise (证照库, 材料库)."""

    name = "jingkai.modules.licences"
    label = "licences"
    verbose_name = _("Licences and materials")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare rights, rules, notices and the owner of files; listen to issued papers; hang menus in."""
        from jingkai.kernel.events.api import subscribe
        from jingkai.kernel.organisation.api import grant_by_default
        from jingkai.kernel.permissions.api import declare
        from jingkai.kernel.rules.api import declare_kind
        from jingkai.modules.licences import panels, rules
        from jingkai.modules.licences.operations.telling import declare_kinds
        from jingkai.records.documents.events import DocumentIssued, DocumentRevoked
        from jingkai.records.files.api import register_owner
        from jingkai.records.files.data import OwnerKind

        declare(*rules.PERMISSIONS)
        for role in ("clerk", "officer", "unit_head"):
            grant_by_default(role, rules.SEE)
        grant_by_default("clerk", rules.MANAGE)
        for role in ("enterprise_handler", "enterprise_legal_representative"):
            grant_by_default(role, rules.KEEP_OWN)
        declare_kind(rules.EXPIRY_KIND)
        declare_kinds()
        register_owner(
            OwnerKind(code=rules.OWNER, may_read=rules.may_read_files, may_write=rules.may_add_files)
        )
        subscribe(DocumentIssued, "jingkai.modules.licences.handlers.on_document_issued")
        subscribe(DocumentRevoked, "jingkai.modules.licences.handlers.on_document_revoked")
        panels.register()
