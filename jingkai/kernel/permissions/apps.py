"""Registration of permissions with Django."""

from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    """Permissions."""

    name = "jingkai.kernel.permissions"
    label = "permissions"
    default_auto_field = "django.db.models.BigAutoField"
