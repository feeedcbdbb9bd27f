"""Registration of numbering with Django."""

from django.apps import AppConfig


class NumberingConfig(AppConfig):
    """Numbering: numbers of documents, without gaps."""

    name = "jingkai.records.numbering"
    label = "numbering"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the right to see the ledger and the kind of rule that says what numbers look like."""
        from jingkai.kernel.audit.api import describe_actions
        from jingkai.kernel.hooks.api import doctor_checks, menu
        from jingkai.kernel.organisation.api import grant_by_default
        from jingkai.kernel.permissions.api import declare
        from jingkai.kernel.rules.api import declare_kind
        from jingkai.records.numbering import panels, rules

        declare(*rules.PERMISSIONS)
        for role in ("custodian", "leader", "unit_head", "signer"):
            grant_by_default(role, rules.SEE)
        declare_kind(rules.SERIES_KIND)
        menu.register(panels.MENU)
        doctor_checks.register(panels.LEDGER_CHECK)
        describe_actions(panels.ACTIONS)
