"""Registration of approvals with Django."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Approvals."""

    name = "jingkai.modules.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"
