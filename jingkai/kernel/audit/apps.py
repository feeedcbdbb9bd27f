"""Registration of audit with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Audit."""

    name = "jingkai.kernel.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
