"""Registration of enterprises with Django."""

from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    """Enterprises."""

    name = "jingkai.modules.enterprises"
    label = "enterprises"
    default_auto_field = "django.db.models.BigAutoField"
