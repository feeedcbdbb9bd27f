"""Registration of files with Django."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files: taken in by content, kept once, read by permission."""

    name = "jingkai.records.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Answer the doctor's question about the store."""
        from jingkai.kernel.audit.api import describe_actions
        from jingkai.kernel.hooks.api import doctor_checks
        from jingkai.records.files import panels

        doctor_checks.register(panels.STORE_CHECK)
        doctor_checks.register(panels.SCANNER_CHECK)
        describe_actions(panels.ACTIONS)
