"""Registration of numbering with Django."""

from django.apps import AppConfig


class NumberingConfig(AppConfig):
    """Numbering: numbers of documents, without gaps."""

    name = "jingkai.records.numbering"
    label = "numbering"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the right to see the ledger and the kind of rule that says what numbers look like."""
        from jingkai.kernel.hooks.api import doctor_checks
        from jingkai.kernel.permissions.api import declare
        from jingkai.kernel.rules.api import declare_kind
        from jingkai.records.numbering import panels, rules

        declare(*rules.PERMISSIONS)
        declare_kind(rules.SERIES_KIND)
        doctor_checks.register(panels.LEDGER_CHECK)
