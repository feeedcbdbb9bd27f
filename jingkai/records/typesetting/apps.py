"""Registration of typesetting with Django."""

from django.apps import AppConfig


class TypesettingConfig(AppConfig):
    """Typesetting."""

    name = "jingkai.records.typesetting"
    label = "typesetting"
    default_auto_field = "django.db.models.BigAutoField"
