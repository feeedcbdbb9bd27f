"""Registration of documents with Django."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Documents: issued papers, their register, and the public check."""

    name = "jingkai.records.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the rights and the menu entries."""
        from jingkai.kernel.audit.api import describe_actions, describe_stream
        from jingkai.kernel.events.api import subscribe
        from jingkai.kernel.hooks.api import doctor_checks, menu
        from jingkai.kernel.organisation.api import grant_by_default
        from jingkai.kernel.pace.api import paces
        from jingkai.kernel.permissions.api import declare
        from jingkai.records.documents import panels, rules
        from jingkai.records.seals.events import SealArrived

        declare(*rules.PERMISSIONS)
        for role in ("custodian", "leader", "unit_head"):
            grant_by_default(role, rules.SEE)
        grant_by_default("signer", rules.SEE, rules.REVOKE)
        for entry in panels.MENU:
            menu.register(entry)
        doctor_checks.register(panels.FONTS_CHECK)
        describe_actions(panels.ACTIONS)
        describe_stream("documents.issueddocument", panels.DOCUMENT)
        for pace in panels.PACES:
            paces.register(pace)
        subscribe(SealArrived, "jingkai.records.documents.handlers.on_seal_arrived")
