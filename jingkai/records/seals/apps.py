"""Registration of seals with Django."""

from django.apps import AppConfig


class SealsConfig(AppConfig):
    """Seals."""

    name = "jingkai.records.seals"
    label = "seals"
    default_auto_field = "django.db.models.BigAutoField"
