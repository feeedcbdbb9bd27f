"""Registration of parties with Django."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Parties."""

    name = "jingkai.kernel.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"
