"""Registration of approvals with Django."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """The service hall: catalogue, applications, decisions, results."""

    name = "jingkai.modules.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang pages, rights and reactions in."""
        from jingkai.modules.approvals import registration

        registration.register()
